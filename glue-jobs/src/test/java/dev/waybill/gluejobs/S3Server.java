package dev.waybill.gluejobs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A server that speaks S3, as a child process.
 *
 * @see <a href="https://github.com/gaul/s3proxy">S3Proxy</a>
 * @see <a href="https://github.com/adobe/S3Mock">S3Mock</a>
 */
final class S3Server implements AutoCloseable {

  static final String BUCKET = "waybill-test";

  private static final Duration START = Duration.ofSeconds(30);

  /** As S3Proxy logs it: {@code {PUT@1f2e http://127.0.0.1:40000/bucket/key?query HTTP/1.1}}. */
  private static final Pattern REQUEST =
      Pattern.compile("\\{(\\w+)@\\w+ http://[^/]+/" + BUCKET + "([^\\s?]*)(\\?\\S*)? HTTP/");

  private final int port;
  private final Path log;
  private final Process process;
  private final S3Client client;

  private S3Server(int port, Path log, Process process) {
    this.port = port;
    this.log = log;
    this.process = process;
    this.client =
        S3Client.builder()
            .endpointOverride(URI.create(url()))
            .region(Region.EU_WEST_1)
            .credentialsProvider(AnonymousCredentialsProvider.create())
            .httpClient(UrlConnectionHttpClient.create())
            .forcePathStyle(true)
            .build();
  }

  /** S3Proxy, in which a rename is a copy and a deletion, as in S3; it remembers every request. */
  static S3Server start(Path jars, Path folder) throws IOException {
    int port = freePort();
    Path configuration = folder.resolve("s3proxy.conf");
    Files.write(
        configuration,
        List.of(
            "s3proxy.endpoint=http://127.0.0.1:" + port,
            "s3proxy.authorization=none",
            "jclouds.provider=filesystem-nio2",
            "jclouds.filesystem.basedir=" + Files.createDirectory(folder.resolve("buckets"))));
    return start(
        port,
        folder.resolve("s3proxy.log"),
        "-DLOG_LEVEL=debug",
        "-jar",
        jars.resolve("s3proxy.jar").toString(),
        "--properties",
        configuration.toString());
  }

  /** S3Mock, which can keep versions. */
  static S3Server startVersioned(Path jars, Path folder) throws IOException {
    int port = freePort();
    String setting = "--com.adobe.testing.s3mock.";
    return start(
        port,
        folder.resolve("s3mock.log"),
        "-XX:TieredStopAtLevel=1",
        "-jar",
        jars.resolve("s3mock.jar").toString(),
        setting + "http-port=" + port,
        setting + "store.root=" + Files.createDirectory(folder.resolve("versions")),
        "--server.port=0",
        "--server.address=127.0.0.1");
  }

  private static S3Server start(int port, Path log, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    S3Server server = new S3Server(port, log, process);
    server.createBucket();
    return server;
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  S3Client client() {
    return client;
  }

  /** The keys below a prefix, without the empty objects that stand for folders. */
  List<String> keys(String prefix) {
    return client
        .listObjectsV2Paginator(request -> request.bucket(BUCKET).prefix(prefix))
        .contents()
        .stream()
        .map(S3Object::key)
        .filter(key -> !key.endsWith("/"))
        .toList();
  }

  /** What was asked of it so far, as IAM names it: {@code s3:GetObject input/x.csv}. */
  List<String> requests() throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      return lines
          .map(REQUEST::matcher)
          .filter(Matcher::find)
          .map(
              found ->
                  request(
                      found.group(1),
                      decoded(found.group(2)).replaceFirst("^/", ""),
                      found.group(3) == null ? "" : found.group(3)))
          .distinct()
          .toList();
    }
  }

  @Override
  public void close() {
    client.close();
    process.destroy();
  }

  private static String request(String method, String key, String query) {
    if (key.isEmpty() && query.contains("list-type")) {
      Matcher prefix = Pattern.compile("[?&]prefix=([^&]*)").matcher(query);
      return "s3:ListBucket " + (prefix.find() ? decoded(prefix.group(1)) : "");
    }
    String action =
        switch (method) {
          case "GET", "HEAD" -> key.isEmpty() ? "s3:GetBucket" : "s3:GetObject";
          case "PUT" -> key.isEmpty() ? "s3:CreateBucket" : "s3:PutObject";
          case "POST" -> query.contains("delete") ? "s3:DeleteObject" : "s3:PutObject";
          case "DELETE" ->
              query.contains("uploadId") ? "s3:AbortMultipartUpload" : "s3:DeleteObject";
          default -> method;
        };
    return action + " " + key;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private void createBucket() {
    Instant end = Instant.now().plus(START);
    while (true) {
      try {
        client.createBucket(request -> request.bucket(BUCKET));
        return;
      } catch (SdkException e) {
        if (!process.isAlive() || Instant.now().isAfter(end)) {
          throw new IllegalStateException("the S3 server does not answer; its log is " + log, e);
        }
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
