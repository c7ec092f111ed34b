package dev.waybill.local.collector;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Message;
import com.sun.net.httpserver.HttpExchange;
import dev.waybill.gluetracing.OtlpEndpoint;
import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.HttpEndpoint.ClientError;
import dev.waybill.local.Json;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Stands in for the collector: an OTLP/HTTP receiver that keeps what it gets as OTLP JSON, by run,
 * and passes it on where a real collector is named.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp">OTLP/HTTP</a>
 */
public final class OtlpReceiver implements AutoCloseable {

  private static final String PROTOBUF = "application/x-protobuf";
  private static final String RUN_ID = "waybill.run_id";
  private static final Duration FORWARD_BOUND = Duration.ofSeconds(5);

  private final Map<String, Map<Signal, List<Kept>>> byRun = new LinkedHashMap<>();
  private final Set<String> forgotten = new HashSet<>();

  /** That of all telemetry; null where each says which. */
  private final String onlyRun;

  private final HttpEndpoint endpoint;
  private final OtlpEndpoint forwardTo;
  private final Consumer<String> warnings;
  private final HttpClient client;
  private final Set<CompletableFuture<?>> forwarding = ConcurrentHashMap.newKeySet();
  private boolean warned;

  private OtlpReceiver(String onlyRun, OtlpEndpoint forwardTo, Consumer<String> warnings) {
    this.onlyRun = onlyRun;
    this.forwardTo = forwardTo;
    this.warnings = warnings;
    this.client = forwardTo == null ? null : CollectorProxy.client();
    this.endpoint = HttpEndpoint.start("otlp", this::serve);
  }

  /**
   * Starts to receive.
   *
   * @param forwardTo a real collector's base URL, or null
   * @param warnings takes the one sentence to say when that collector refuses
   */
  public static OtlpReceiver start(OtlpEndpoint forwardTo, Consumer<String> warnings) {
    return new OtlpReceiver(null, forwardTo, warnings);
  }

  /**
   * Starts to receive for one run, whatever run the telemetry says that it is of.
   *
   * @param runId the run's
   */
  public static OtlpReceiver startFor(
      String runId, OtlpEndpoint forwardTo, Consumer<String> warnings) {
    return new OtlpReceiver(runId, forwardTo, warnings);
  }

  /** The three kinds of telemetry. */
  public enum Signal {
    TRACES("resourceSpans", ExportTraceServiceRequest.getDefaultInstance()),
    METRICS("resourceMetrics", ExportMetricsServiceRequest.getDefaultInstance()),
    LOGS("resourceLogs", ExportLogsServiceRequest.getDefaultInstance());

    private final String field;
    final Message message;

    Signal(String field, Message message) {
      this.field = field;
      this.message = message;
    }

    /** That of OTLP/HTTP's {@code /v1/traces}, {@code /v1/metrics} or {@code /v1/logs}. */
    public static Optional<Signal> ofPath(String path) {
      return Stream.of(values()).filter(signal -> path.equals("/v1/" + signal.text())).findFirst();
    }

    /** Whether this is an export request of it, in OTLP's JSON. */
    boolean isRequest(String text) {
      try {
        return Json.parse(text).path(field).isArray();
      } catch (RuntimeException noJson) {
        return false;
      }
    }

    /** Its name in paths and files, for example {@code traces}. */
    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  public String url() {
    return endpoint.url();
  }

  /** What came of a run, each an export request in OTLP's JSON. */
  public List<JsonNode> ofRun(String runId, Signal signal) {
    return kept(runId, signal).stream().map(Kept::request).toList();
  }

  /**
   * Which of a run's requests the real collector took, by their places among all; waits a little
   * for those that are under way.
   */
  public List<Integer> passedOn(String runId, Signal signal) {
    List<Kept> kept = kept(runId, signal);
    await(kept.stream().map(Kept::passedOn).toList());
    return IntStream.range(0, kept.size())
        .filter(place -> kept.get(place).passedOn().getNow(false))
        .boxed()
        .toList();
  }

  /** The real collector, or null. */
  public OtlpEndpoint backend() {
    return forwardTo;
  }

  /** Takes a request as if it had come by HTTP. */
  public void take(Signal signal, Message request) {
    keep(signal, OtlpJson.of(request), forward(signal, request.toByteArray(), false));
  }

