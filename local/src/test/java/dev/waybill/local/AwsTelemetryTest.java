package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.gluetracing.internal.aws.Aws;
import dev.waybill.gluetracing.internal.otlp.JobTelemetry;
import dev.waybill.gluetracing.internal.otlp.OtlpTelemetry;
import dev.waybill.gluetracing.internal.otlp.TelemetryFolder;
import dev.waybill.gluetracing.internal.trace.Deadline;
import dev.waybill.gluetracing.internal.trace.JobMetrics;
import dev.waybill.gluetracing.internal.trace.JobSpans;
import dev.waybill.gluetracing.internal.trace.Outcome;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.ReadableSpan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job's telemetry that goes to X-Ray and CloudWatch without a collector. */
class AwsTelemetryTest {

  private static final String TRACE = "5759e988bd862e3fe1be46a994272793";
  private static final Instant START = Instant.parse("2026-11-20T12:00:00.123456Z");
  private static final Resource RESOURCE =
      Resource.create(
          Attributes.of(
              AttributeKey.stringKey("service.name"), "clean-listings",
              AttributeKey.stringKey("enduser.id"), "somebody"));

  @AutoClose private final AwsStandIn aws = new AwsStandIn();
  @TempDir private Path folder;

  @BeforeEach
  void giveKeys() {
    AwsStandIn.PROPERTIES.forEach(System::setProperty);
  }

  @AfterEach
  void takeKeys() {
    AwsStandIn.PROPERTIES.keySet().forEach(System::clearProperty);
  }

  @Test
  void spansArriveInSignedCallsOfFiftyAtMost() {
    Optional<String> notice = send(telemetry(), 120);

    assertThat(notice).isEmpty();
    assertThat(aws.refusals()).isEmpty();
    assertThat(aws.segments()).extracting(each -> each.path("id").asText()).hasSize(121);
    JsonNode job = segment("clean-listings");
    assertThat(job.path("trace_id").asText()).isEqualTo("1-5759e988-bd862e3fe1be46a994272793");
    assertThat(job.path("start_time").decimalValue()).isEqualByComparingTo("1795176000.123456");
    assertThat(job.has("type")).isFalse();
    assertThat(segment("step 7").path("type").asText()).isEqualTo("subsegment");
    assertThat(segment("step 7").path("parent_id").asText()).isEqualTo(job.path("id").asText());
  }

  @Test
  void whatIsThrottledIsSentAgain() {
    aws.throttle(3);

    assertThat(send(telemetry(), 1)).isEmpty();
    assertThat(aws.refusals()).hasSize(3).allMatch(why -> why.startsWith("Thrott"));
    assertThat(aws.segments()).hasSize(2);
    assertThat(sums()).containsEntry("waybill.rows {waybill.outcome=read}", 10.0);
  }

  @Test
  void whatXRayLeavesUnprocessedIsSentOnceMore() {
    aws.leaveUnprocessed(1);

    assertThat(send(telemetry(), 10)).isEmpty();
    assertThat(aws.segments()).extracting(each -> each.path("id").asText()).hasSize(11);
  }

  @Test
  void whatIsRefusedIsKeptAndTheReasonTold() throws Exception {
    aws.deny();

    String notice = send(telemetry(), 3).orElseThrow();

    assertThat(notice)
        .contains(
            "X-Ray or CloudWatch did not take all telemetry of this job:",
            "answered 403 AccessDeniedException: the role is not authorized",
            "waybill replay");
    assertThat(aws.refusals()).hasSizeLessThan(6);
    assertThat(Files.readString(folder.resolve("run/traces.jsonl"))).contains("step 0", "step 2");
    assertThat(Files.readString(folder.resolve("run/metrics.jsonl"))).contains("waybill.rows");
  }

  @Test
  void whatXRayNeverProcessesIsKept() throws Exception {
    aws.leaveUnprocessed(1_000);

    assertThat(send(telemetry(), 3).orElseThrow())
        .contains("X-Ray left 1 of 4 segments unprocessed: InvalidSegment try again");
    assertThat(Files.readString(folder.resolve("run/traces.jsonl"))).contains("step 0", "step 2");
  }

