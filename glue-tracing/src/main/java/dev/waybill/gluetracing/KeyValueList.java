package dev.waybill.gluetracing;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The lists that OpenTelemetry's variables hold: {@code key=value,key=value}, with percent-encoded
 * values.
 *
 * @see <a
 *     href="https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables">Specifying
 *     headers via environment variables</a>
 */
final class KeyValueList {

  /** A header's name: a token of RFC 9110. */
  private static final String HEADER_NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  /** A header's value: what every HTTP client sends as it is. */
  private static final String HEADER_VALUE = "[\\t\\x20-\\x7e]*";

  private KeyValueList() {}

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException without the list, which may be secret
   */
  static Map<String, String> parse(String argument, String list) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String part : list.split(",")) {
      if (part.isBlank()) {
        continue;
      }
      int equals = part.indexOf('=');
      String key = equals < 0 ? "" : decoded(argument, part.substring(0, equals));
      if (key.isEmpty()) {
        throw malformed(argument);
      }
      values.put(key, decoded(argument, part.substring(equals + 1)));
    }
    return values;
  }

  /**
   * Reads one of HTTP headers.
   *
   * @throws IllegalArgumentException without the list, which may be secret
   */
  static Map<String, String> headers(String argument, String list) {
    Map<String, String> headers = parse(argument, list);
    headers.forEach(
        (name, value) -> {
          if (!name.matches(HEADER_NAME) || !value.matches(HEADER_VALUE)) {
            throw malformed(argument);
          }
        });
    return headers;
  }

  private static String decoded(String argument, String text) {
    try {
      return URLDecoder.decode(text.strip().replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw malformed(argument);
    }
  }

  private static IllegalArgumentException malformed(String argument) {
    return new IllegalArgumentException(
        argument + " is not a list such as key=value,key=value with percent-encoded values");
  }
}
