package dev.waybill.local;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;

/** New ids in the forms that AWS gives them. */
public final class Ids {

  private static final SecureRandom RANDOM = new SecureRandom();

  private Ids() {}

  /** {@code 1-5759e988-bd862e3fe1be46a994272793}. */
  public static String traceId() {
    return "1-%08x-%s".formatted(Instant.now().getEpochSecond(), hex(12));
  }

  /** 16 hex digits. */
  public static String segmentId() {
    return hex(8);
  }

  public static String requestId() {
    return UUID.randomUUID().toString();
  }

  public static String jobRunId() {
    return "jr_" + hex(32);
  }

  /** 32 hex digits that nobody guesses. */
  static String secret() {
    return hex(16);
  }

  private static String hex(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