  @Test
  void metricsThatHaveNoGroupAreKeptAndSpansArrive() throws Exception {
    JobTelemetry telemetry =
        new OtlpTelemetry(
            new Aws(aws.environment(), "Waybill", "/other/metrics", "run"), RESOURCE, true);

    assertThat(send(telemetry, 1).orElseThrow())
        .contains("CloudWatch Logs answered 400 ResourceNotFoundException");
    assertThat(aws.segments()).hasSize(2);
    assertThat(folder.resolve("run")).isDirectoryContaining("glob:**/metrics.jsonl");
    assertThat(folder.resolve("run/traces.jsonl")).doesNotExist();
  }

  @Test
  void aJobThatRunsIsShownInProgressAndThenWhole() {
    JobTelemetry telemetry = telemetry();
    JobSpans spans = spans(telemetry);
    SpanContext self = spans.reserve();
    Attributes early = Attributes.of(AttributeKey.booleanKey("aws.xray.inprogress"), true);
    ReadableSpan shown = (ReadableSpan) begin(spans, self, early);
    telemetry.sendEarly(shown.toSpanData());
    spans.end(begin(spans, self, Attributes.empty()), Outcome.OK, START.plusSeconds(9));
    telemetry.close(Optional.empty(), Deadline.in(Duration.ofSeconds(8)));

    assertThat(aws.segments()).hasSize(2);
    assertThat(aws.segments())
        .extracting(each -> each.path("id").asText())
        .containsOnly(self.getSpanId());
    assertThat(aws.segments().get(0).path("in_progress").asBoolean()).isTrue();
    assertThat(aws.segments().get(0).at("/metadata/default").has("aws.xray.inprogress")).isFalse();
    assertThat(aws.segments().get(1).path("end_time").decimalValue())
        .isEqualByComparingTo("1795176009.123456");
  }

  @Test
  void aFailureIsAFaultWithItsCauseAndDocumentsStayWithinTheLimit() {
    JobTelemetry telemetry = telemetry();
    JobSpans spans = spans(telemetry);
    Exception cause = new IllegalStateException("disk full");
    spans.end(begin(spans, spans.reserve(), Attributes.empty()), Outcome.of(cause), START);
    Exception large = new IllegalStateException("x".repeat(100_000));
    spans.end(begin(spans, spans.reserve(), Attributes.empty()), Outcome.of(large), START);

    assertThat(telemetry.close(Optional.empty(), Deadline.in(Duration.ofSeconds(8)))).isEmpty();
    JsonNode first = aws.segments().get(0);
    assertThat(first.path("fault").asBoolean()).isTrue();
    assertThat(first.at("/cause/exceptions/0/message").asText()).isEqualTo("disk full");
    assertThat(first.at("/cause/exceptions/0/type").asText())
        .isEqualTo("java.lang.IllegalStateException");
    assertThat(first.at("/cause/exceptions/0/stack/0/label").asText())
        .isEqualTo(
            getClass().getName() + ".aFailureIsAFaultWithItsCauseAndDocumentsStayWithinTheLimit");
    assertThat(aws.segments().get(1).at("/cause/exceptions/0/message").asText())
        .endsWith("(cut, 100000 characters)");
  }

  /** As collector-config/common.yaml has a collector do. */
  @Test
  void peopleAndMachinesDoNotArrive() {
    JobTelemetry telemetry = telemetry();
    JobSpans spans = spans(telemetry);
    Attributes personal =
        Attributes.of(
            AttributeKey.stringKey("host.name"), "ip-10-0-0-1",
            AttributeKey.stringKey("user.email"), "a@example.org",
            AttributeKey.stringKey("waybill.job"), "clean-listings");
    spans.end(begin(spans, spans.reserve(), personal), Outcome.OK, START);
    telemetry.close(Optional.empty(), Deadline.in(Duration.ofSeconds(8)));

    JsonNode segment = aws.segments().get(0);
    assertThat(segment.toString()).doesNotContain("ip-10-0-0-1", "a@example.org", "somebody");
    assertThat(segment.at("/metadata/default/host.name").asText()).hasSize(64);
    assertThat(segment.at("/annotations/waybill.job").asText()).isEqualTo("clean-listings");
  }