  /** Lets go of a run's telemetry, once it is written down; what comes later is passed on only. */
  public synchronized void forget(String runId) {
    byRun.remove(runId);
    forgotten.add(runId);
  }

  /** Waits a little for what is still being passed on. */
  @Override
  public void close() {
    endpoint.close();
    await(forwarding);
  }

  private static void await(Collection<? extends CompletableFuture<?>> underWay) {
    CompletableFuture.allOf(underWay.toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, FORWARD_BOUND.toMillis(), TimeUnit.MILLISECONDS)
        .join();
  }

  private synchronized List<Kept> kept(String runId, Signal signal) {
    return List.copyOf(byRun.getOrDefault(runId, Map.of()).getOrDefault(signal, List.of()));
  }

  private void serve(HttpExchange exchange) throws IOException {
    Signal signal = signal(exchange);
    byte[] body = exchange.getRequestBody().readAllBytes();
    boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    keep(signal, readOrRefuse(signal, body, gzip), forward(signal, body, gzip));
    HttpEndpoint.answer(exchange, 200, PROTOBUF, new byte[0]);
  }

  private static Signal signal(HttpExchange exchange) {
    String path = HttpEndpoint.path(exchange);
    String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
    if (!exchange.getRequestMethod().equals("POST")) {
      throw new ClientError(405, "telemetry comes by POST, not by " + exchange.getRequestMethod());
    }
    if (!type.equals(PROTOBUF)) {
      throw new ClientError(
          415, "the Content-Type is '%s'; it must be %s".formatted(type, PROTOBUF));
    }
    return Signal.ofPath(path)
        .orElseThrow(() -> new ClientError(404, "no telemetry is taken at '%s'".formatted(path)));
  }

  private static JsonNode readOrRefuse(Signal signal, byte[] body, boolean gzip) {
    try {
      return OtlpJson.read(signal, body, gzip);
    } catch (IOException e) {
      throw new ClientError(
          400,
          "the body is not an OTLP export request of %s (%s)"
              .formatted(signal.text(), e.getMessage()));
    }
  }

  private synchronized void keep(
      Signal signal, JsonNode request, CompletableFuture<Boolean> passedOn) {
    String runId = onlyRun == null ? runOf(request, signal) : onlyRun;
    if (!runId.isEmpty() && !forgotten.contains(runId)) {
      byRun
          .computeIfAbsent(runId, id -> new LinkedHashMap<>())
          .computeIfAbsent(signal, kind -> new ArrayList<>())
          .add(new Kept(request, passedOn));
    }
  }

  private static String runOf(JsonNode request, Signal signal) {
    for (JsonNode attribute :
        request.path(signal.field).path(0).path("resource").path("attributes")) {
      if (attribute.path("key").asText().equals(RUN_ID)) {
        return attribute.path("value").path("stringValue").asText();
      }
    }
    return "";
  }

  /** Passes a request on; completes with whether it was taken, never exceptionally. */
  private CompletableFuture<Boolean> forward(Signal signal, byte[] body, boolean gzip) {
    if (forwardTo == null) {
      return CompletableFuture.completedFuture(false);
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(forwardTo.url(signal.text())))
            .header("Content-Type", PROTOBUF)
            .timeout(FORWARD_BOUND)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    forwardTo.headers().forEach(request::header);
    if (gzip) {
      request.header("Content-Encoding", "gzip");
    }
    CompletableFuture<Boolean> passedOn =
        client
            .sendAsync(request.build(), HttpResponse.BodyHandlers.discarding())
            .handle(this::taken);
    forwarding.add(passedOn);
    passedOn.thenRun(() -> forwarding.remove(passedOn));
    return passedOn;
  }

  private boolean taken(HttpResponse<?> answer, Throwable error) {
    if (error != null) {
      warn(String.valueOf(error.getCause()));
      return false;
    }
    if (answer.statusCode() >= 300) {
      warn("status " + answer.statusCode());
      return false;
    }
    return true;
  }

  private synchronized void warn(String problem) {
    if (!warned) {
      warned = true;
      warnings.accept(
          "the collector at %s did not take telemetry (%s); the run's own folder has it all. Later, send what is missing: waybill replay RUN_FOLDER --otlp-endpoint %s"
              .formatted(forwardTo, problem, forwardTo));
    }
  }

  /** A request, and whether the real collector took it. */
  private record Kept(JsonNode request, CompletableFuture<Boolean> passedOn) {}
}
