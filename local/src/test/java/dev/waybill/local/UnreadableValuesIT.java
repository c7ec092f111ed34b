package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.WaybillCommand.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A file whose review dates nobody reads, as a user runs it. */
@TestInstance(Lifecycle.PER_CLASS)
class UnreadableValuesIT {

  private static final Path SAMPLE =
      Path.of(System.getProperty("waybill.root")).resolve("sample-data/listings.csv");

  /** Data of the file. */
  private static final String DATE = "19.10.2021";

  private static final String WARNING =
      "last_review: 53 of 57 values are not dates as `M/d/yyyy`, `M/d/yy` or `yyyy-MM-dd`";

  private final Map<String, Path> homes = new HashMap<>();
  private final Map<String, WaybillCommand> commands = new HashMap<>();
  private final Map<String, Integer> statuses = new HashMap<>();

  @BeforeAll
  void runThemAtOnce(@TempDir Path folder) throws Exception {
    List<String> lines = Files.readAllLines(SAMPLE).subList(0, 61);
    Path file =
        Files.writeString(
            folder.resolve("german.csv"),
            lines.stream()
                .map(line -> line.replaceAll(",\\d{1,2}/\\d{1,2}/\\d{4},", "," + DATE + ","))
                .collect(Collectors.joining("\n", "", "\n")));
    Map<String, Process> processes = new HashMap<>();
    Map<String, List<String>> options =
        Map.of(
            "plain", List.of(),
            "samples", List.of("--with-samples"),
            "strict", List.of("--with-samples", "--fail-on-unreadable"));
    options.forEach(
        (name, given) -> {
          Path home = folder.resolve(name);
          home.toFile().mkdir();
          WaybillCommand command = new WaybillCommand(home);
          homes.put(name, home);
          commands.put(name, command);
          List<String> words = new ArrayList<>(List.of("run", file.toString()));
          words.addAll(given);
          processes.put(name, command.start(words.toArray(String[]::new)));
        });
    for (Map.Entry<String, Process> process : processes.entrySet()) {
      statuses.put(process.getKey(), process.getValue().waitFor());
    }
  }

  @Test
  void theWarningStandsInTheTableTheReportAndTheLogWithoutData() throws IOException {
    assertThat(statuses.get("plain")).as(commands.get("plain").err()).isZero();
    assertThat(commands.get("plain").out())
        .contains("  warning           " + WARNING + "\n")
        .containsPattern("\n  values filled in or replaced: \\d+ in \\d columns\n");
    assertThat(run("plain").at("/warnings/0").asText()).isEqualTo(WARNING);
    assertThat(run("plain").at("/values/changed/last_review/unreadable").asLong()).isEqualTo(53);
    assertThat(text("plain", "report.html"))
        .contains(
            "<h2>Warnings</h2><p>" + WARNING + "</p>",
            "<tr><th>last_review</th><td>unreadable</td><td class=\"number\">53</td><td></td></tr>");
    assertThat(text("plain", "logs.jsonl")).contains("input/german.csv: " + WARNING + "\"");

    for (String file :
        List.of(
            "run.json",
            "report.html",
            "logs.jsonl",
            "traces.jsonl",
            "metrics.jsonl",
            "segments.jsonl")) {
      assertThat(text("plain", file)).as(file).isNotEmpty().doesNotContain(DATE);
    }
    assertThat(commands.get("plain").out() + commands.get("plain").err()).doesNotContain(DATE);
    assertThat(manifest("plain")).contains(WARNING).doesNotContain(DATE);
  }

  @Test
  void examplesAreWhereTheyAreAskedForButInNoSpanOrMetric() throws IOException {
    assertThat(statuses.get("samples")).as(commands.get("samples").err()).isZero();
    assertThat(commands.get("samples").out()).contains(WARNING + ", such as `" + DATE + "`\n");
    assertThat(run("samples").at("/values/examples/last_review/0").asText()).isEqualTo(DATE);
    assertThat(text("samples", "report.html"))
        .contains("<td class=\"number\">53</td><td><code>" + DATE + "</code></td>");
    assertThat(manifest("samples")).contains("\"" + DATE + "\"");
    for (String file : List.of("traces.jsonl", "metrics.jsonl", "segments.jsonl")) {
      assertThat(text("samples", file)).as(file).doesNotContain(DATE);
    }
    assertThat(run("samples").at("/trace/spans").asInt()).isLessThan(60);
  }

  @Test
  void theRunFailsBeforeItPublishesWhereItIsTold() throws IOException {
    assertThat(statuses.get("strict")).isEqualTo(1);
    assertThat(commands.get("strict").out())
        .contains(
            "  error             input/german.csv: "
                + WARNING
                + "; at most 5 % of a column may be (--max_unreadable_percent): correct the file and upload it again\n");
    JsonNode run = run("strict");
    assertThat(run.at("/error/type").asText()).isEqualTo("InvalidInput");
    assertThat(run.path("jobs")).as("not tried again").hasSize(1);
    assertThat(run.path("outputs")).isEmpty();
    // The warning in the log has an example, the error does not: it is in spans.
    assertThat(text("strict", "logs.jsonl")).contains(WARNING + ", such as `" + DATE + "`");
    assertThat(text("strict", "traces.jsonl"))
        .contains("\"check unreadable values\"", WARNING)
        .doesNotContain(DATE);
    assertThat(homes.get("strict").resolve("out/bucket/cleaned")).doesNotExist();
    assertThat(homes.get("strict").resolve("out/bucket/quarantine")).doesNotExist();
  }

  @Test
  void aLimitThatIsNoPercentageIsNamed(@TempDir Path home) throws Exception {
    Ended run =
        new WaybillCommand(home).run("run", "--max-unreadable-percent", "5%", SAMPLE.toString());

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            "waybill: --max-unreadable-percent is '5%'; it must be a number from 0 to 100\n");
    assertThat(home.resolve("out")).doesNotExist();
  }

  private JsonNode run(String name) throws IOException {
    return Json.parse(text(name, "run.json"));
  }

  private String text(String name, String file) throws IOException {
    return Files.readString(only(homes.get(name).resolve("out/runs"), "-german-").resolve(file));
  }

  private String manifest(String name) throws IOException {
    return Files.readString(
        only(homes.get(name).resolve("out/bucket/runs"), "run=").resolve("manifest.json"));
  }

  private static Path only(Path folder, String part) throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().contains(part))
          .findFirst()
          .orElseThrow();
    }
  }
}
