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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sfn.SfnClient;

/** Answers StartExecution over HTTP, so that the real SDK client is what is tested. */
final class FakeStepFunctions implements AutoCloseable {

  static final String ARN = "arn:aws:states:eu-west-1:000000000000:stateMachine:pipeline";

  private static final ObjectMapper JSON = new ObjectMapper();

  final List<Start> starts = new ArrayList<>();
  private final Map<String, String> faults = new HashMap<>();
  private final HttpServer server;

  FakeStepFunctions() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  record Start(String name, JsonNode input, String traceHeader) {}

  /** Refuses executions whose input names this key. */
  void fail(String key, String fault) {
    faults.put(key, fault);
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
    String fault = faults.get(input.path("key").asText());
    starts.add(
        new Start(
            request.path("name").asText(),
            input,
            exchange.getRequestHeaders().getFirst("X-Amzn-Trace-Id")));
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
}
