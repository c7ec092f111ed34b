package dev.waybill.local.s3;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.Keys;
import dev.waybill.local.s3.BucketFolder.KeyTaken;
import dev.waybill.local.s3.BucketFolder.NotWritten;
import dev.waybill.local.s3.BucketFolder.Written;
import dev.waybill.local.s3.SignatureV4.Refusal;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Stands in for S3 with one bucket, a folder: PutObject, GetObject, HeadObject, ListObjectsV2,
 * ListObjectVersions and DeleteObjects, addressed by path, to whoever has the keys. Like S3, it
 * notifies of a new object only when all of it is there, and hands the upload's trace header on
 * with the event.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html">S3
 *     API</a>
 */
public final class BucketServer implements AutoCloseable {

  /** Files whose names begin so are being written, and are no objects yet. */
  public static final String UNFINISHED = ".waybill-unfinished-";

  private static final int MOST_KEYS = 1_000;

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private final SignatureV4 signature;
  private final String bucket;
  private final BucketFolder folder;
  private final ObjectVersions versions;
  private final Clock clock;
  private final Consumer<Created> notification;
  private final HttpEndpoint endpoint;

  private BucketServer(
      InetSocketAddress address,
      Keys keys,
      String bucket,
      Path folder,
      Clock clock,
      Consumer<Created> notification) {
    this.signature = new SignatureV4(keys, Clock.systemUTC());
    this.bucket = bucket;
    this.folder = new BucketFolder(folder);
    this.versions = new ObjectVersions(this.folder);
    this.clock = clock;
    this.notification = notification;
    this.endpoint = HttpEndpoint.start("s3", address, this::serve);
  }

  /**
   * Starts to serve a folder.
   *
   * @param address where to listen
   * @param keys what requests must be signed with
   * @param clock says when objects came
   * @param notification is told of every object that was put
   */
  public static BucketServer start(
      InetSocketAddress address,
      Keys keys,
      String bucket,
      Path folder,
      Clock clock,
      Consumer<Created> notification) {
    return new BucketServer(address, keys, bucket, folder, clock, notification);
  }

  /**
   * A new object.
   *
   * @param traceHeader of the PutObject call, or null
   */
  public record Created(
      String bucket, String key, long size, String etag, Instant time, String traceHeader) {}

  public String url() {
    return endpoint.url();
  }

