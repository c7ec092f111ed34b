package dev.waybill.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A process of the collector in {@code WAYBILL_COLLECTOR}, with files of {@code collector-config}
 * and addresses of its own on this machine.
 */
final class RealCollector implements AutoCloseable {

  private static final Path ROOT = Path.of(System.getProperty("waybill.root"));

  private final Process process;
  private final Path log;

  private RealCollector(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it and waits until it says that it is healthy.
   *
   * @param name of its log, {@code local/target/<name>.log}
   * @param files of {@code collector-config}, or by absolute paths
   * @param settings laid over them, as the deployment does
   */
  static RealCollector start(
      String name, List<String> files, List<String> settings, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path log = ROOT.resolve("local/target").resolve(name + ".log");
    int health = freePort();
    List<String> command = new ArrayList<>();
    command.add(System.getenv("WAYBILL_COLLECTOR"));
    files.forEach(
        file -> command.add("--config=file:" + ROOT.resolve("collector-config").resolve(file)));
    settings.forEach(setting -> command.add("--config=yaml:" + setting));
    command.add("--config=yaml:extensions::health_check::endpoint: 127.0.0.1:" + health);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    builder
        .environment()
        .putAll(
            Map.of(
                "AWS_REGION", "eu-west-1",
                "AWS_ACCESS_KEY_ID", "none",
                "AWS_SECRET_ACCESS_KEY", "none",
                "AWS_EC2_METADATA_DISABLED", "true"));
    RealCollector collector = new RealCollector(builder.start(), log);
    awaitHealth(collector.process, "http://127.0.0.1:" + health, log);
    return collector;
  }

  /** Where the collector of {@code common.yaml} is to listen. */
  static List<String> receivers(int http) throws IOException {
    return List.of(
        "receivers::otlp::protocols::http::endpoint: 127.0.0.1:" + http,
        "receivers::otlp::protocols::grpc::endpoint: 127.0.0.1:" + freePort());
  }

  /** That it tells of itself more often than in common.yaml, where the interval is a minute. */
  static String tellsEvery(int milliseconds, String deliverTo) {
    return ("service::telemetry::metrics::readers: [{periodic: {interval: %d, timeout: 5000, exporter: {otlp:"
            + " {protocol: http/protobuf, endpoint: '%s', temporality_preference: delta}}}}]")
        .formatted(milliseconds, deliverTo);
  }

  Path log() {
    return log;
  }

  /** Tells it to stop: it sends or stores what it holds, and ends with the status returned. */
  int stop() throws InterruptedException {
    process.destroy();
    return process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** A port that nothing listens to. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Waits until a process answers there that all is well. */
  static void awaitHealth(Process process, String url, Path log)
      throws IOException, InterruptedException {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest healthy = HttpRequest.newBuilder(URI.create(url)).build();
    while (process.isAlive()) {
      try {
        if (client.send(healthy, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException notYet) {
        Thread.onSpinWait();
      }
    }
    throw new IllegalStateException("the process ended: " + Files.readString(log));
  }
}
