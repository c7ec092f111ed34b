package dev.waybill.local.s3;

import com.sun.net.httpserver.HttpExchange;
import dev.waybill.local.HttpEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Stands in for S3 with one bucket, a folder: PutObject, GetObject, HeadObject and ListObjectsV2,
 * addressed by path. Like S3, it tells of a new object only when all of it is there, and hands the
 * upload's trace header on with the event.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html">S3
 *     API</a>
 */
public final class BucketServer implements AutoCloseable {

  /** Files whose names begin so are being written, and are no objects yet. */
  public static final String UNFINISHED = ".waybill-unfinished-";

  private static final int MOST_KEYS = 1_000;

  /** In bytes, of each part of a key: what file systems take. */
  private static final int LONGEST_NAME = 255;

  private final String bucket;
  private final Path folder;
  private final Clock clock;
  private final Consumer<Created> notification;
  private final HttpEndpoint endpoint;

  private BucketServer(
      InetSocketAddress address,
      String bucket,
      Path folder,
      Clock clock,
      Consumer<Created> notification) {
    this.bucket = bucket;
    this.folder = folder;
    this.clock = clock;
    this.notification = notification;
    this.endpoint = HttpEndpoint.start("s3", address, this::serve);
  }

  /**
   * Starts to serve a folder.
   *
   * @param address where to listen
   * @param notification is told of every object that was put
   */
  public static BucketServer start(
      InetSocketAddress address,
      String bucket,
      Path folder,
      Clock clock,
      Consumer<Created> notification) {
    return new BucketServer(address, bucket, folder, clock, notification);
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

  @Override
  public void close() {
    endpoint.close();
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = decode(exchange.getRequestURI().getRawPath());
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
        if (key.isEmpty()) {
          list(exchange);
        } else {
          get(exchange, key, true);
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
    Path target = file(key);
    if (target == null) {
      error(exchange, 400, "InvalidArgument", "no file can be named like this key: " + key);
      return;
    }
    Files.createDirectories(target.getParent());
    Path unfinished = target.resolveSibling(UNFINISHED + System.nanoTime());
    try (InputStream in = body(exchange)) {
      Files.copy(in, unfinished);
    }
    String etag = Etag.of(unfinished);
    long size = Files.size(unfinished);
    Files.move(
        unfinished, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    exchange.getResponseHeaders().set("ETag", "\"" + etag + "\"");
    HttpEndpoint.answer(exchange, 200, "application/xml", new byte[0]);
    notification.accept(
        new Created(
            bucket,
            key,
            size,
            etag,
            clock.instant(),
            exchange.getRequestHeaders().getFirst("X-Amzn-Trace-Id")));
  }

  /** The SDK sends bodies in signed chunks with a checksum behind them. */
  private static InputStream body(HttpExchange exchange) {
    String content = String.valueOf(exchange.getRequestHeaders().getFirst("X-Amz-Content-Sha256"));
    return content.startsWith("STREAMING-")
        ? new AwsChunkedInputStream(exchange.getRequestBody())
        : exchange.getRequestBody();
  }

  private void get(HttpExchange exchange, String key, boolean withBody) throws IOException {
    Path file = file(key);
    if (file == null || !Files.isRegularFile(file)) {
      error(exchange, 404, "NoSuchKey", "no such object: " + key);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
    exchange
        .getResponseHeaders()
        .set("Last-Modified", httpDate(Files.getLastModifiedTime(file).toInstant()));
    if (!withBody) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(Files.size(file)));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(200, Files.size(file) == 0 ? -1 : Files.size(file));
    try (OutputStream out = exchange.getResponseBody()) {
      Files.copy(file, out);
    }
  }

  private void list(HttpExchange exchange) throws IOException {
    String prefix = query(exchange, "prefix");
    StringBuilder contents = new StringBuilder();
    List<Path> found;
    try (Stream<Path> files = Files.walk(folder)) {
      found =
          files
              .filter(Files::isRegularFile)
              .filter(file -> !file.getFileName().toString().startsWith(UNFINISHED))
              .filter(file -> key(file).startsWith(prefix))
              .sorted(Comparator.comparing(this::key))
              .limit(MOST_KEYS)
              .toList();
    }
    for (Path file : found) {
      contents.append(
          "<Contents><Key>%s</Key><Size>%d</Size><LastModified>%s</LastModified></Contents>"
              .formatted(
                  xml(key(file)), Files.size(file), Files.getLastModifiedTime(file).toInstant()));
    }
    HttpEndpoint.answer(
        exchange,
        200,
        "application/xml",
        "<ListBucketResult><Name>%s</Name><Prefix>%s</Prefix><KeyCount>%d</KeyCount><IsTruncated>false</IsTruncated>%s</ListBucketResult>"
            .formatted(xml(bucket), xml(prefix), found.size(), contents));
  }

  private String key(Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }

  /** The file of a key, or null where no file of this folder can have that name. */
  private Path file(String key) {
    try {
      Path file = folder.resolve(key).normalize();
      boolean tooLong =
          Stream.of(key.split("/"))
              .anyMatch(name -> name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME);
      boolean elsewhere = key.isEmpty() || key.endsWith("/") || !file.startsWith(folder);
      return tooLong || elsewhere ? null : file;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static String query(HttpExchange exchange, String name) {
    String query = exchange.getRequestURI().getRawQuery();
    return Stream.of((query == null ? "" : query).split("&"))
        .filter(part -> part.startsWith(name + "="))
        .map(part -> decode(part.substring(name.length() + 1)))
        .findFirst()
        .orElse("");
  }

  /** In a path, a plus is a plus. */
  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static void error(HttpExchange exchange, int status, String code, String message)
      throws IOException {
    boolean head = exchange.getRequestMethod().equals("HEAD");
    String body =
        "<Error><Code>%s</Code><Message>%s</Message></Error>".formatted(code, xml(message));
    HttpEndpoint.answer(exchange, status, "application/xml", head ? "" : body);
  }

  private static String xml(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String httpDate(Instant time) {
    return java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME.format(
        time.atOffset(java.time.ZoneOffset.UTC));
  }
}
