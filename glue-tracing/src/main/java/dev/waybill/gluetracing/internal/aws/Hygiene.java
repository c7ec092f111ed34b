package dev.waybill.gluetracing.internal.aws;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Attributes without people and their homes: what {@code collector-config/common.yaml} has a
 * collector drop and hash.
 */
final class Hygiene {

  static final Pattern HASHED = Pattern.compile("^host[. ](name|id)$");
  static final Pattern DROPPED =
      Pattern.compile(
          "^(name|NAME|lat|long)$|^(listing|record|row|user|enduser|client)(\\.|$)"
              + "|^host\\.(ip|mac)$|^process\\.(owner|command.*)$");

  private Hygiene() {}

  /** Values by keys, in the keys' order. */
  static Map<String, Object> clean(Attributes attributes) {
    Map<String, Object> kept = new TreeMap<>();
    attributes.forEach((key, value) -> put(kept, key, value));
    return kept;
  }

  private static void put(Map<String, Object> kept, AttributeKey<?> key, Object value) {
    if (HASHED.matcher(key.getKey()).find()) {
      kept.put(key.getKey(), sha256(value.toString()));
    } else if (!DROPPED.matcher(key.getKey()).find()) {
      kept.put(key.getKey(), value);
    }
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
