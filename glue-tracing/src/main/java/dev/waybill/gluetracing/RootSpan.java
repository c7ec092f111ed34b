package dev.waybill.gluetracing;

import dev.waybill.gluetracing.internal.otlp.JobTelemetry;
import dev.waybill.gluetracing.internal.spark.SparkEvents;
import dev.waybill.gluetracing.internal.trace.ErrorText;
import dev.waybill.gluetracing.internal.trace.JobRun;
import dev.waybill.gluetracing.internal.trace.JobSpans;
import dev.waybill.gluetracing.internal.trace.Outcome;
import dev.waybill.gluetracing.internal.trace.SparkAttributes;
import dev.waybill.gluetracing.internal.trace.WaybillAttributes;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.ReadableSpan;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * The job's own span, under the segment of the call that started the run where that is known. Safe
 * for use by several threads.
 */
final class RootSpan {

  private final JobRun run;
  private final JobSpans spans;
  private final SpanContext self;
  private final SpanContext headerParent;
  private final Instant start;
  private final SparkEvents events;
  private final LongAdder rejected = new LongAdder();
  private Attributes cost = Attributes.empty();
  private boolean written;

  /**
   * Reserves it.
   *
   * @param headerParent the parent where none is looked up; not valid where there is none
   */
  RootSpan(
      JobRun run, JobSpans spans, SpanContext headerParent, Instant start, SparkEvents events) {
    this.run = run;
    this.spans = spans;
    this.self = spans.reserve();
    this.headerParent = headerParent;
    this.start = start;
    this.events = events;
  }

  SpanContext context() {
    return self;
  }

  Instant start() {
    return start;
  }

  void countRejected(long rows) {
    rejected.add(rows);
  }

  /** What the job cost, by its own reckoning. */
  synchronized void cost(double dpuSeconds, double usd) {
    cost =
        Attributes.of(WaybillAttributes.GLUE_DPU_SECONDS, dpuSeconds, WaybillAttributes.COST, usd);
  }

  /**
   * A long job is to be seen before it ends: X-Ray shows this copy as in progress until the whole
   * span comes.
   */
  synchronized void sendInProgress(JobTelemetry telemetry, Optional<String> parent) {
    if (written || !self.isSampled()) {
      return;
    }
    Attributes early = attributes(0).put(WaybillAttributes.XRAY_IN_PROGRESS, true).build();
    if (begin(parent, early) instanceof ReadableSpan span) {
      telemetry.sendEarly(span.toSpanData());
    }
  }

  /**
   * Writes it.
   *
   * @param dropped how many of Spark's events were never seen
   */
  synchronized void write(Optional<String> parent, Outcome outcome, Instant end, long dropped) {
    written = true;
    spans.end(begin(parent, attributes(dropped).build()), outcome, end);
  }

  private Span begin(Optional<String> parent, Attributes attributes) {
    SpanContext above =
        parent
            .map(
                id ->
                    SpanContext.createFromRemoteParent(
                        self.getTraceId(), id, self.getTraceFlags(), self.getTraceState()))
            .orElse(headerParent);
    return spans.begin(self, above, run.job(), SpanKind.SERVER, start, attributes);
  }

  private AttributesBuilder attributes(long dropped) {
    AttributesBuilder attributes = Attributes.builder().put(WaybillAttributes.JOB_NAME, run.job());
    run.runId().ifPresent(value -> attributes.put(WaybillAttributes.RUN_ID, value));
    run.bucket().ifPresent(value -> attributes.put(WaybillAttributes.S3_BUCKET, value));
    run.key().ifPresent(value -> attributes.put(WaybillAttributes.S3_KEY, ErrorText.cut(value)));
    run.executionArn().ifPresent(value -> attributes.put(WaybillAttributes.EXECUTION_ARN, value));
    run.executionArn()
        .flatMap(RootSpan::stateMachine)
        .ifPresent(value -> attributes.put(WaybillAttributes.STATE_MACHINE_ARN, value));
    run.state().ifPresent(value -> attributes.put(WaybillAttributes.STATE, value));
    attributes.put(WaybillAttributes.ATTEMPT, (long) run.attempt());
    if (rejected.sum() > 0) {
      attributes.put(WaybillAttributes.ROWS_REJECTED, rejected.sum());
    }
    if (dropped > 0) {
      attributes.put(SparkAttributes.EVENTS_DROPPED, dropped);
    }
    return attributes.putAll(events.summary()).putAll(cost);
  }

  /** {@code arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME} names its machine. */
  private static Optional<String> stateMachine(String execution) {
    String machine = execution.replaceFirst(":execution:(.+):[^:]+$", ":stateMachine:$1");
    return machine.equals(execution) ? Optional.empty() : Optional.of(machine);
  }
}
