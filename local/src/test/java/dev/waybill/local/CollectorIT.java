package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.gluetracing.OtlpEndpoint;
import dev.waybill.local.collector.Backend;
import dev.waybill.local.report.Trace;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two runs, one of them of invalid input, through the two processes of the deployed task, with
 * their configuration, to servers that stand for X-Ray and CloudWatch; and all through the first
 * run those take nothing. Where no collector is there, it is skipped; {@code .ci/otelcol} builds
 * one.
 */
@EnabledIfEnvironmentVariable(named = "WAYBILL_COLLECTOR", matches = ".+")
@TestInstance(Lifecycle.PER_CLASS)
class CollectorIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("waybill.root")));
  private static final Path SAMPLE = INSTALLATION.root().resolve("sample-data/listings.csv");
  private static final Clock RUN_DATE =
      Clock.fixed(Instant.parse("2026-11-20T12:00:00Z"), ZoneOffset.UTC);
  private static final long MILLISECOND = 1_000_000;
  private static final int LARGEST_DOCUMENT = 64_000;
  private static final int LARGEST_TRACE = 80_000;

  private final List<JsonNode> segments = new ArrayList<>();
  private List<JsonNode> metrics;
  private List<JsonNode> logs;
  private RunSummary good;
  private RunSummary invalid;

  @BeforeAll
  void runThroughTheCollector(@TempDir Path folder) throws Exception {
    Path wrong = Files.writeString(folder.resolve("wrong.csv"), "id,NAME\n1,a\n");
    int http = RealCollector.freePort();
    int delivery = RealCollector.freePort();
    List<String> settings = new ArrayList<>(RealCollector.receivers(http));
    settings.add("service::telemetry::metrics::level: none");
    try (AwsSink aws = new AwsSink();
        RealCollector exporter =
            RealCollector.start(
                "exporter",
                List.of("aws.yaml"),
                List.of(
                    "exporters::awsemf::namespace: Test",
                    "exporters::awsxray::aws_log_groups: [/waybill/job-logs]",
                    "exporters::awsemf::endpoint: " + aws.url(),
                    "exporters::awscloudwatchlogs::endpoint: " + aws.url(),
                    "exporters::awsxray::endpoint: " + aws.url(),
                    "receivers::otlp::protocols::http::endpoint: 127.0.0.1:" + delivery),
                Map.of());
        RealCollector collector =
            RealCollector.start(
                "collector",
                List.of("common.yaml"),
                settings,
                Map.of("DELIVER_TO", "http://127.0.0.1:" + delivery))) {
      Progress progress = new Progress(System.err, true);
      Backend backend =
          new Backend(OtlpEndpoint.parse("collector", "http://127.0.0.1:" + http), null);
      try (LocalCloud cloud =
          new LocalCloud(
              INSTALLATION,
              folder.resolve("out"),
              HttpEndpoint.LOOPBACK,
              backend,
              RUN_DATE,
              progress::warn)) {
        LocalRuns runs = new LocalRuns(cloud, progress);
        aws.refuse();
        good = runs.run(List.of(SAMPLE)).get(0);
        aws.awaitRefusals(3);
        aws.accept();
        invalid = runs.run(List.of(wrong)).get(0);
      }
      assertThat(collector.stop()).as("see " + collector.log()).isZero();
      assertThat(exporter.stop()).as("see " + exporter.log()).isZero();
      segments.addAll(aws.segments());
      metrics = aws.logged("/waybill/metrics");
      logs = aws.logged("/waybill/job-logs");
    }
    assertThat(good.status()).isEqualTo("SUCCEEDED");
    assertThat(invalid.status()).isEqualTo("FAILED");
  }

  @Test
  void theDocumentsFormOneTreeFromTheUploadToTheLastSparkStage() throws IOException {
    Trace trace = Trace.of(documents(good), List.of(), good.traceId());

    assertThat(trace.roots()).extracting(Trace.Span::name).containsExactly("waybill upload");
    assertThat(trace.orphans()).isEmpty();
    assertThat(trace.spans())
        .extracting(Trace.Span::name)
        .contains("CleanListings", "clean-listings", "process-listings", "remove duplicates")
        // X-Ray's names have no commas.
        .anyMatch(name -> name.endsWith(" write parquet"));
  }

  /** As X-Ray draws it: a node for each segment's name, an edge where one lies under another. */
  @Test
  void theServiceMapShowsEveryHop() throws IOException {
    List<JsonNode> documents = documents(good);
    Map<String, Trace.Span> spans =
        Trace.of(documents, List.of(), good.traceId()).spans().stream()
            .collect(Collectors.toMap(Trace.Span::id, span -> span));
    Set<String> segmentIds =
        documents.stream()
            .filter(document -> !document.path("type").asText().equals("subsegment"))
            .map(this::id)
            .collect(Collectors.toSet());
    Set<String> edges = new TreeSet<>();
    for (String id : segmentIds) {
      Trace.Span above = spans.get(spans.get(id).parentId());
      while (above != null && !segmentIds.contains(above.id())) {
        above = spans.get(above.parentId());
      }
      String name = spans.get(id).name();
      if (above != null && !above.name().equals(name)) {
        edges.add(above.name() + " to " + name);
      }
    }

    assertThat(edges)
        .containsExactlyInAnyOrder(
            "waybill upload to waybill-trigger",
            "waybill-trigger to waybill-pipeline",
            "waybill-pipeline to Glue",
            "Glue to clean-listings",
            "Glue to process-listings");
  }

  @Test
  void noSpanIsLostAndEachHasItsTimes() throws IOException {
    for (RunSummary run : List.of(good, invalid)) {
      Map<String, String> sent = new TreeMap<>();
      lines(run, "traces.jsonl").stream()
          .flatMap(request -> stream(request.path("resourceSpans")))
          .flatMap(resource -> stream(resource.path("scopeSpans")))
          .flatMap(scope -> stream(scope.path("spans")))
          .forEach(
              span ->
                  sent.put(
                      span.path("spanId").asText(),
                      "%d to %d"
                          .formatted(
                              span.path("startTimeUnixNano").asLong() / MILLISECOND,
                              span.path("endTimeUnixNano").asLong() / MILLISECOND)));
      Map<String, String> arrived = new TreeMap<>();
      whole(run)
          .forEach(
              segment ->
                  arrived.put(
                      id(segment),
                      "%d to %d"
                          .formatted(
                              (long) (segment.path("start_time").asDouble() * 1e3 + 1e-3),
                              (long) (segment.path("end_time").asDouble() * 1e3 + 1e-3))));

      assertThat(arrived).isEqualTo(sent);
    }
  }

  @Test
  void aTraceKeepsItsBudget() throws IOException {
    List<Integer> sizes =
        documents(good).stream()
            .map(document -> document.toString().getBytes(StandardCharsets.UTF_8).length)
            .toList();

    assertThat(sizes).allMatch(size -> size < LARGEST_DOCUMENT);
    assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isLessThan(LARGEST_TRACE);
  }

  @Test
  void aJobIsShownInProgressAndThenWhole() {
    for (String job : List.of("clean-listings", "process-listings")) {
      List<JsonNode> both =
          ofRun(good)
              .filter(segment -> segment.path("name").asText().equals(job))
              .distinct() // A call that fails by half, as the outage ends, is made again.
              .toList();

      assertThat(both).extracting(this::id).hasSize(2).containsOnly(id(both.get(0)));
      assertThat(both.get(0).path("in_progress").asBoolean()).isTrue();
      assertThat(both.get(1).path("end_time").asDouble())
          .isGreaterThan(both.get(1).path("start_time").asDouble());
    }
  }

  @Test
  void aJobsSegmentHasTheAnnotationsByWhichItIsFound() {
    JsonNode job = job(good, "clean-listings");

    assertThat(names(job.path("annotations")))
        .containsExactlyInAnyOrder(
            "waybill.run_id", "aws.s3.key", "waybill.job", "waybill.state", "waybill.attempt");
    assertThat(job.at("/annotations/waybill.run_id").asText()).isEqualTo(good.runId());
    assertThat(job.at("/aws/cloudwatch_logs/0/log_group").asText()).isEqualTo("/waybill/job-logs");
  }

  @Test
  void aFailureIsAFaultWithItsCause() {
    JsonNode job = job(invalid, "clean-listings");

    assertThat(job.path("fault").asBoolean()).isTrue();
    assertThat(
            whole(invalid).stream()
                .filter(segment -> segment.path("fault").asBoolean())
                .map(segment -> segment.at("/cause/exceptions/0/message").asText()))
        .anyMatch(message -> message.startsWith("INVALID_INPUT: input/wrong.csv: columns missing"));
  }

  @Test
  void everyRowIsCountedOnceInCloudWatch() {
    Map<String, Long> rows = new TreeMap<>();
    for (JsonNode metric : metrics) {
      if (metric.has("waybill.rows")) {
        assertThat(metric.at("/_aws/CloudWatchMetrics/0/Namespace").asText()).isEqualTo("Test");
        rows.merge(
            metric.path("waybill.outcome").asText()
                + " "
                + metric.path("waybill.reason").asText(""),
            metric.path("waybill.rows").asLong(),
            Long::sum);
      }
    }

    assertThat(rows)
        .containsEntry("read ", good.rows().read())
        .containsEntry("cleaned ", good.rows().cleaned())
        .containsEntry("processed ", good.rows().processed());
    good.rows()
        .rejected()
        .forEach((reason, count) -> assertThat(rows).containsEntry("rejected " + reason, count));
  }

  /** So that CloudWatch has percentiles of it, not a sum alone. */
  @Test
  void theDurationOfEachJobReachesCloudWatchAsAValue() {
    Set<JsonNode> durations =
        metrics.stream()
            .filter(metric -> metric.has("waybill.job.duration"))
            .map(metric -> metric.path("waybill.job.duration"))
            .collect(Collectors.toSet());

    assertThat(durations).hasSize(good.jobs().size() + invalid.jobs().size());
    assertThat(durations)
        .allSatisfy(
            duration -> {
              double sum = duration.path("Sum").asDouble();
              assertThat(duration.path("Counts").toString()).isEqualTo("[1]");
              assertThat(duration.at("/Values/0").asDouble()).isCloseTo(sum, within(0.01 * sum));
            });
  }

  /** A call that fails by half, as the outage ends, is made again: then a record comes twice. */
  @Test
  void everyLogRecordArrivesWithItsTrace() throws IOException {
    for (RunSummary run : List.of(good, invalid)) {
      Map<String, Long> sent =
          lines(run, "logs.jsonl").stream()
              .flatMap(request -> stream(request.path("resourceLogs")))
              .flatMap(resource -> stream(resource.path("scopeLogs")))
              .flatMap(scope -> stream(scope.path("logRecords")))
              .collect(
                  Collectors.groupingBy(
                      record -> record.at("/body/stringValue").asText(), Collectors.counting()));
      List<JsonNode> arrived =
          logs.stream()
              .filter(record -> record.at("/resource/waybill.run_id").asText().equals(run.runId()))
              .toList();
      Map<String, Long> bodies =
          arrived.stream()
              .collect(
                  Collectors.groupingBy(
                      record -> record.path("body").asText(), Collectors.counting()));

      assertThat(sent).isNotEmpty();
      assertThat(bodies).containsOnlyKeys(sent.keySet());
      sent.forEach(
          (body, count) -> assertThat(bodies.get(body)).as(body).isGreaterThanOrEqualTo(count));
      assertThat(arrived)
          .allMatch(
              record ->
                  record
                      .path("trace_id")
                      .asText()
                      .equals(run.traceId().substring(2).replace("-", "")));
    }
  }

  /** All documents of a run as X-Ray would have them: the hops', and the last of each span's. */
  private List<JsonNode> documents(RunSummary run) throws IOException {
    List<JsonNode> documents = new ArrayList<>(lines(run, "segments.jsonl"));
    documents.addAll(whole(run));
    return documents;
  }

  private List<JsonNode> whole(RunSummary run) {
    return ofRun(run).filter(segment -> !segment.path("in_progress").asBoolean()).toList();
  }

  private Stream<JsonNode> ofRun(RunSummary run) {
    return segments.stream()
        .filter(segment -> segment.path("trace_id").asText().equals(run.traceId()));
  }

  private JsonNode job(RunSummary run, String name) {
    return whole(run).stream()
        .filter(segment -> segment.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private String id(JsonNode segment) {
    return segment.path("id").asText();
  }

  private static List<String> names(JsonNode object) {
    return object.properties().stream().map(Map.Entry::getKey).toList();
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    List<JsonNode> items = new ArrayList<>();
    array.forEach(items::add);
    return items.stream();
  }

  private static List<JsonNode> lines(RunSummary run, String file) throws IOException {
    return Files.readAllLines(Path.of(run.report()).resolveSibling(file)).stream()
        .map(Json::parse)
        .toList();
  }
}