  @Test
  void metricsHaveTheDimensionsThatDashboardAndAlarmsAskFor() {
    assertThat(send(telemetry(), 0)).isEmpty();

    assertThat(sums())
        .containsEntry("waybill.rows {waybill.outcome=read}", 10.0)
        .containsEntry("waybill.rows {waybill.job=clean-listings, waybill.outcome=read}", 10.0)
        .containsEntry("waybill.rows {waybill.outcome=rejected}", 3.0)
        .containsEntry(
            "waybill.rows {waybill.job=clean-listings, waybill.outcome=rejected, waybill.reason=invalid_price}",
            3.0)
        .containsEntry(
            "waybill.values.changed {waybill.cause=missing, waybill.column=name, waybill.job=clean-listings}",
            7.0)
        .containsEntry("waybill.input.bytes {waybill.job=clean-listings}", 512.0)
        .hasEntrySatisfying(
            "waybill.job.duration {waybill.job=clean-listings, waybill.status=SUCCEEDED}",
            sum -> assertThat(sum).isCloseTo(12.5, within(1e-9)));
    assertThat(aws.streams()).containsExactly("run");
    // Percentiles need values, and these are right to a percent.
    JsonNode duration =
        aws.events().stream()
            .filter(event -> event.has("waybill.job.duration"))
            .findFirst()
            .orElseThrow()
            .path("waybill.job.duration");
    assertThat(duration.at("/Values/0").asDouble()).isCloseTo(12.5, within(0.125));
    assertThat(duration.path("Counts").toString()).isEqualTo("[1]");
  }

  private Map<String, Double> sums() {
    return CloudWatchMetrics.sums(aws.events(), "Waybill");
  }

  private JobTelemetry telemetry() {
    return new OtlpTelemetry(
        new Aws(aws.environment(), "Waybill", "/waybill/metrics", "run"), RESOURCE, true);
  }

  /** A job's span with steps below it, and some metrics; then the end. */
  private Optional<String> send(JobTelemetry telemetry, int steps) {
    JobSpans spans = spans(telemetry);
    SpanContext root = spans.reserve();
    for (int i = 0; i < steps; i++) {
      spans.write(spans.reserve(), root, "step " + i, START, START, Attributes.empty(), Outcome.OK);
    }
    spans.end(begin(spans, root, Attributes.empty()), Outcome.OK, START.plusSeconds(1));
    JobMetrics metrics = new JobMetrics(telemetry.meter(), "clean-listings", root);
    metrics.countRows(10, "read");
    metrics.countRejected(3, "invalid_price");
    metrics.countChanged(Map.of("name", Map.of("missing", 7L)));
    metrics.countInputBytes(512);
    metrics.ended(Duration.ofMillis(12_500), Outcome.OK);
    return telemetry.close(
        Optional.of(
            new TelemetryFolder(folder.resolve("run").toUri().toString(), new Configuration())),
        Deadline.in(Duration.ofSeconds(8)));
  }

  private static JobSpans spans(JobTelemetry telemetry) {
    return telemetry.spans(TRACE, true, TraceState.getDefault());
  }

  private static Span begin(JobSpans spans, SpanContext self, Attributes attributes) {
    return spans.begin(
        self, SpanContext.getInvalid(), "clean-listings", SpanKind.SERVER, START, attributes);
  }

  private JsonNode segment(String name) {
    List<JsonNode> named =
        aws.segments().stream().filter(each -> each.path("name").asText().equals(name)).toList();
    assertThat(named).as(name).hasSize(1);
    return named.get(0);
  }
}
