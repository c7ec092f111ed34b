package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.WaybillCommand.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code waybill run} as a user types it, under locales that write numbers in other ways. */
@TestInstance(Lifecycle.PER_CLASS)
class RunCommandIT {

  private static final Path SAMPLE =
      Path.of(System.getProperty("waybill.root")).resolve("sample-data/listings.csv");

  /** A file that claims 4,096 bytes and has fewer: as one that is truncated during its upload. */
  private static final Path SHORTER_THAN_IT_SAYS =
      Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

  private static final Map<String, List<String>> LOCALES =
      Map.of(
          "de-DE", List.of("-Duser.language=de", "-Duser.country=DE"),
          "ar-EG", List.of("-Duser.language=ar", "-Duser.country=EG", "-Duser.extensions=nu-arab"),
          "tr-TR", List.of("-Duser.language=tr", "-Duser.country=TR"));

  private final Map<String, WaybillCommand> commands = new HashMap<>();
  private final Map<String, Integer> statuses = new HashMap<>();
  private Path folder;

  @BeforeAll
  void runThemAtOnce(@TempDir Path folder) throws Exception {
    this.folder = folder;
    Files.writeString(folder.resolve("missing\u009b.csv"), "id,NAME\u009b31m\n1,a\n");
    Files.createSymbolicLink(folder.resolve("truncated.csv"), SHORTER_THAN_IT_SAYS);
    Map<String, Process> processes = new HashMap<>();
    for (Map.Entry<String, List<String>> locale : LOCALES.entrySet()) {
      WaybillCommand command =
          new WaybillCommand(Files.createDirectory(folder.resolve(locale.getKey())))
              .jvm(locale.getValue().toArray(String[]::new));
      commands.put(locale.getKey(), command);
      processes.put(
          locale.getKey(),
          locale.getKey().equals("de-DE")
              ? command.start(
                  "run",
                  "--json",
                  SAMPLE.toString(),
                  folder.resolve("truncated.csv").toString(),
                  folder.resolve("missing\u009b.csv").toString())
              : command.start("run", SAMPLE.toString()));
    }
    for (Map.Entry<String, Process> process : processes.entrySet()) {
      statuses.put(process.getKey(), process.getValue().waitFor());
    }
  }

