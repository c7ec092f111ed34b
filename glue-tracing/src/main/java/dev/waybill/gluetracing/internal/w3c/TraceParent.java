package dev.waybill.gluetracing.internal.w3c;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.HashMap;
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
    Context context =
        W3CTraceContextPropagator.getInstance()
            .extract(
                Context.root(),
                Map.of(TRACEPARENT, traceparent.strip(), TRACESTATE, tracestate.strip()),
                Headers.INSTANCE);
    return Optional.of(Span.fromContext(context).getSpanContext()).filter(SpanContext::isValid);
  }

  /** Both headers of a call that is made within that span; the second only if it has a state. */
  public static Map<String, String> of(SpanContext span) {
    Map<String, String> headers = new HashMap<>();
    W3CTraceContextPropagator.getInstance()
        .inject(Context.root().with(Span.wrap(span)), headers, Map::put);
    return headers;
  }

  private enum Headers implements TextMapGetter<Map<String, String>> {
    INSTANCE;

    @Override
    public Iterable<String> keys(Map<String, String> headers) {
      return headers.keySet();
    }

    @Override
    public String get(Map<String, String> headers, String name) {
      return headers.get(name);
    }
  }
}
