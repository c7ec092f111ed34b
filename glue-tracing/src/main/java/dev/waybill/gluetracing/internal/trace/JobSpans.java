package dev.waybill.gluetracing.internal.trace;

import dev.waybill.gluetracing.internal.xray.XrayIds;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The spans of one job. A span here gets its id when its work begins and is written when its work
 * is known: Spark says only after the fact when a step really ran, and X-Ray only after a while
 * what the job's parent is. Until then the id is enough for children, log lines and exemplars to
 * refer to it. Safe for use by several threads.
 */
public final class JobSpans {

  private final Tracer tracer;
  private final Ids ids;
  private final String traceId;
  private final TraceFlags flags;
  private final TraceState state;
  private final AtomicInteger written = new AtomicInteger();

  /**
   * Those of a trace.
   *
   * @param state what each span's context carries besides
   */
  public JobSpans(Tracer tracer, Ids ids, String traceId, boolean sampled, TraceState state) {
    this.tracer = tracer;
    this.ids = ids;
    this.traceId = traceId;
    this.state = state;
    this.flags = sampled ? TraceFlags.getSampled() : TraceFlags.getDefault();
  }

  /** A context for a span that is to be written later. */
  public SpanContext reserve() {
    return SpanContext.create(traceId, XrayIds.newSpanId(), flags, state);
  }

  /** Starts the span of that id: the caller ends it, or takes its data and lets it go. */
  public Span begin(
      SpanContext self,
      SpanContext parent,
      String name,
      SpanKind kind,
      Instant start,
      Attributes attributes) {
    SpanBuilder builder =
        tracer
            .spanBuilder(name)
            .setSpanKind(kind)
            .setStartTimestamp(start)
            .setAllAttributes(attributes);
    if (parent.isValid()) {
      builder.setParent(Context.root().with(Span.wrap(parent)));
    } else {
      builder.setNoParent();
    }
    return ids.next(self, builder::startSpan);
  }

  /** Ends a span that was begun. */
  public void end(Span span, Outcome outcome, Instant end) {
    outcome.describe(span);
    span.end(end);
  }

  /** Writes a finished span inside the job. */
  public void write(
      SpanContext self,
      SpanContext parent,
      String name,
      Instant start,
      Instant end,
      Attributes attributes,
      Outcome outcome) {
    write(self, parent, name, start, end, attributes, outcome, List.of());
  }

  /**
   * Writes a finished span inside the job.
   *
   * @param events what it tells besides, at its end
   */
  public void write(
      SpanContext self,
      SpanContext parent,
      String name,
      Instant start,
      Instant end,
      Attributes attributes,
      Outcome outcome,
      List<Event> events) {
    Instant last = end.isBefore(start) ? start : end;
    Span span = begin(self, parent, name, SpanKind.INTERNAL, start, attributes);
    outcome.describe(span);
    events.forEach(event -> span.addEvent(event.name, event.attributes, last));
    span.end(last);
    written.incrementAndGet();
  }

  /** How many finished spans were written. */
  public int written() {
    return written.get();
  }

  /** Something that a span tells. */
  public record Event(String name, Attributes attributes) {}

  /** Lets a span have the id that was reserved for it. */
  @FunctionalInterface
  public interface Ids {
    Span next(SpanContext self, Supplier<Span> start);
  }
}
