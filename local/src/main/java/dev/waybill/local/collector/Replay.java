package dev.waybill.local.collector;

import dev.waybill.gluetracing.OtlpEndpoint;
import dev.waybill.local.collector.OtlpReceiver.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Sends telemetry that lies on disk to a collector: what a job could not deliver, or a run's whole
 * telemetry. A file has an OTLP export request a line; beside it, {@code <file>.sent} notes each
 * line that a collector took, so that none is sent to it again.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/">OpenTelemetry
 *     protocol file exporter</a>
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp">OTLP/HTTP</a>
 */
public final class Replay {

  private static final String ENDING = ".jsonl";
  private static final String LEDGER = ".sent";
  private static final Duration BOUND = Duration.ofSeconds(30);

  private final OtlpEndpoint endpoint;
  private final HttpClient client = CollectorProxy.client();

  /**
   * Makes one.
   *
   * @param endpoint the collector
   */
  public Replay(OtlpEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * How many export requests were sent now, and how many had been before.
   *
   * @param files in which they are
   */
  public record Sent(int files, int now, int before) {}

  /** The name of a signal's file, for example {@code traces.jsonl}. */
  public static String fileOf(Signal signal) {
    return signal.text() + ENDING;
  }

  /**
   * Notes lines that a collector has taken already.
   *
   * @param endpoint which collector, or null where there is none
   * @param lines from 0
   */
  public static void noteSent(Path file, OtlpEndpoint endpoint, Collection<Integer> lines)
      throws IOException {
    if (!lines.isEmpty()) {
      Files.write(ledger(file), lines.stream().map(line -> note(endpoint, line)).toList());
    }
  }

  /**
   * Sends what a file holds, or all such files below a folder, and was not sent to this collector
   * yet.
   *
   * @throws IllegalArgumentException where there is no such file, or a line is no export request
   * @throws IllegalStateException where the collector does not take one; what it took is noted
   */
  public Sent send(Path path) throws InterruptedException {
    List<Path> files = files(path);
    if (files.isEmpty()) {
      throw new IllegalArgumentException(
          "no telemetry in %s: looked for traces.jsonl, metrics.jsonl and logs.jsonl"
              .formatted(path));
    }
    int now = 0;
    int before = 0;
    try {
      for (Path file : files) {
        Set<String> sent = new HashSet<>();
        if (Files.exists(ledger(file))) {
          sent.addAll(Files.readAllLines(ledger(file)));
        }
        List<String> lines = Files.readAllLines(file);
        for (int line = 0; line < lines.size(); line++) {
          if (sent.contains(note(endpoint, line))) {
            before++;
          } else {
            send(file, line, lines.get(line), now);
            now++;
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't read the telemetry in " + path, e);
    }
    return new Sent(files.size(), now, before);
  }

  private void send(Path file, int line, String request, int sentSoFar)
      throws IOException, InterruptedException {
    Signal signal = signalOf(file);
    if (!signal.isRequest(request)) {
      throw new IllegalArgumentException(
          "%s:%d is no OTLP export request of %s".formatted(file, line + 1, signal.text()));
    }
    String problem = post(signal, request);
    if (problem != null) {
      throw new IllegalStateException(
          "the collector at %s did not take %s:%d (%s); it took %d requests before. The same command goes on where this one stopped"
              .formatted(endpoint, file, line + 1, problem, sentSoFar));
    }
    Files.writeString(
        ledger(file),
        note(endpoint, line) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /** What was wrong, or null. */
  private String post(Signal signal, String body) throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(endpoint.url(signal.text())))
            .header("Content-Type", "application/json")
            .timeout(BOUND)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    endpoint.headers().forEach(request::header);
    try {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() < 300
          ? null
          : "status %d %s".formatted(answer.statusCode(), answer.body().strip()).strip();
    } catch (IOException e) {
      return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
  }

  private static List<Path> files(Path path) {
    try (Stream<Path> found = Files.walk(path)) {
      return new ArrayList<>(
          found
              .filter(file -> signalOf(file) != null && Files.isRegularFile(file))
              .sorted()
              .toList());
    } catch (IOException e) {
      throw new IllegalArgumentException("no such file or folder: " + path, e);
    }
  }

  private static Signal signalOf(Path file) {
    return Stream.of(Signal.values())
        .filter(signal -> fileOf(signal).equals(file.getFileName().toString()))
        .findFirst()
        .orElse(null);
  }

  private static Path ledger(Path file) {
    return file.resolveSibling(file.getFileName() + LEDGER);
  }

  private static String note(OtlpEndpoint endpoint, int line) {
    return endpoint + " " + line;
  }
}
