package dev.waybill.local.s3;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.waybill.local.Keys;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tells whether a request to S3, or to another service, was signed with the right keys, in any
 * region. S3's bodies are covered as far as their digests are: the chunks' own signatures, which
 * follow from the one that is checked here, are not looked at, and signatures in the query are not
 * taken.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html">Signature
 *     calculations in the Authorization header</a>
 */
public final class SignatureV4 {

  /** The header that has the body's digest, or says why it has not. */
  static final String CONTENT = "x-amz-content-sha256";

  /** The digest of a body of no bytes, which is signed where the header is missing. */
  static final String NO_CONTENT =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final String S3 = "s3";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Duration SKEW = Duration.ofMinutes(15);

  private final Keys keys;
  private final Clock clock;
  private final String service;
  private final Pattern form;

  /**
   * A check for these keys.
   *
   * @param clock that of today, by which a signature is too old
   */
  SignatureV4(Keys keys, Clock clock) {
    this(keys, clock, S3);
  }

  /**
   * A check for these keys.
   *
   * @param clock that of today, by which a signature is too old
   * @param service by its name in signatures, such as {@code xray}; its paths need no encoding
   */
  public SignatureV4(Keys keys, Clock clock, String service) {
    this.keys = keys;
    this.clock = clock;
    this.service = service;
    this.form =
        Pattern.compile(
            ALGORITHM
                + " *Credential=([^/, ]+)/(\\d{8})/([\\w-]+)/"
                + service
                + "/aws4_request, *SignedHeaders=([^, ]+), *Signature=([0-9a-f]{64})");
  }

  /** Why a request is refused: the service's code, and a sentence. */
  public record Refusal(String code, String message) {}

  /** Why a request to S3 is refused, or null where it was signed with the keys. */
  Refusal refusal(HttpExchange exchange) {
    String content = exchange.getRequestHeaders().getFirst(CONTENT);
    return refusal(exchange, content == null ? NO_CONTENT : content);
  }

  /** Why a request is refused, or null where it was signed with the keys, and with this body. */
  public Refusal refusal(HttpExchange exchange, byte[] body) {
    return refusal(exchange, sha256(body));
  }

  private Refusal refusal(HttpExchange exchange, String content) {
    Headers headers = exchange.getRequestHeaders();
    String header = headers.getFirst("Authorization");
    if (header == null) {
      return new Refusal(
          "AccessDenied",
          "the request is not signed: sign it (AWS Signature Version 4) with the keys that waybill"
              + " watch prints");
    }
    Matcher authorization = form.matcher(header);
    if (!authorization.matches()) {
      return new Refusal(
          "AuthorizationHeaderMalformed",
          "the Authorization header is not of the form '%s Credential=<id>/<date>/<region>/%s/aws4_request, SignedHeaders=<names>, Signature=<hex>'"
              .formatted(ALGORITHM, service));
    }
    if (!authorization.group(1).equals(keys.id())) {
      return new Refusal(
          "InvalidAccessKeyId",
          "the access key id is '%s'; it must be that which waybill watch prints"
              .formatted(authorization.group(1)));
    }
    Instant time = time(headers);
    if (time == null || Duration.between(time, clock.instant()).abs().compareTo(SKEW) > 0) {
      return new Refusal(
          "RequestTimeTooSkewed",
          "the x-amz-date is %s and the time here is %s; they must be within %d minutes"
              .formatted(
                  headers.getFirst("X-Amz-Date"), TIME.format(clock.instant()), SKEW.toMinutes()));
    }
    List<String> signed = List.of(authorization.group(4).split(";"));
    byte[] right =
        signature(exchange, content, signed, authorization.group(2), authorization.group(3));
    byte[] given = HexFormat.of().parseHex(authorization.group(5));
    return signed.contains("host") && MessageDigest.isEqual(right, given)
        ? null
        : new Refusal(
            "SignatureDoesNotMatch",
            "the signature is not the one of this request and the secret access key that waybill"
                + " watch prints");
  }

  private static Instant time(Headers headers) {
    try {
      return TIME.parse(String.valueOf(headers.getFirst("X-Amz-Date")), Instant::from);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private byte[] signature(
      HttpExchange exchange, String content, List<String> signed, String day, String region) {
    String scope = String.join("/", day, region, service, "aws4_request");
    String text =
        String.join(
            "\n",
            ALGORITHM,
            exchange.getRequestHeaders().getFirst("X-Amz-Date"),
            scope,
            // Headers came as bytes, of which each is a character here.
            sha256(canonical(exchange, content, signed).getBytes(StandardCharsets.ISO_8859_1)));
    byte[] key = ("AWS4" + keys.secret()).getBytes(StandardCharsets.UTF_8);
    for (String part : scope.split("/")) {
      key = hmac(key, part);
    }
    return hmac(key, text);
  }

  private static String canonical(HttpExchange exchange, String content, List<String> signed) {
    Headers headers = exchange.getRequestHeaders();
    return String.join(
        "\n",
        exchange.getRequestMethod(),
        path(exchange.getRequestURI()),
        query(exchange.getRequestURI()),
        signed.stream()
            .map(name -> name + ":" + value(headers, name) + "\n")
            .collect(Collectors.joining()),
        String.join(";", signed),
        content);
  }

  private static String value(Headers headers, String name) {
    return headers.getOrDefault(name, List.of()).stream()
        .map(value -> value.strip().replaceAll(" +", " "))
        .collect(Collectors.joining(","));
  }

  private static String path(URI uri) {
    return Stream.of(uri.getRawPath().split("/", -1))
        .map(part -> encode(decode(part)))
        .collect(Collectors.joining("/"));
  }

  private static String query(URI uri) {
    TreeMap<String, String> parts = new TreeMap<>();
    for (String part :
        String.valueOf(uri.getRawQuery() == null ? "" : uri.getRawQuery()).split("&")) {
      if (!part.isEmpty()) {
        String[] pair = part.split("=", 2);
        parts.put(encode(decode(pair[0])), pair.length == 1 ? "" : encode(decode(pair[1])));
      }
    }
    return parts.entrySet().stream()
        .map(part -> part.getKey() + "=" + part.getValue())
        .collect(Collectors.joining("&"));
  }

  /** In a URL's path and query as AWS's clients write them, a plus is a plus. */
  static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JVM has HmacSHA256", e);
    }
  }
}
