package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.gluetracing.internal.aws.Aws;
import dev.waybill.gluetracing.internal.otlp.Collector;
import dev.waybill.gluetracing.internal.otlp.Destination;
import dev.waybill.gluetracing.internal.otlp.JobResource;
import dev.waybill.gluetracing.internal.otlp.JobTelemetry;
import dev.waybill.gluetracing.internal.otlp.OtlpTelemetry;
import dev.waybill.gluetracing.internal.trace.Deadline;
import dev.waybill.gluetracing.internal.trace.JobMetrics;
import dev.waybill.gluetracing.internal.trace.JobRun;
import dev.waybill.gluetracing.internal.trace.JobSpans;
import dev.waybill.gluetracing.internal.trace.Outcome;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * A job without a collector, beside one whose telemetry goes through the two processes of the
 * deployed task: X-Ray and CloudWatch get the same.
 */
@EnabledIfEnvironmentVariable(named = "WAYBILL_COLLECTOR", matches = ".+")
class SameAsCollectorIT {

  private static final String TRACE = "5759e988bd862e3fe1be46a994272793";
  private static final Instant START = Instant.parse("2026-11-20T12:00:00.123456Z");
  private static final JobRun RUN =
      new JobRun(
          "clean-listings",
          Optional.of("run-1"),
          Optional.of("bucket"),
          Optional.of("input/x.csv"),
          Optional.of("arn:aws:states:eu-west-1:111122223333:execution:waybill-pipeline:run-1"),
          Optional.of("CleanListings"),
          0,
          Optional.of("jr_1"),
          List.of("/waybill/job-logs"));

  @BeforeEach
  void giveKeys() {
    AwsStandIn.PROPERTIES.forEach(System::setProperty);
  }

  @AfterEach
  void takeKeys() {
    AwsStandIn.PROPERTIES.keySet().forEach(System::clearProperty);
  }

  @Test
  void segmentsAndMetricsAreTheSame() throws Exception {
    Outcome failed =
        Outcome.of(new IllegalStateException("no room", new java.io.IOException("disk full")));
    int http = RealCollector.freePort();
    int delivery = RealCollector.freePort();
    List<String> settings = new ArrayList<>(RealCollector.receivers(http));
    settings.add("service::telemetry::metrics::level: none");
    try (AwsStandIn aws = new AwsStandIn();
        AwsSink sink = new AwsSink();
        RealCollector exporter =
            RealCollector.start(
                "exporter",
                List.of("aws.yaml"),
                List.of(
                    "exporters::awsemf::endpoint: " + sink.url(),
                    "exporters::awscloudwatchlogs::endpoint: " + sink.url(),
                    "exporters::awsxray::endpoint: " + sink.url(),
                    "receivers::otlp::protocols::http::endpoint: 127.0.0.1:" + delivery),
                Map.of());
        RealCollector collector =
            RealCollector.start(
                "collector",
                List.of("common.yaml"),
                settings,
                Map.of("DELIVER_TO", "http://127.0.0.1:" + delivery))) {
      send(new Aws(aws.environment(), "Waybill", "/waybill/metrics", "run"), failed);
      send(collector("http://127.0.0.1:" + http), failed);
      assertThat(collector.stop()).as("see " + collector.log()).isZero();
      assertThat(exporter.stop()).as("see " + exporter.log()).isZero();

      assertThat(aws.refusals()).isEmpty();
      assertThat(byId(aws.segments())).isEqualTo(byId(sink.segments())).hasSize(4);
      assertThat(CloudWatchMetrics.sums(aws.events(), "Waybill"))
          .isEqualTo(CloudWatchMetrics.sums(sink.logged("/waybill/metrics"), "Waybill"))
          .hasSizeGreaterThan(5);
    }
  }

  private static Destination collector(String url) {
    List<Collector.Target> targets = new ArrayList<>();
    for (String signal : List.of("traces", "metrics", "logs")) {
      targets.add(
          new Collector.Target(
              "test",
              url,
              url + "/v1/" + signal,
              Map.of(),
              Optional.empty(),
              "none",
              OtlpTelemetry.BOUND));
    }
    return new Collector(targets.get(0), targets.get(1), targets.get(2), Optional.empty());
  }

