package dev.waybill.gluetracing.internal.propagation;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.HashMap;
import java.util.Map;

/** The headers of a call, read and written by OpenTelemetry's propagators. */
public final class Headers {

  private Headers() {}

  /** The span that headers name, by their names; not valid where they name none. */
  public static SpanContext read(TextMapPropagator format, Map<String, String> headers) {
    return Span.fromContext(format.extract(Context.root(), headers, Getter.INSTANCE))
        .getSpanContext();
  }

  /** The headers of a call that is made within that span. */
  public static Map<String, String> of(TextMapPropagator format, SpanContext span) {
    Map<String, String> headers = new HashMap<>();
    format.inject(Context.root().with(Span.wrap(span)), headers, Map::put);
    return headers;
  }

  private enum Getter implements TextMapGetter<Map<String, String>> {
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