  @Test
  void jsonHasTheRunOfEachFileAlsoWhereOneCouldNotBeSent() throws IOException {
    assertThat(commands.get("de-DE").err()).isEmpty();
    assertThat(statuses.get("de-DE")).isEqualTo(1);
    JsonNode runs = Json.parse(commands.get("de-DE").out());

    assertThat(runs).hasSize(3);
    assertThat(runs.at("/0/status").asText()).isEqualTo("SUCCEEDED");
    assertThat(runs.at("/0/rows/read").asLong()).isEqualTo(2_000);
    assertThat(runs.at("/0/values/changed/last_review").toString())
        .isEqualTo("{\"missing\":210,\"before_construction\":209}");
    assertThat(runs.at("/0/warnings").isArray()).isTrue();
    assertThat(runs.at("/0/seconds").isDouble()).isTrue();
    assertThat(runs.at("/1/error/type").asText()).isEqualTo("NotStarted");
    assertThat(runs.at("/1/error/message").asText())
        .matches(
            "the upload failed: can't read .*truncated.csv \\(it ends after \\d+ bytes of \\d+\\)");
    assertThat(runs.at("/1/run_id").isNull()).isTrue();
    assertThat(runs.at("/1/input/file").asText()).endsWith("truncated.csv");
    assertThat(runs.at("/2/error/type").asText()).isEqualTo("InvalidInput");
    assertThat(Json.parse(Files.readString(report(runs.get(0)).resolveSibling("run.json"))))
        .isEqualTo(runs.get(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "tr-TR"})
  void theTableIsTheSameInEveryLocale(String locale) {
    assertThat(statuses.get(locale)).as(commands.get(locale).err()).isZero();
    assertThat(commands.get(locale).out())
        .contains(
            SAMPLE + "  SUCCEEDED\n",
            "  rows in             2,000\n",
            "  rows out            1,808\n",
            "                        131 missing_value\n",
            "  values filled in or replaced: 1,835 in 11 columns\n")
        .containsPattern("  CleanListings   +\\d+\\.\\d\\d s  SUCCEEDED\n")
        .containsPattern("  whole run       +\\d+\\.\\d\\d s\n")
        .containsPattern(
            "  cost on AWS       about \\$0\\.0\\d+  \\(\\d+ DPU-seconds of two workers at this machine's speed,")
        .containsPattern(
            "  trace             1-[0-9a-f]{8}-[0-9a-f]{24}  \\(\\d\\d spans, 1 root, 0 orphans\\)\n")
        .containsPattern(
            "  report            out/runs/\\d{8}-\\d{9}-listings-[0-9a-f]{16}/report.html\n");
    assertThat(commands.get(locale).err())
        .containsPattern(
            "(?m)^ +\\d+\\.\\d s  listings.csv  upload            493,780 bytes, trace 1-")
        .contains("clean-listings    SUCCEEDED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"de-DE", "ar-EG", "tr-TR"})
  void theReportIsTheSameInEveryLocale(String locale) throws IOException {
    Path report;
    try (var files = Files.walk(folder.resolve(locale).resolve("out/runs"))) {
      report =
          files
              .filter(
                  file -> file.endsWith("report.html") && file.toString().contains("-listings-"))
              .findFirst()
              .orElseThrow();
    }

    assertThat(Files.readString(report))
        .contains("style=\"width:90.40%\"", ">1,808<", ">90.4 %<")
        .contains(
            "<tr><th>house_rules</th><td>constant filled in</td><td class=\"number\">1,040</td><td></td></tr>")
        .doesNotContainPattern("style=\"[^\"]*[,\u0660-\u0669]");
  }

  /** The whole run is not shorter than its parts, and they add up to it. */
  @Test
  void theTimesAddUp() {
    JsonNode run = Json.parse(commands.get("de-DE").out()).path(0);
    double jobs = 0;
    for (JsonNode job : run.path("jobs")) {
      jobs += job.path("seconds").asDouble();
    }

    assertThat(run.path("jobs")).hasSize(2);
    assertThat(run.path("seconds").asDouble()).isGreaterThanOrEqualTo(jobs);
  }

  @Test
  void aFileThatGrowsDuringItsUploadFailsItsRun(@TempDir Path home) throws Exception {
    Path growing = home.resolve("growing.csv");
    Files.copy(SAMPLE, growing);
    WaybillCommand command = new WaybillCommand(home);
    Process process = command.start("run", "--json", growing.toString());
    Path uploaded = home.resolve("out/bucket/input/growing.csv");
    while (process.isAlive() && !Files.exists(uploaded)) {
      Files.writeString(growing, "\n", StandardOpenOption.APPEND);
    }
    for (int i = 0; i < 1_000; i++) {
      Files.writeString(growing, "\n", StandardOpenOption.APPEND);
    }

    assertThat(process.waitFor()).as(command.err()).isEqualTo(1);
    JsonNode run = Json.parse(command.out()).path(0);
    assertThat(run.at("/error/type").asText()).isEqualTo("FileChanged");
    assertThat(run.at("/error/message").asText())
        .startsWith("the file changed during the upload: it had ");
    assertThat(run.at("/input/bytes").asLong()).isEqualTo(Files.size(uploaded));
    assertThat(run.at("/outputs")).hasSize(4);
  }

  @Test
  void aCollectorOfTheEnvironmentThatIsNotAUrlIsNamedWithoutItsPassword(@TempDir Path home)
      throws Exception {
    Ended run =
        new WaybillCommand(home)
            .with(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "me:s3cret@localhost:4318"))
            .run("run", SAMPLE.toString());

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            "waybill: OTEL_EXPORTER_OTLP_ENDPOINT is '***@localhost:4318'; it must be an http or https URL such as http://localhost:4318\n");
    assertThat(home.resolve("out")).doesNotExist();
  }

  @Test
  void saysWhichSpansACollectorIsNotGiven(@TempDir Path home) throws Exception {
    String file = folder.resolve("truncated.csv").toString();
    String collector = "http://127.0.0.1:1";

    assertThat(new WaybillCommand(home).run("run", "--otlp-endpoint", collector, file).err())
        .startsWith(
            "waybill: the collector gets the jobs' spans only: those of the upload, the Lambda and the workflow"
                + " go to a collector with an X-Ray receiver by --xray-daemon HOST:PORT\n");
    assertThat(
            new WaybillCommand(home)
                .run("run", "--otlp-endpoint", collector, "--xray-daemon", "127.0.0.1:1", file)
                .err())
        .doesNotContain("--xray-daemon");
  }

  @Test
  void controlCharactersOfNamesAndHeadersDoNotReachTheTerminal(@TempDir Path home)
      throws Exception {
    Ended run = new WaybillCommand(home).run("run", folder.resolve("missing\u009b.csv").toString());

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out() + run.err()).contains("missing\\u009b.csv").doesNotContain("\u009b");
  }

  @Test
  void outputThatCanNotBeWrittenEndsWithItsOwnStatus(@TempDir Path home) throws Exception {
    WaybillCommand full = new WaybillCommand(home).to(Path.of("/dev/full"));

    assertThat(full.start("help").waitFor()).isEqualTo(3);
    assertThat(full.err())
        .isEqualTo("waybill: can't write to standard output: No space left on device\n");
    assertThat(full.start("generate", "--rows", "100000").waitFor()).isEqualTo(3);
    assertThat(full.err())
        .isEqualTo("waybill: can't write to standard output: No space left on device\n");
  }

  @Test
  void generateEndsWithTheReaderOfItsPipe(@TempDir Path home) throws Exception {
    Process process = new WaybillCommand(home).to(null).start("generate", "--rows", "1000000000");
    assertThat(process.inputReader().readLine()).startsWith("id,NAME,");
    process.getInputStream().close();

    assertThat(process.waitFor()).isEqualTo(3);
  }

  private static Path report(JsonNode run) {
    return Path.of(run.path("report").asText());
  }
}