  /**
   * Takes a copy of a file of this machine, as PutObject would its content: what becomes of the
   * file later does not change the object.
   *
   * @param traceHeader goes on with the event, or null
   * @return the object's size in bytes
   * @throws IOException where the file can't be read to the length that it has, or the object can't
   *     be written
   */
  public long put(Path file, String key, String traceHeader) throws IOException {
    try {
      Path target = folder.target(key);
      if (target == null) {
        throw new IOException("no file can be named like this key: " + key);
      }
      Written written = folder.copy(file, target);
      created(key, written, traceHeader);
      return written.size();
    } catch (KeyTaken e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    endpoint.close();
  }

  private void serve(HttpExchange exchange) throws IOException {
    Refusal refusal = signature.refusal(exchange);
    if (refusal != null) {
      error(exchange, 403, refusal.code(), refusal.message());
      return;
    }
    String path = SignatureV4.decode(exchange.getRequestURI().getRawPath());
    String prefix = "/" + bucket;
    if (!path.equals(prefix) && !path.startsWith(prefix + "/")) {
      error(exchange, 404, "NoSuchBucket", "this stand-in has the bucket " + bucket + " only");
      return;
    }
    String key = path.length() > prefix.length() + 1 ? path.substring(prefix.length() + 1) : "";
    switch (exchange.getRequestMethod()) {
      case "PUT" -> put(exchange, key);
      case "HEAD" -> get(exchange, key, false);
      case "GET" -> {
        if (key.isEmpty() && asks(exchange, "versions")) {
          xml(exchange, versions.list(bucket, query(exchange, "prefix"), MOST_KEYS));
        } else if (key.isEmpty()) {
          list(exchange);
        } else {
          get(exchange, key, true);
        }
      }
      case "POST" -> {
        if (key.isEmpty() && asks(exchange, "delete")) {
          byte[] body = exchange.getRequestBody().readAllBytes();
          xml(exchange, versions.delete(new String(body, StandardCharsets.UTF_8)));
        } else {
          error(exchange, 405, "MethodNotAllowed", "this stand-in has DeleteObjects only");
        }
      }
      default ->
          error(
              exchange,
              405,
              "MethodNotAllowed",
              "this stand-in has no " + exchange.getRequestMethod());
    }
  }

  private void put(HttpExchange exchange, String key) throws IOException {
    Written written;
    try {
      Path file = folder.target(key);
      if (file == null) {
        error(exchange, 400, "InvalidArgument", "no file can be named like this key: " + key);
        return;
      }
      written = folder.write(file, body(exchange));
    } catch (KeyTaken e) {
      error(exchange, 409, "KeyConflict", e.getMessage());
      return;
    } catch (WholeBody.Broken e) {
      error(exchange, 400, "IncompleteBody", e.getMessage());
      return;
    } catch (NotWritten e) {
      error(exchange, 507, "InsufficientStorage", e.getMessage());
      return;
    }
    created(key, written, exchange.getRequestHeaders().getFirst("X-Amzn-Trace-Id"));
    exchange.getResponseHeaders().set("ETag", "\"" + written.etag() + "\"");
    HttpEndpoint.answer(exchange, 200, "application/xml", new byte[0]);
  }

  private void created(String key, Written written, String traceHeader) {
    notification.accept(
        new Created(bucket, key, written.size(), written.etag(), clock.instant(), traceHeader));
  }

  /** The SDK sends bodies in signed chunks with a checksum behind them. */
  private static WholeBody body(HttpExchange exchange) {
    Headers headers = exchange.getRequestHeaders();
    String content = headers.getFirst(SignatureV4.CONTENT);
    if (content != null && content.startsWith("STREAMING-")) {
      return new WholeBody(
          new AwsChunkedInputStream(exchange.getRequestBody()),
          length(headers.getFirst("X-Amz-Decoded-Content-Length")),
          null);
    }
    String sha256 = content == null ? SignatureV4.NO_CONTENT : content;
    return new WholeBody(
        exchange.getRequestBody(),
        length(headers.getFirst("Content-Length")),
        SHA256.matcher(sha256).matches() ? sha256 : null);
  }

  private static long length(String header) {
    return header != null && header.matches("\\d{1,18}") ? Long.parseLong(header) : -1;
  }

  private void get(HttpExchange exchange, String key, boolean withBody) throws IOException {
    Path file = folder.find(key);
    if (file == null) {
      error(exchange, 404, "NoSuchKey", "no such object: " + key);
      return;
    }
    long size = Files.size(file);
    exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
    exchange
        .getResponseHeaders()
        .set("Last-Modified", httpDate(Files.getLastModifiedTime(file).toInstant()));
    if (!withBody) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(size));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(200, size == 0 ? -1 : size);
    try (OutputStream out = exchange.getResponseBody()) {
      Files.copy(file, out);
    }
  }

  private void list(HttpExchange exchange) throws IOException {
    String prefix = query(exchange, "prefix");
    StringBuilder contents = new StringBuilder();
    List<Path> found = folder.list(prefix, MOST_KEYS);
    for (Path file : found) {
      contents.append(
          "<Contents><Key>%s</Key><Size>%d</Size><LastModified>%s</LastModified></Contents>"
              .formatted(
                  xml(folder.key(file)),
                  Files.size(file),
                  Files.getLastModifiedTime(file).toInstant()));
    }
    HttpEndpoint.answer(
        exchange,
        200,
        "application/xml",
        "<ListBucketResult><Name>%s</Name><Prefix>%s</Prefix><KeyCount>%d</KeyCount><IsTruncated>false</IsTruncated>%s</ListBucketResult>"
            .formatted(xml(bucket), xml(prefix), found.size(), contents));
  }

  /** Whether the query has this word without a value, or with an empty one. */
  private static boolean asks(HttpExchange exchange, String word) {
    String query = exchange.getRequestURI().getRawQuery();
    return Stream.of((query == null ? "" : query).split("&"))
        .anyMatch(part -> part.equals(word) || part.equals(word + "="));
  }

  private static void xml(HttpExchange exchange, String answer) throws IOException {
    HttpEndpoint.answer(exchange, 200, "application/xml", answer);
  }

  private static String query(HttpExchange exchange, String name) {
    String query = exchange.getRequestURI().getRawQuery();
    return Stream.of((query == null ? "" : query).split("&"))
        .filter(part -> part.startsWith(name + "="))
        .map(part -> SignatureV4.decode(part.substring(name.length() + 1)))
        .findFirst()
        .orElse("");
  }

  private static void error(HttpExchange exchange, int status, String code, String message)
      throws IOException {
    boolean head = exchange.getRequestMethod().equals("HEAD");
    String body =
        "<Error><Code>%s</Code><Message>%s</Message></Error>".formatted(code, xml(message));
    HttpEndpoint.answer(exchange, status, "application/xml", head ? "" : body);
  }

  static String xml(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String httpDate(Instant time) {
    return java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME.format(
        time.atOffset(java.time.ZoneOffset.UTC));
  }
}
