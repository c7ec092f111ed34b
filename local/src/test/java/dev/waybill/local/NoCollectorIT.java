package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.collector.Backend;
import dev.waybill.local.report.Trace;
import dev.waybill.local.report.Trace.Span;
import dev.waybill.local.run.LocalRuns;
import dev.waybill.local.run.Progress;
import dev.waybill.local.run.RunSummary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run whose packaged jobs send to X-Ray and CloudWatch themselves, as those of a stack with
 * {@code collector=none}; the first calls are throttled.
 */
@TestInstance(Lifecycle.PER_CLASS)
class NoCollectorIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("waybill.root")));
  private static final Path SAMPLE = INSTALLATION.root().resolve("sample-data/listings.csv");
  private static final Clock RUN_DATE =
      Clock.fixed(Instant.parse("2026-11-20T12:00:00Z"), ZoneOffset.UTC);
  private static final int LARGEST_TRACE = 80_000;

  /** As Spark's configuration, by which every job argument can be given. */
  private static final String ARGUMENTS =
      "-Dspark.waybill.telemetry=aws -Dspark.waybill.metrics_namespace=Test";

  private RunSummary run;
  private Trace trace;
  private List<JsonNode> segments;
  private List<JsonNode> events;
  private List<String> refusals;

  @BeforeAll
  void runWithoutACollector(@TempDir Path out) throws Exception {
    Progress progress = new Progress(System.err, true);
    try (AwsStandIn aws = new AwsStandIn()) {
      Map<String, String> environment = new HashMap<>(aws.environment());
      environment.put("JAVA_TOOL_OPTIONS", ARGUMENTS);
      aws.throttle(2);
      try (LocalCloud cloud =
          new LocalCloud(
              INSTALLATION,
              out,
              HttpEndpoint.LOOPBACK,
              Keys.random(),
              Backend.NONE,
              RUN_DATE,
              progress::warn,
              CleaningSettings.DEFAULT,
              environment)) {
        aws.handOn(cloud.environment().get("AWS_ENDPOINT_URL_XRAY"));
        run = new LocalRuns(cloud, progress).run(List.of(SAMPLE)).get(0);
      }
      segments = aws.segments();
      events = aws.events();
      refusals = aws.refusals();
    }
    assertThat(run.status()).as("%s", run.error()).isEqualTo("SUCCEEDED");
    trace = Trace.of(RunFiles.lines(run, "segments.jsonl"), List.of(), run.traceId());
  }

  @Test
  void everyCallWasSignedAndWithinTheLimits() {
    assertThat(refusals).hasSize(2).allMatch(why -> why.startsWith("Throttl"));
  }

  @Test
  void nothingOfAJobWentToACollector() {
    assertThat(RunFiles.lines(run, "traces.jsonl")).isEmpty();
    assertThat(RunFiles.lines(run, "metrics.jsonl")).isEmpty();
    assertThat(RunFiles.lines(run, "logs.jsonl"))
        .extracting(request -> request.at("/resourceLogs/0/resource/attributes/0/value"))
        .allMatch(service -> service.path("stringValue").asText().equals("waybill-trigger"));
  }

  @Test
  void theTraceOfBothJobsIsTheRecordedOne() throws IOException {
    assertThat(trace.roots()).extracting(Span::name).containsExactly("waybill upload");
    assertThat(trace.orphans()).isEmpty();
    assertThat(SpanTree.of(trace)).isEqualTo(SpanTree.golden("sample-span-tree.txt"));
    assertThat(trace.spans()).hasSizeLessThan(60);
  }

  @Test
  void aTraceKeepsItsBudget() {
    assertThat(
            segments.stream()
                .mapToInt(each -> each.toString().getBytes(StandardCharsets.UTF_8).length)
                .sum())
        .isLessThan(LARGEST_TRACE);
  }

  @Test
  void eachJobHasTheAnnotationsByWhichItIsFound() {
    for (String job : List.of("clean-listings", "process-listings")) {
      JsonNode whole =
          segments.stream()
              .filter(each -> each.path("name").asText().equals(job))
              .filter(each -> !each.path("in_progress").asBoolean())
              .findFirst()
              .orElseThrow();

      assertThat(whole.path("annotations").properties().stream().map(Map.Entry::getKey))
          .containsExactlyInAnyOrder(
              "waybill.run_id", "aws.s3.key", "waybill.job", "waybill.state", "waybill.attempt");
      assertThat(whole.at("/annotations/waybill.run_id").asText()).isEqualTo(run.runId());
    }
  }

  /** By the metrics that the alarm on rejected rows and the dashboard ask for. */
  @Test
  void everyRowIsCountedOnceInCloudWatch() {
    Map<String, Double> sums = CloudWatchMetrics.sums(events, "Test");

    assertThat(sums)
        .containsEntry("waybill.rows {waybill.outcome=read}", (double) run.rows().read())
        .containsEntry("waybill.rows {waybill.outcome=rejected}", (double) run.rows().allRejected())
        .containsEntry(
            "waybill.rows {waybill.job=process-listings, waybill.outcome=processed}",
            (double) run.rows().processed())
        .containsKey("waybill.job.duration {waybill.job=clean-listings, waybill.status=SUCCEEDED}");
    run.rows()
        .rejected()
        .forEach(
            (reason, rows) ->
                assertThat(sums)
                    .containsEntry(
                        "waybill.rows {waybill.job=clean-listings, waybill.outcome=rejected, waybill.reason=%s}"
                            .formatted(reason),
                        (double) rows));
  }

  /** Glue hands what a job prints to CloudWatch Logs. */
  @Test
  void theLogLinesThatAJobPrintsNameItsTrace() throws IOException {
    Path log = Path.of(run.report()).resolveSibling("clean-listings-attempt-0.log");
    List<JsonNode> lines =
        Files.readAllLines(log).stream()
            .filter(line -> line.startsWith("{"))
            .map(Json::parse)
            .toList();

    assertThat(lines)
        .isNotEmpty()
        .allMatch(line -> line.path("xray_trace_id").asText().equals(run.traceId()))
        .allMatch(line -> line.path("run_id").asText().equals(run.runId()));
  }
}
