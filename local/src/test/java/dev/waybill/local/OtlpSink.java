package dev.waybill.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import dev.waybill.local.collector.OtlpJson;
import dev.waybill.local.collector.OtlpReceiver.Signal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Takes what a collector sends by OTLP/HTTP, and keeps it; or refuses it for a while (503), or for
 * good where a resource is of the service {@code poison} (400).
 */
final class OtlpSink implements AutoCloseable {

  private static final String PROTOBUF = "application/x-protobuf";

  private final List<Span> spans = new ArrayList<>();
  private final List<Metric> metrics = new ArrayList<>();
  private final List<Log> logs = new ArrayList<>();
  private boolean refusing;
  private final HttpEndpoint endpoint =
      HttpEndpoint.start("otlp-sink", HttpEndpoint.LOOPBACK, this::serve);

  /** A span; ids are hex digits. */
  record Span(
      String traceId,
      String spanId,
      String parentId,
      String name,
      Map<String, String> resource,
      Map<String, String> attributes) {}

  /** A data point. */
  record Metric(
      String name,
      String unit,
      String type,
      double value,
      Map<String, String> resource,
      Map<String, String> attributes) {}

  record Log(
      String traceId, String body, Map<String, String> resource, Map<String, String> attributes) {}

  String url() {
    return endpoint.url();
  }

  /** From now on refuses all. */
  synchronized OtlpSink refusing() {
    refusing = true;
    return this;
  }

  synchronized void accept() {
    refusing = false;
  }

  /** Waits until what has come is enough. */
  synchronized void await(Predicate<OtlpSink> enough) throws InterruptedException {
    while (!enough.test(this)) {
      wait();
    }
  }

  synchronized List<Span> spans() {
    return List.copyOf(spans);
  }

  synchronized List<Metric> metrics() {
    return List.copyOf(metrics);
  }

  synchronized List<Log> logs() {
    return List.copyOf(logs);
  }

  @Override
  public void close() {
    endpoint.close();
  }

  private void serve(HttpExchange exchange) throws IOException {
    Signal signal = Signal.ofPath(HttpEndpoint.path(exchange)).orElseThrow();
    JsonNode request = OtlpJson.read(signal, exchange.getRequestBody().readAllBytes(), false);
    HttpEndpoint.answer(exchange, keep(request), PROTOBUF, new byte[0]);
  }

  private synchronized int keep(JsonNode request) {
    if (refusing) {
      return 503;
    }
    if (request.toString().contains("\"poison\"")) {
      return 400;
    }
    each(request, "resourceSpans", "scopeSpans", "spans", OtlpSink::span).forEach(spans::add);
    each(request, "resourceMetrics", "scopeMetrics", "metrics", OtlpSink::points)
        .forEach(metrics::addAll);
    each(request, "resourceLogs", "scopeLogs", "logRecords", OtlpSink::log).forEach(logs::add);
    notifyAll();
    return 200;
  }

  private static <T> Stream<T> each(
      JsonNode request, String resources, String scopes, String items, Function<Item, T> read) {
    return stream(request.path(resources))
        .flatMap(
            resource ->
                stream(resource.path(scopes))
                    .flatMap(scope -> stream(scope.path(items)))
                    .map(
                        item -> read.apply(new Item(item, attributes(resource.path("resource"))))));
  }

  private record Item(JsonNode json, Map<String, String> resource) {}

  private static Span span(Item item) {
    JsonNode json = item.json();
    return new Span(
        json.path("traceId").asText(),
        json.path("spanId").asText(),
        json.path("parentSpanId").asText(),
        json.path("name").asText(),
        item.resource(),
        attributes(json));
  }

  private static Log log(Item item) {
    JsonNode json = item.json();
    return new Log(
        json.path("traceId").asText(),
        json.path("body").path("stringValue").asText(),
        item.resource(),
        attributes(json));
  }

  private static List<Metric> points(Item item) {
    JsonNode json = item.json();
    String kind =
        Stream.of("sum", "gauge", "histogram", "exponentialHistogram")
            .filter(json::has)
            .findFirst()
            .orElseThrow();
    JsonNode data = json.path(kind);
    String type = kind.equals("sum") && !data.path("isMonotonic").asBoolean() ? "updown" : kind;
    return stream(data.path("dataPoints"))
        .map(
            point ->
                new Metric(
                    json.path("name").asText(),
                    json.path("unit").asText(),
                    type,
                    point.path("asInt").asDouble(point.path("asDouble").asDouble()),
                    item.resource(),
                    attributes(point)))
        .toList();
  }

  private static Map<String, String> attributes(JsonNode owner) {
    Map<String, String> attributes = new java.util.TreeMap<>();
    owner
        .path("attributes")
        .forEach(
            attribute ->
                attributes.put(
                    attribute.path("key").asText(),
                    attribute
                        .path("value")
                        .path("stringValue")
                        .asText(attribute.path("value").toString())));
    return attributes;
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
