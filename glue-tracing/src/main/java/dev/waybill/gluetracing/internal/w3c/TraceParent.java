package dev.waybill.gluetracing.internal.w3c;

import dev.waybill.gluetracing.internal.propagation.Headers;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import java.util.Map;
import java.util.Optional;

/**
 * A place in a trace as the {@code traceparent} and {@code tracestate} of W3C Trace Context.
 *
 * @see <a href="https://www.w3.org/TR/trace-context/">W3C Trace Context</a>
 */
public final class TraceParent {

  /** The header's name. */
  public static final String TRACEPARENT = "traceparent";

  /** The name of the header that vendors add. */
  public static final String TRACESTATE = "tracestate";

  private TraceParent() {}

  /**
   * The span that they name, or empty where the first is not well-formed.
   *
   * @param tracestate may be blank; a malformed one is left out
   */
  public static Optional<SpanContext> parse(String traceparent, String tracestate) {
    SpanContext named =
        Headers.read(
            W3CTraceContextPropagator.getInstance(),
            Map.of(TRACEPARENT, traceparent.strip(), TRACESTATE, tracestate.strip()));
    return Optional.of(named).filter(SpanContext::isValid);
  }

  /** Both headers of a call that is made within that span; the second only if it has a state. */
  public static Map<String, String> of(SpanContext span) {
    return Headers.of(W3CTraceContextPropagator.getInstance(), span);
  }
}
