package dev.waybill.gluetracing.internal.otlp;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.logs.LogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * What came to a signal's batch queue and what left it: the SDK drops what finds its queue full,
 * and tells only its own metrics. Safe for use by several threads.
 */
final class QueueCounts {

  private final String records;
  private final LongAdder came = new LongAdder();
  private final LongAdder went = new LongAdder();

  /**
   * Begins with nothing.
   *
   * @param records what they are called
   */
  QueueCounts(String records) {
    this.records = records;
  }

  /** Stands before the queue. */
  SpanProcessor spansCome() {
    return new SpanProcessor() {
      @Override
      public void onStart(Context parent, ReadWriteSpan span) {}

      @Override
      public boolean isStartRequired() {
        return false;
      }

      @Override
      public void onEnd(ReadableSpan span) {
        if (span.getSpanContext().isSampled()) {
          came.increment();
        }
      }

      @Override
      public boolean isEndRequired() {
        return true;
      }
    };
  }

  /** Stands behind the queue. */
  SpanExporter spansGo(SpanExporter to) {
    return new KeepingExporters.Spans(
        to,
        spans -> {
          went.add(spans.size());
          return to.export(spans);
        });
  }

  /** Stands before the queue. */
  LogRecordProcessor logsCome() {
    return (context, line) -> came.increment();
  }

  /** Stands behind the queue. */
  LogRecordExporter logsGo(LogRecordExporter to) {
    return new KeepingExporters.Logs(
        to,
        lines -> {
          went.add(lines.size());
          return to.export(lines);
        });
  }

  /** What did not leave the queue, in words; empty where all did. To be asked at the end. */
  Optional<String> dropped() {
    long dropped = came.sum() - went.sum();
    return dropped <= 0 ? Optional.empty() : Optional.of("%,d %s".formatted(dropped, records));
  }
}
