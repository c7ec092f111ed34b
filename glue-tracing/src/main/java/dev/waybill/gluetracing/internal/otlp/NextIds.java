package dev.waybill.gluetracing.internal.otlp;

import dev.waybill.gluetracing.internal.trace.JobSpans;
import dev.waybill.gluetracing.internal.xray.XrayIds;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.trace.IdGenerator;
import java.util.function.Supplier;

/**
 * Lets a span have the id that was reserved for it; the SDK asks its generator on the thread that
 * starts the span. Safe for use by several threads.
 */
final class NextIds implements IdGenerator, JobSpans.Ids {

  private final ThreadLocal<SpanContext> next = new ThreadLocal<>();

  @Override
  public Span next(SpanContext self, Supplier<Span> start) {
    next.set(self);
    try {
      return start.get();
    } finally {
      next.remove();
    }
  }

  @Override
  public String generateSpanId() {
    SpanContext self = next.get();
    return self == null ? XrayIds.newSpanId() : self.getSpanId();
  }

  @Override
  public String generateTraceId() {
    SpanContext self = next.get();
    return self == null ? XrayIds.newTraceId() : self.getTraceId();
  }
}
