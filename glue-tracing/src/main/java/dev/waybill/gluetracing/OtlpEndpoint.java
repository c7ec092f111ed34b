package dev.waybill.gluetracing;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;

/**
 * A collector's OTLP/HTTP receiver, named by its base URL. A user name and password in the URL are
 * sent as the header that they stand for; no text that this class gives has them. Immutable.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp-request">OTLP/HTTP request</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7617">Basic authentication, RFC 7617</a>
 */
public final class OtlpEndpoint {

  private static final int LAST_PORT = 65_535;

  /** All that may be a password: from the scheme, or the beginning, to the last {@code @}. */
  private static final String USER_INFO = "(?s)^([A-Za-z][A-Za-z0-9+.-]*://)?.*@";

  private final String url;
  private final Map<String, String> headers;

  private OtlpEndpoint(String url, Map<String, String> headers) {
    this.url = url;
    this.headers = headers;
  }

  /**
   * Reads a base URL such as {@code http://localhost:4318} or {@code
   * https://user:password@otlp.example.com/otlp}.
   *
   * @param option what the user calls it, for the message
   * @throws IllegalArgumentException naming option and value, without a password, where it is not
   *     an http or https URL with a host, or has a query or fragment
   */
  public static OtlpEndpoint parse(String option, String text) {
    try {
      URI uri = new URI(text.strip());
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if (scheme.matches("https?")
          && uri.getHost() != null
          && uri.getPort() != 0
          && uri.getPort() <= LAST_PORT
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null) {
        String authority = uri.getRawAuthority();
        String place = authority.substring(authority.indexOf('@') + 1);
        String path = uri.getRawPath().replaceAll("/+$", "");
        return new OtlpEndpoint(scheme + "://" + place + path, headers(uri.getUserInfo()));
      }
    } catch (URISyntaxException notOne) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "%s is '%s'; it must be an http or https URL such as http://localhost:4318"
            .formatted(option, text.replaceFirst(USER_INFO, "$1***@")));
  }

  /** The base URL, without user name, password and slashes at its end. */
  public String url() {
    return url;
  }

  /**
   * Where a signal is sent.
   *
   * @param signal {@code traces}, {@code metrics} or {@code logs}
   */
  public String url(String signal) {
    return url + "/v1/" + signal;
  }

  /** Headers of each request by their names; secret. */
  public Map<String, String> headers() {
    return headers;
  }

  /** {@link #url()}. */
  @Override
  public String toString() {
    return url;
  }

  private static Map<String, String> headers(String userInfo) {
    if (userInfo == null) {
      return Map.of();
    }
    String credentials = userInfo.contains(":") ? userInfo : userInfo + ":";
    return Map.of(
        "Authorization",
        "Basic "
            + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
  }
}
