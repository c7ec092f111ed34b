package dev.waybill.gluetracing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.waybill.gluetracing.internal.trace.WaybillAttributes;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;

/** An OTLP/HTTP receiver that keeps what it gets, until it is told otherwise. */
final class TestCollector implements AutoCloseable {

  private final List<Span> all = new CopyOnWriteArrayList<>();
  private final List<Metric> metrics = new CopyOnWriteArrayList<>();
  private final List<LogRecord> logs = new CopyOnWriteArrayList<>();
  private final List<Resource> resources = new CopyOnWriteArrayList<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final List<String> encodings = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final HttpServer server;
  private final String scheme;
  private volatile Answer answer;
  private volatile String unknown = "";

  private TestCollector(Answer answer) throws IOException {
    this(
        answer,
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0),
        "http");
  }

  private TestCollector(Answer answer, HttpServer server, String scheme) {
    this.answer = answer;
    this.server = server;
    this.scheme = scheme;
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", this::take);
    server.start();
  }

  static TestCollector healthy() {
    try {
      return new TestCollector(Answer.TAKES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Speaks TLS. */
  static TestCollector secure(SSLContext tls) throws IOException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    return new TestCollector(Answer.TAKES, server, "https");
  }

  /** Accepts connections and requests, and never answers. */
  static TestCollector silent() throws IOException {
    return new TestCollector(Answer.NONE);
  }

  /** How a collector answers: it takes all, is overloaded, or says nothing at all. */
  enum Answer {
    TAKES,
    UNAVAILABLE,
    NONE
  }

  void answers(Answer from) {
    answer = from;
  }

  /** Knows nothing of that signal from now on, as a backend for traces alone: answers 404. */
  void doesNotKnow(String signal) {
    unknown = "/v1/" + signal;
  }

  /** Host and port. */
  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  String url() {
    return scheme + "://" + address();
  }

  /** Spans that have ended. */
  List<Span> spans() {
    return all.stream().filter(span -> span.getEndTimeUnixNano() > 0).toList();
  }

  /** Early copies of spans that had not ended. */
  List<Span> inProgress() {
    return all.stream().filter(span -> span.getEndTimeUnixNano() == 0).toList();
  }

  Span span(String name) {
    return spans().stream()
        .filter(span -> span.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no span " + name + " among " + names()));
  }

  List<String> names() {
    return spans().stream().map(Span::getName).toList();
  }

  /** Of Spark's stages. */
  List<Span> stages() {
    return spans().stream()
        .filter(span -> attribute(span.getAttributesList(), "waybill.spark.stage.tasks") != null)
        .toList();
  }

  List<Metric> metrics() {
    return metrics;
  }

  List<LogRecord> logs() {
    return logs;
  }

  /** The header of each request, by its path. */
  List<String> authorizations() {
    return authorizations;
  }

  /** How each request was compressed, by its path. */
  List<String> encodings() {
    return encodings;
  }

  List<Resource> resources() {
    return resources;
  }

  /** How many rows came into a step, by an input or in all where that is empty, and went out. */
  Iterable<String> rows(String step, String input) {
    Span span = span(step);
    return Arrays.asList(
        attribute(
            span.getAttributesList(),
            (input.isEmpty()
                    ? WaybillAttributes.STEP_ROWS_IN
                    : WaybillAttributes.stepInputRows(input))
                .getKey()),
        attribute(span.getAttributesList(), WaybillAttributes.STEP_ROWS_OUT.getKey()));
  }

  static String attribute(List<KeyValue> attributes, String key) {
    return attributes.stream()
        .filter(attribute -> attribute.getKey().equals(key))
        .map(KeyValue::getValue)
        .map(
            value ->
                switch (value.getValueCase()) {
                  case STRING_VALUE -> value.getStringValue();
                  case INT_VALUE -> String.valueOf(value.getIntValue());
                  case DOUBLE_VALUE -> String.valueOf(value.getDoubleValue());
                  case BOOL_VALUE -> String.valueOf(value.getBoolValue());
                  default -> value.toString();
                })
        .findFirst()
        .orElse(null);
  }

  static String hex(com.google.protobuf.ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    authorizations.add(
        exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Authorization"));
    encodings.add(
        exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Content-Encoding"));
    if (exchange.getRequestURI().getPath().equals(unknown)) {
      exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
      return;
    }
    if (answer == Answer.UNAVAILABLE) {
      exchange.getRequestBody().readAllBytes();
      exchange.getResponseHeaders().set("Retry-After", "30");
      exchange.sendResponseHeaders(503, -1);
      exchange.close();
      return;
    }
    if (answer == Answer.NONE) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return;
    }
    boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    InputStream body =
        gzip ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody();
    switch (exchange.getRequestURI().getPath()) {
      case "/v1/traces" ->
          ExportTraceServiceRequest.parseFrom(body)
              .getResourceSpansList()
              .forEach(
                  resource -> {
                    resources.add(resource.getResource());
                    resource.getScopeSpansList().forEach(scope -> all.addAll(scope.getSpansList()));
                  });
      case "/v1/metrics" ->
          ExportMetricsServiceRequest.parseFrom(body)
              .getResourceMetricsList()
              .forEach(
                  resource ->
                      resource
                          .getScopeMetricsList()
                          .forEach(scope -> metrics.addAll(scope.getMetricsList())));
      default ->
          ExportLogsServiceRequest.parseFrom(body)
              .getResourceLogsList()
              .forEach(
                  resource ->
                      resource
                          .getScopeLogsList()
                          .forEach(scope -> logs.addAll(scope.getLogRecordsList())));
    }
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }
}
