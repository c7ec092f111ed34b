package dev.waybill.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes what a collector sends to X-Ray (PutTraceSegments) and CloudWatch Logs, and keeps it; or
 * refuses it, as a service does that is down.
 */
final class AwsSink implements AutoCloseable {

  private final List<JsonNode> segments = new ArrayList<>();
  private final Map<String, List<String>> logs = new ConcurrentHashMap<>();
  private final Map<String, Integer> refused = new HashMap<>();
  private final Set<String> taken = new HashSet<>();
  private boolean refusing;
  private final HttpEndpoint endpoint =
      HttpEndpoint.start("aws-sink", HttpEndpoint.LOOPBACK, this::serve);

  String url() {
    return endpoint.url();
  }

  /** Answers 503 from now on. */
  synchronized void refuse() {
    refusing = true;
  }

  /** Waits until each kind of call was refused so often. */
  synchronized void awaitRefusals(int times) throws InterruptedException {
    while (refused.size() < 3 || refused.values().stream().anyMatch(count -> count < times)) {
      wait();
    }
  }

  /** Takes what comes from now on, and waits until each kind of call was taken once. */
  synchronized void accept() throws InterruptedException {
    refusing = false;
    taken.clear();
    while (!taken.containsAll(refused.keySet())) {
      wait();
    }
  }

  /** Every segment document, in-progress ones among them, in the order of their arrival. */
  synchronized List<JsonNode> segments() {
    return List.copyOf(segments);
  }

  /** The messages that came to a log group. */
  synchronized List<JsonNode> logged(String group) {
    return logs.getOrDefault(group, List.of()).stream().map(Json::parse).toList();
  }

  /** Waits until as many messages have come to a log group. */
  synchronized void awaitLogged(String group, int messages) throws InterruptedException {
    while (logs.getOrDefault(group, List.of()).size() < messages) {
      wait();
    }
  }

  @Override
  public void close() {
    endpoint.close();
  }

  private void serve(HttpExchange exchange) throws IOException {
    JsonNode request = Json.parse(exchange.getRequestBody());
    String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
    if (refused(target == null ? "PutTraceSegments" : request.path("logGroupName").asText())) {
      HttpEndpoint.answer(exchange, 503, "application/x-amz-json-1.1", "{}");
    } else if (target == null) {
      keepSegments(request);
      HttpEndpoint.answer(exchange, 200, "application/json", "{\"UnprocessedTraceSegments\": []}");
    } else if (target.endsWith(".PutLogEvents")) {
      keepLogs(request);
      // The exporter takes an answer without a token for none, and sends again.
      HttpEndpoint.answer(
          exchange, 200, "application/x-amz-json-1.1", "{\"nextSequenceToken\": \"1\"}");
    } else {
      HttpEndpoint.answer(exchange, 200, "application/x-amz-json-1.1", "{}");
    }
  }

  private synchronized boolean refused(String call) {
    if (refusing) {
      refused.merge(call, 1, Integer::sum);
    } else {
      taken.add(call);
    }
    notifyAll();
    return refusing;
  }

  private synchronized void keepSegments(JsonNode request) {
    request
        .path("TraceSegmentDocuments")
        .forEach(document -> segments.add(Json.parse(document.asText())));
  }

  private synchronized void keepLogs(JsonNode request) {
    request
        .path("logEvents")
        .forEach(
            event ->
                logs.computeIfAbsent(
                        request.path("logGroupName").asText(), group -> new ArrayList<>())
                    .add(event.path("message").asText()));
    notifyAll();
  }
}