  /** A job that fails in its second step, with a cause. */
  private static void send(Destination to, Outcome failed) {
    JobTelemetry telemetry =
        new OtlpTelemetry(to, JobResource.of(RUN, Map.of("team", "data")), true);
    JobSpans spans = telemetry.spans(TRACE, true, TraceState.getDefault());
    spans.write(
        span(2),
        span(1),
        "read, and check",
        START,
        START.plusMillis(1),
        Attributes.builder()
            .put("waybill.step.rows_in", 3L)
            .put("waybill.step.executed", true)
            .put("host.name", "ip-10-0-0-1")
            .put("user.email", "a@example.org")
            .put(AttributeKey.stringArrayKey("waybill.list"), "a", "b")
            .build(),
        Outcome.OK);
    spans.write(span(3), span(1), "write", START, START.plusMillis(2), Attributes.empty(), failed);
    spans.end(
        spans.begin(
            span(1),
            SpanContext.createFromRemoteParent(
                TRACE, "53995c3f42cd8ad8", TraceFlags.getSampled(), TraceState.getDefault()),
            "clean-listings",
            SpanKind.SERVER,
            START,
            Attributes.builder()
                .put("waybill.job", "clean-listings")
                .put("waybill.run_id", "run-1")
                .put("waybill.attempt", 0L)
                .put("waybill.share", 0.5)
                .build()),
        failed,
        START.plusSeconds(1));
    spans.end(
        spans.begin(
            span(4),
            SpanContext.getInvalid(),
            "alone",
            SpanKind.INTERNAL,
            START,
            Attributes.empty()),
        Outcome.OK,
        START);
    JobMetrics metrics = new JobMetrics(telemetry.meter(), "clean-listings", span(1));
    metrics.countRows(10, "read");
    metrics.countRejected(3, "invalid_price");
    metrics.countChanged(Map.of("name", Map.of("missing", 7L)));
    metrics.countInputBytes(512);
    metrics.ended(Duration.ofMillis(12_500), failed);
    assertThat(telemetry.close(Optional.empty(), Deadline.in(Duration.ofSeconds(8)))).isEmpty();
  }

  private static SpanContext span(int number) {
    return SpanContext.create(
        TRACE, "%016x".formatted(number), TraceFlags.getSampled(), TraceState.getDefault());
  }

  private static Map<String, JsonNode> byId(List<JsonNode> documents) {
    Map<String, JsonNode> byId = new TreeMap<>();
    documents.forEach(each -> byId.put(each.path("id").asText(), plain(each.deepCopy())));
    return byId;
  }

  /**
   * Without what says nothing: flags that are false, exceptions' random ids, fractions of
   * microseconds, and a subsegment's repetition of where its segment comes from. The exporter takes
   * host.name for a part of a URL, and leaves it out.
   */
  private static JsonNode plain(JsonNode document) {
    ObjectNode plain = (ObjectNode) document;
    for (String flag : List.of("fault", "error", "throttle")) {
      if (!plain.path(flag).asBoolean()) {
        plain.remove(flag);
      }
    }
    if (plain.at("/metadata/default") instanceof ObjectNode metadata) {
      metadata.remove("host.name");
    }
    if (plain.path("type").asText().equals("subsegment")) {
      plain.remove("aws");
    }
    for (String time : List.of("start_time", "end_time")) {
      plain.put(
          time,
          new BigDecimal(plain.path(time).asText())
              .setScale(6, RoundingMode.HALF_EVEN)
              .toPlainString());
    }
    AtomicInteger exceptions = new AtomicInteger();
    for (JsonNode exception : plain.path("cause").path("exceptions")) {
      ((ObjectNode) exception).put("id", exceptions.incrementAndGet());
      if (exception.has("cause")) {
        ((ObjectNode) exception).put("cause", exceptions.get() + 1);
      }
    }
    // Numbers of the same value are the same, whatever wrote them.
    return Json.parse(plain.toString());
  }
}
