package dev.waybill.infra;

import dev.waybill.workflow.Jobs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * After how many days objects go, by the switches; null or an absent folder means never.
 *
 * @param input of the files that came in
 * @param outputs of every folder that the jobs write
 * @param folders of single folders, in place of {@code outputs}
 * @param quarantine of rejected rows, in place of both
 * @param runs of the runs' records
 */
record Retention(
    Integer input,
    Integer outputs,
    Map<String, Integer> folders,
    Integer quarantine,
    Integer runs) {

  private static final String QUARANTINE = "quarantine";
  private static final int MOST_DAYS = 3650;
  private static final String EXPECTED = "1 to 3650 days";
  private static final Pattern DAYS = Pattern.compile("\\d{1,4}");
  private static final String FOLDER = "[a-z0-9][a-z0-9_-]*:\\d{1,4}";
  private static final Pattern OUTPUTS =
      Pattern.compile("\\d{1,4}|" + FOLDER + "(\\s*,\\s*" + FOLDER + ")*");
  private static final String EXPECTED_OUTPUTS =
      EXPECTED + " for all outputs, or a list, with commas, such as cleaned:30,processed:365";

  static Retention of(Switches switches) {
    String outputs = switches.text("outputDays", OUTPUTS, EXPECTED_OUTPUTS).orElse("");
    Integer all = null;
    Map<String, Integer> folders = new TreeMap<>();
    for (String each : outputs.isEmpty() ? new String[0] : outputs.split("\\s*,\\s*")) {
      int days = Integer.parseInt(each.substring(each.indexOf(':') + 1));
      if (days < 1 || days > MOST_DAYS) {
        throw Switches.refusal("outputDays", outputs, EXPECTED_OUTPUTS);
      }
      if (DAYS.matcher(each).matches()) {
        all = days;
      } else {
        folders.put(each.substring(0, each.indexOf(':')), days);
      }
    }
    return new Retention(
        switches.number("inputDays", 1, MOST_DAYS, EXPECTED).orElse(null),
        all,
        folders,
        switches.number("quarantineDays", 1, MOST_DAYS, EXPECTED).orElse(null),
        switches.number("runsDays", 1, MOST_DAYS, EXPECTED).orElse(null));
  }

  /** The switches that were given. */
  List<String> switches() {
    List<String> given = new ArrayList<>();
    if (quarantine != null) {
      given.add("quarantineDays");
    }
    if (runs != null) {
      given.add("runsDays");
    }
    if (input != null) {
      given.add("inputDays");
    }
    if (outputs != null || !folders.isEmpty()) {
      given.add("outputDays");
    }
    return given;
  }

  /**
   * The folders whose objects go, and after how many days.
   *
   * @param written that the jobs write, the runs' records included
   * @throws IllegalArgumentException where a folder is none that a job writes
   */
  Map<String, Integer> days(List<String> written) {
    Map<String, Integer> days = new LinkedHashMap<>();
    days.put(Jobs.INPUT, input);
    for (String folder : written) {
      days.put(folder, folder.equals(Jobs.RUNS) ? runs : folders.getOrDefault(folder, outputs));
    }
    if (quarantine != null) {
      days.put(QUARANTINE, quarantine);
    }
    for (String folder : folders.keySet()) {
      if (!written.contains(folder) || folder.equals(Jobs.RUNS)) {
        throw new IllegalArgumentException(
            "context switch outputDays names the folder %s, which no job of %s writes; there are %s"
                .formatted(
                    folder,
                    Jobs.FILE,
                    String.join(
                        ", ", written.stream().filter(each -> !each.equals(Jobs.RUNS)).toList())));
      }
    }
    days.values().removeIf(each -> each == null);
    return days;
  }
}
