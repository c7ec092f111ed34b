package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.gluetracing.OtlpEndpoint;
import dev.waybill.local.OtlpSink.Metric;
import dev.waybill.local.OtlpSink.Span;
import dev.waybill.local.collector.Backend;
import dev.waybill.local.run.RunSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two runs, one of them of invalid input, through the real collector with the configuration of the
 * local profile, to a server that stands for Grafana LGTM; and that takes nothing until the
 * collector was stopped and started again. Where no collector is there, it is skipped; {@code
 * .ci/otelcol} builds one.
 */
@EnabledIfEnvironmentVariable(named = "WAYBILL_COLLECTOR", matches = ".+")
@TestInstance(Lifecycle.PER_CLASS)
class LocalCollectorIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("waybill.root")));
  private static final Path CONFIG = INSTALLATION.root().resolve("collector-config");
  private static final Path SAMPLE = INSTALLATION.root().resolve("sample-data/listings.csv");
  private static final String PERSONAL_TRACE = "01".repeat(16);
  private static final String PERSONAL =
      OtlpClient.attributes(
          "NAME", "listing.name", "record", "enduser.id", "host name", "aws.s3.key");
  private static final String POISON =
      "{\"key\": \"service.name\", \"value\": {\"stringValue\": \"poison\"}}";

  private List<Span> spans;
  private List<Metric> metrics;
  private List<OtlpSink.Log> logs;
  private List<RunSummary> runs;

  @BeforeAll
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void runThroughTheCollector(@TempDir Path folder) throws Exception {
    Path wrong = Files.writeString(folder.resolve("wrong.csv"), "id,NAME\n1,a\n");
    Path queue = folder.resolve("queue");
    int http = RealCollector.freePort();
    int daemon = RealCollector.freePort();
    try (OtlpSink lgtm = new OtlpSink();
        RealCollector first = collector(lgtm.refusing(), http, daemon, queue)) {
      Backend backend =
          new Backend(
              OtlpEndpoint.parse("collector", "http://127.0.0.1:" + http),
              new HostPort("127.0.0.1", daemon));
      runs = PipelineIT.run(folder.resolve("out"), List.of(SAMPLE, wrong), backend);
      first.stop();
      lgtm.accept();
      deliver(lgtm, http, daemon, queue);
      spans = lgtm.spans();
      metrics = lgtm.metrics();
      logs = lgtm.logs();
    }
    assertThat(runs).extracting(RunSummary::status).containsExactly("SUCCEEDED", "FAILED");
  }

  private void deliver(OtlpSink lgtm, int http, int daemon, Path queue)
      throws IOException, InterruptedException {
    try (RealCollector second = collector(lgtm, http, daemon, queue)) {
      OtlpClient jobs = new OtlpClient(http);
      jobs.spans(
          OtlpClient.attributes("host.name", "host.ip", "process.command_line", "user.name"),
          OtlpClient.span("01", "personal", 1, "\"attributes\": [%s],".formatted(PERSONAL)));
      Set<String> expected = new HashSet<>();
      for (RunSummary run : runs) {
        RunFiles.trace(run).spans().forEach(span -> expected.add(span.id()));
      }
      lgtm.await(
          sink ->
              ids(sink.spans()).containsAll(expected)
                  && sink.spans().stream().anyMatch(span -> span.traceId().equals(PERSONAL_TRACE))
                  && sink.logs().size() == sentLogs()
                  && names(sink.metrics()).contains("waybill.job.duration"));
      jobs.spans(POISON, OtlpClient.span("02", "x", 1, ""));
      jobs.log(POISON);
      jobs.metric(POISON);
      lgtm.await(
          sink ->
              Stream.of("spans", "metric_points", "log_records")
                  .allMatch(
                      signal ->
                          names(sink.metrics())
                              .contains("otelcol_exporter_send_failed_" + signal)));
      assertThat(second.stop()).as("see " + second.log()).isZero();
    }
  }

  @Test
  void everyHopAndSpanArrivesOnceUnderItsParent() {
    for (RunSummary run : runs) {
      List<String> sent =
          RunFiles.trace(run).spans().stream()
              .map(span -> span.id() + " in " + (span.parentId() == null ? "" : span.parentId()))
              .toList();

      assertThat(ofRun(run))
          .map(span -> span.spanId() + " in " + span.parentId())
          .containsExactlyInAnyOrderElementsOf(sent);
      assertThat(ofRun(run))
          .filteredOn(span -> span.parentId().isEmpty())
          .extracting(Span::name)
          .containsExactly("waybill upload");
    }
  }

  @Test
  void everyRowIsCountedOnce() {
    Map<String, Double> rows = new TreeMap<>();
    metrics.stream()
        .filter(point -> point.name().equals("waybill.rows"))
        .forEach(
            point ->
                rows.merge(
                    point.attributes().get("waybill.outcome")
                        + " "
                        + point.attributes().getOrDefault("waybill.reason", ""),
                    point.value(),
                    Double::sum));
    RunSummary.Rows good = runs.get(0).rows();

    assertThat(rows)
        .containsEntry("read ", (double) good.read())
        .containsEntry("cleaned ", (double) good.cleaned())
        .containsEntry("processed ", (double) good.processed());
    good.rejected()
        .forEach(
            (reason, count) ->
                assertThat(rows).containsEntry("rejected " + reason, (double) count));
  }

  @Test
  void theLogsOfFunctionAndJobsAreFoundByTheTrace() {
    assertThat(logs).hasSize(Math.toIntExact(sentLogs()));
    for (RunSummary run : runs) {
      assertThat(logs)
          .filteredOn(log -> log.traceId().equals(RunFiles.otlpTraceId(run)))
          .extracting(log -> log.resource().get("service.name"))
          .contains("waybill-trigger", "clean-listings");
    }
  }

  @Test
  void whatMayBePersonalIsHashedOrGone() {
    Span span =
        spans.stream()
            .filter(each -> each.traceId().equals(PERSONAL_TRACE))
            .findFirst()
            .orElseThrow();

    assertThat(span.resource())
        .doesNotContainKeys("host.ip", "process.command_line", "user.name")
        .hasEntrySatisfying("host.name", hash -> assertThat(hash).matches("[0-9a-f]{64}"));
    assertThat(span.attributes())
        .doesNotContainKeys("NAME", "listing.name", "record", "enduser.id")
        .hasEntrySatisfying("host name", hash -> assertThat(hash).matches("[0-9a-f]{64}"))
        .containsEntry("aws.s3.key", "input/a.csv");
  }

  @Test
  void theCollectorTellsWhatItTookAndDelivered() {
    assertThat(names(metrics))
        .contains(
            "otelcol_receiver_accepted_spans",
            "otelcol_exporter_sent_spans",
            "otelcol_exporter_queue_size");
  }

  /** As far as it can be had here: its grammar, and the rules that must be the collector's. */
  @Test
  @EnabledIfEnvironmentVariable(named = "WAYBILL_QUERIES", matches = ".+")
  void alloysConfigurationIsOneAndKeepsTheSame() throws Exception {
    String alloy = Files.readString(CONFIG.resolve("local.alloy"));
    String common = Files.readString(CONFIG.resolve("common.yaml"));

    assertThat(Dashboards.alloy(alloy))
        .contains(
            "otelcol.receiver.otlp",
            "otelcol.exporter.otlphttp",
            "prometheus.exporter.self",
            "otelcol.processor.cumulativetodelta");
    assertThat(alloy).contains("set(attributes[\\\"service.namespace\\\"], \\\"waybill\\\")");
    assertThat(common).contains("{name: service.namespace, value: waybill}");
    for (String rule :
        List.of("errors", "slow", "rejected rows", "others", "waybill.rows.rejected", "900000")) {
      assertThat(common).contains(rule);
      assertThat(alloy).contains(rule);
    }
    Matcher pattern = Pattern.compile("pattern: '([^']+)'").matcher(common);
    assertThat(pattern.results().map(result -> result.group(1).replace("\\", "\\\\")))
        .hasSize(3)
        .allMatch(rule -> alloy.contains(rule) || alloy.contains(rule.replace("\\", "\\\\")));
  }

  private List<Span> ofRun(RunSummary run) {
    return spans.stream().filter(span -> span.traceId().equals(RunFiles.otlpTraceId(run))).toList();
  }

  private long sentLogs() {
    return runs.stream()
        .flatMap(run -> RunFiles.lines(run, "logs.jsonl").stream())
        .flatMap(request -> request.findValues("logRecords").stream())
        .mapToLong(JsonNode::size)
        .sum();
  }

  private static Set<String> ids(List<Span> spans) {
    return spans.stream().map(Span::spanId).collect(Collectors.toSet());
  }

  private static Set<String> names(List<Metric> metrics) {
    return metrics.stream().map(Metric::name).collect(Collectors.toSet());
  }

  private static RealCollector collector(OtlpSink lgtm, int http, int daemon, Path queue)
      throws IOException, InterruptedException {
    List<String> settings = new ArrayList<>(RealCollector.receivers(http));
    settings.add("receivers::awsxray::endpoint: 127.0.0.1:" + daemon);
    settings.add("receivers::awsxray::proxy_server::endpoint: 127.0.0.1:" + daemon);
    settings.add(RealCollector.tellsEvery(1_000, lgtm.url()));
    return RealCollector.start(
        "local-collector",
        List.of("common.yaml", "local.yaml"),
        settings,
        Map.of("DELIVER_TO", lgtm.url(), "QUEUE_DIRECTORY", queue.toString()));
  }
}
