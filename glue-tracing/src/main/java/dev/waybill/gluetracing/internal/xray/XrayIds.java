package dev.waybill.gluetracing.internal.xray;

import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ids as X-Ray makes them: the first 8 hex digits of a trace's are the epoch second of the start.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids">X-Ray
 *     trace ids</a>
 */
public final class XrayIds {

  private XrayIds() {}

  /** 32 hex digits. */
  public static String newTraceId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return "%08x%08x%016x"
        .formatted(Instant.now().getEpochSecond(), random.nextInt(), random.nextLong());
  }

  /** 16 hex digits, not all of them zero. */
  public static String newSpanId() {
    long id;
    do {
      id = ThreadLocalRandom.current().nextLong();
    } while (id == 0);
    return "%016x".formatted(id);
  }
}
