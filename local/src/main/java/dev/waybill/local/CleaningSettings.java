package dev.waybill.local;

import dev.waybill.gluejobs.CleanListings;
import dev.waybill.gluejobs.cleaning.CleaningOptions;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the user chooses of the cleaning job.
 *
 * @param maxUnreadablePercent as the job's argument, or null for the job's own
 * @param failOnUnreadable whether a column with more unreadable values fails the run
 * @param withSamples whether the run's record and report show some of them
 */
public record CleaningSettings(
    String maxUnreadablePercent, boolean failOnUnreadable, boolean withSamples) {

  public static final CleaningSettings DEFAULT = new CleaningSettings(null, false, false);

  /** As arguments in a job's definition; none where it is another job. */
  Map<String, String> argumentsOf(String job) {
    if (!job.equals(CleanListings.NAME)) {
      return Map.of();
    }
    Map<String, String> arguments = new LinkedHashMap<>();
    if (maxUnreadablePercent != null) {
      arguments.put("--" + CleaningOptions.MAX_UNREADABLE_PERCENT, maxUnreadablePercent);
    }
    if (failOnUnreadable) {
      arguments.put("--" + CleaningOptions.FAIL_ON_UNREADABLE, "true");
    }
    if (withSamples) {
      arguments.put("--" + CleaningOptions.WITH_SAMPLES, "true");
    }
    return arguments;
  }
}
