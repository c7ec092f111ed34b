package dev.waybill.lambdatrigger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sfn.SfnClient;

/** Answers StartExecution over HTTP, so that the real SDK client is what is tested. */
final class FakeStepFunctions implements AutoCloseable {

  static final String ARN = "arn:aws:states:eu-west-1:000000000000:stateMachine:pipeline";

  private static final ObjectMapper JSON = new ObjectMapper();

  final List<Start> starts = new CopyOnWriteArrayList<>();
  private final Map<String, Queue<String>> faults = new ConcurrentHashMap<>();
  private final Set<String> executions = ConcurrentHashMap.newKeySet();
  private volatile int answers = Integer.MAX_VALUE;
  private final HttpServer server;

  FakeStepFunctions() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  record Start(String name, JsonNode input, String traceHeader) {}

  /** Refuses executions whose input names this key, each time by the next of these faults. */
  void fail(String key, String... each) {
    faults.put(key, new ArrayDeque<>(List.of(each)));
  }

  /** Answers this many calls, and none from then on. */
  void answersOnly(int calls) {
    answers = calls;
  }

  /** The names of all executions that were started. */
  Set<String> executions() {
    return executions;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  SfnClient client() {
    return SfnClient.builder()
        .endpointOverride(URI.create(url()))
        .region(Region.EU_WEST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("none", "none")))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    JsonNode request = JSON.readTree(exchange.getRequestBody());
    JsonNode input = JSON.readTree(request.path("input").asText());
    String name = request.path("name").asText();
    String fault = fault(input.path("key").asText(), name);
    starts.add(new Start(name, input, exchange.getRequestHeaders().getFirst("X-Amzn-Trace-Id")));
    if (starts.size() > answers) {
      return;
    }
    if (fault == null) {
      executions.add(name);
    }
    byte[] body =
        (fault == null
                ? "{\"executionArn\":\"arn:aws:states:::execution:x\",\"startDate\":1}"
                : "{\"__type\":\"%s\",\"message\":\"no\"}".formatted(fault))
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("x-amzn-RequestId", "request-1");
    exchange.sendResponseHeaders(fault == null ? 200 : 400, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private String fault(String key, String name) {
    Queue<String> left = faults.getOrDefault(key, new ArrayDeque<>());
    String fault = left.size() > 1 ? left.poll() : left.peek();
    return fault == null && executions.contains(name) ? "ExecutionAlreadyExists" : fault;
  }
}
