package dev.waybill.local.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.gluejobs.RunRecord;
import dev.waybill.local.Json;
import dev.waybill.local.run.ExecutionFollower.JobTry;
import dev.waybill.local.run.RunCost;
import dev.waybill.local.run.RunSummary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** That data can't become markup in the report, whichever field it stands in. */
class HtmlReportTest {

  private static final String HOSTILE =
      "'\"><script>document.title='pwned'</script><img src=x onerror=\"document.title='pwned'\">"
          + "</title></style><!--run--><svg onload=\"document.title='pwned'\">&lt;";

  @TempDir private Path folder;

  @Test
  void everyFieldIsEscaped() throws IOException {
    assertThat(page()).doesNotContain("<script>document", "<img", "<svg");
  }

  @Test
  @EnabledIf("chromiumIsThere")
  void nothingRunsInARealBrowser() throws Exception {
    Path page = Files.writeString(folder.resolve("report.html"), page());
    Process chromium =
        new ProcessBuilder(
                chromium().orElseThrow().toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--user-data-dir=" + folder.resolve("profile"),
                "--virtual-time-budget=2000",
                "--dump-dom",
                page.toUri().toString())
            .redirectError(folder.resolve("chromium.log").toFile())
            .start();
    String dom = new String(chromium.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(chromium.waitFor()).isZero();
    assertThat(dom).contains("<title>").doesNotContain("<title>pwned", "<img", "<svg");
    assertThat(dom.split("document.title=", -1))
        .as("all of it is seen, as text")
        .hasSizeGreaterThan(10);
  }

  private static String page() {
    RunSummary run =
        new RunSummary(
            HOSTILE,
            HOSTILE,
            new RunSummary.Failure(HOSTILE, HOSTILE),
            HOSTILE,
            new RunSummary.Input(HOSTILE, 1L),
            new RunSummary.Rows(2L, 1L, 1L, Map.of(HOSTILE, 1L)),
            List.of(new Trace.Step(HOSTILE, HOSTILE, 1L, 1L)),
            new RunRecord.Values(
                Map.of(HOSTILE, Map.of(HOSTILE, 1L, "unreadable", 1L)),
                Map.of(HOSTILE, List.of(HOSTILE))),
            List.of(HOSTILE),
            Map.of(HOSTILE, HOSTILE),
            List.of(new JobTry(HOSTILE, HOSTILE, 1, HOSTILE, 1, null)),
            new RunCost(1, true, false, 1, 1, 1.0, HOSTILE),
            new RunSummary.TraceShape(1, 1, 0, 1),
            1,
            HOSTILE);
    return HtmlReport.of(run, Trace.of(List.of(segment()), List.of(), "1-trace"));
  }

  private static JsonNode segment() {
    ObjectNode segment =
        Json.object()
            .put("id", "53995c3f42cd8ad8")
            .put("trace_id", "1-trace")
            .put("name", HOSTILE)
            .put("origin", HOSTILE)
            .put("start_time", 1.0)
            .put("end_time", 2.0)
            .put("fault", true);
    segment.putObject("annotations").put(HOSTILE, HOSTILE);
    segment.putObject("cause").putArray("exceptions").addObject().put("message", HOSTILE);
    return segment;
  }

  static boolean chromiumIsThere() {
    return chromium().isPresent();
  }

  private static Optional<Path> chromium() {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(folder -> Path.of(folder, "chromium"))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
