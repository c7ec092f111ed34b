package dev.waybill.gluetracing.internal.xray;

import io.opentelemetry.sdk.trace.IdGenerator;
import java.time.Instant;

/**
 * Trace ids as X-Ray makes them: the first 8 hex digits are the epoch second of the start.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids">X-Ray
 *     trace ids</a>
 */
public final class XrayIds {

  private XrayIds() {}

  public static String newTraceId() {
    String random = IdGenerator.random().generateTraceId();
    return "%08x".formatted(Instant.now().getEpochSecond()) + random.substring(8);
  }
}
