package dev.waybill.gluetracing.internal.xray;

import dev.waybill.gluetracing.internal.propagation.Headers;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.contrib.awsxray.propagator.AwsXrayPropagator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What an {@code X-Amzn-Trace-Id} header says, read leniently: the Root and the Parent are taken
 * where they are valid, whatever the rest holds ({@code Sampled=?}, no Parent, Lineage, blanks).
 * OpenTelemetry's propagator drops such headers whole, and with them the trace.
 *
 * @param traceId the Root as an OpenTelemetry trace id, 32 lower-case hex digits
 * @param parentSpanId the Parent, 16 lower-case hex digits, or the invalid span id where the header
 *     names none
 * @param sampled false only for {@code Sampled=0}: a header that leaves the decision open is traced
 * @see <a
 *     href="https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader">X-Ray
 *     tracing header</a>
 */
public record TraceHeader(String traceId, String parentSpanId, boolean sampled) {

  private static final String NAME = "X-Amzn-Trace-Id";
  private static final String ROOT = "Root";
  private static final String PARENT = "Parent";
  private static final String SAMPLED = "Sampled";
  private static final String VERSION = "1-";

  /** The header's trace, or empty where there is no valid Root in it. */
  public static Optional<TraceHeader> parse(String header) {
    Map<String, String> parts = new HashMap<>();
    for (String part : (header == null ? "" : header).split(";")) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        parts.putIfAbsent(part.substring(0, equals).strip(), part.substring(equals + 1).strip());
      }
    }
    String traceId = traceId(parts.getOrDefault(ROOT, ""));
    if (!TraceId.isValid(traceId)) {
      return Optional.empty();
    }
    String parent = parts.getOrDefault(PARENT, "").toLowerCase(Locale.ROOT);
    return Optional.of(
        new TraceHeader(
            traceId,
            SpanId.isValid(parent) ? parent : SpanId.getInvalid(),
            !"0".equals(parts.get(SAMPLED))));
  }

  /** The trace id as X-Ray writes it: {@code 1-5759e988-bd862e3fe1be46a994272793}. */
  public static String xrayTraceId(String traceId) {
    return VERSION + traceId.substring(0, 8) + "-" + traceId.substring(8);
  }

  /** The span that this header names as parent; not valid where it names none. */
  public SpanContext parent() {
    return Headers.read(AwsXrayPropagator.getInstance(), wellFormed());
  }

  /** The header of a call that is made within that span. */
  public static String of(SpanContext span) {
    return Headers.of(AwsXrayPropagator.getInstance(), span).get(NAME);
  }

  private Map<String, String> wellFormed() {
    return Map.of(
        NAME,
        "%s=%s;%s=%s;%s=%s"
            .formatted(
                ROOT, xrayTraceId(traceId), PARENT, parentSpanId, SAMPLED, sampled ? "1" : "0"));
  }

  private static String traceId(String root) {
    return root.startsWith(VERSION)
        ? root.substring(VERSION.length()).replace("-", "").toLowerCase(Locale.ROOT)
        : "";
  }
}
