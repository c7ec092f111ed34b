package dev.waybill.local.collector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.sun.net.httpserver.HttpExchange;
import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.Json;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/**
 * Stands in for the collector: an OTLP/HTTP receiver that keeps what it gets as OTLP JSON, by run,
 * and passes it on where a real collector is named.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp">OTLP/HTTP</a>
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding">Its JSON: ids are
 *     hex, not base64</a>
 */
public final class OtlpReceiver implements AutoCloseable {

  private static final Set<String> IDS = Set.of("traceId", "spanId", "parentSpanId");
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String RUN_ID = "waybill.run_id";
  private static final Duration LAST_FORWARDS = Duration.ofSeconds(5);

  private final Map<String, Map<Signal, List<JsonNode>>> byRun = new LinkedHashMap<>();
  private final HttpEndpoint endpoint;
  private final String forwardTo;
  private final Consumer<String> warnings;
  private final HttpClient client;
  private final Set<CompletableFuture<?>> forwarding = ConcurrentHashMap.newKeySet();
  private boolean warned;

  private OtlpReceiver(String forwardTo, Consumer<String> warnings) {
    this.forwardTo = forwardTo;
    this.warnings = warnings;
    this.client = forwardTo == null ? null : HttpClient.newHttpClient();
    this.endpoint = HttpEndpoint.start("otlp", this::serve);
  }

  /**
   * Starts to receive.
   *
   * @param forwardTo a real collector's base URL, or null
   * @param warnings takes the one sentence to say when that collector refuses
   */
  public static OtlpReceiver start(String forwardTo, Consumer<String> warnings) {
    return new OtlpReceiver(forwardTo == null ? null : forwardTo.replaceAll("/+$", ""), warnings);
  }

  /** The three kinds of telemetry. */
  public enum Signal {
    TRACES("resourceSpans", ExportTraceServiceRequest.getDefaultInstance()),
    METRICS("resourceMetrics", ExportMetricsServiceRequest.getDefaultInstance()),
    LOGS("resourceLogs", ExportLogsServiceRequest.getDefaultInstance());

    private final String field;
    private final Message message;

    Signal(String field, Message message) {
      this.field = field;
      this.message = message;
    }

    /** That of OTLP/HTTP's {@code /v1/traces} and its like. */
    public static Signal ofPath(String path) {
      return valueOf(path.replace("/v1/", "").toUpperCase(java.util.Locale.ROOT));
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
  public synchronized List<JsonNode> ofRun(String runId, Signal signal) {
    return List.copyOf(byRun.getOrDefault(runId, Map.of()).getOrDefault(signal, List.of()));
  }

  /** Takes a request as if it had come by HTTP. */
  public void take(Signal signal, Message request) {
    keep(signal, json(request));
    if (forwardTo != null) {
      forward(signal, request.toByteArray(), false);
    }
  }

  /** Lets go of a run's telemetry, once it is written down. */
  public synchronized void forget(String runId) {
    byRun.remove(runId);
  }

  /** Waits a little for what is still being passed on. */
  @Override
  public void close() {
    endpoint.close();
    CompletableFuture.allOf(forwarding.toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, LAST_FORWARDS.toMillis(), TimeUnit.MILLISECONDS)
        .join();
  }

  private void serve(HttpExchange exchange) throws IOException {
    Signal signal = Signal.ofPath(exchange.getRequestURI().getPath());
    byte[] body = exchange.getRequestBody().readAllBytes();
    boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    keep(signal, read(signal, body, gzip));
    HttpEndpoint.answer(exchange, 200, PROTOBUF, new byte[0]);
    if (forwardTo != null) {
      forward(signal, body, gzip);
    }
  }

  /** Reads an export request's body, as OTLP's JSON. */
  public static JsonNode read(Signal signal, byte[] body, boolean gzip) throws IOException {
    InputStream in = new ByteArrayInputStream(body);
    return json(
        signal.message.newBuilderForType().mergeFrom(gzip ? new GZIPInputStream(in) : in).build());
  }

  private static JsonNode json(Message request) {
    JsonNode json = Json.parse(print(request));
    hexIds(json);
    return json;
  }

  private static String print(Message request) {
    try {
      return JsonFormat.printer().omittingInsignificantWhitespace().print(request);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("OTLP has no message that has no JSON form", e);
    }
  }

  private static void hexIds(JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (Iterator<Map.Entry<String, JsonNode>> each = object.properties().iterator();
          each.hasNext(); ) {
        Map.Entry<String, JsonNode> field = each.next();
        if (IDS.contains(field.getKey())) {
          byte[] id = Base64.getDecoder().decode(field.getValue().asText());
          field.setValue(object.textNode(HexFormat.of().formatHex(id)));
        }
      }
    }
    node.forEach(OtlpReceiver::hexIds);
  }

  private synchronized void keep(Signal signal, JsonNode request) {
    byRun
        .computeIfAbsent(runOf(request, signal), id -> new LinkedHashMap<>())
        .computeIfAbsent(signal, kind -> new ArrayList<>())
        .add(request);
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

  private void forward(Signal signal, byte[] body, boolean gzip) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(forwardTo + "/v1/" + signal.text()))
            .header("Content-Type", PROTOBUF)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (gzip) {
      request.header("Content-Encoding", "gzip");
    }
    CompletableFuture<?> passedOn =
        client
            .sendAsync(request.build(), HttpResponse.BodyHandlers.discarding())
            .handle(
                (response, error) -> {
                  if (error != null || response.statusCode() >= 300) {
                    warn(
                        error == null
                            ? "status " + response.statusCode()
                            : String.valueOf(error.getCause()));
                  }
                  return null;
                });
    forwarding.add(passedOn);
    passedOn.thenRun(() -> forwarding.remove(passedOn));
  }

  private synchronized void warn(String problem) {
    if (!warned) {
      warned = true;
      warnings.accept(
          "the collector at %s did not take telemetry (%s); the run's own folder has it all"
              .formatted(forwardTo, problem));
    }
  }
}
