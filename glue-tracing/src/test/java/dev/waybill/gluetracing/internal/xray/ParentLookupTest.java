package dev.waybill.gluetracing.internal.xray;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.xray.XRayClient;

class ParentLookupTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TRACE = "5759e988bd862e3fe1be46a994272793";

  private static final String MACHINE =
      """
      {"id": "m", "name": "pipeline", "origin": "AWS::StepFunctions::StateMachine", "unknown": {"field": 1},
       "subsegments": [
         {"id": "s1", "name": "CleanListings", "start_time": 1.0, "subsegments": [
           {"id": "t", "name": "Glue", "start_time": 1.1, "throttle": true, "aws": {"operation": "StartJobRun", "request_id": "r0"}},
           {"id": "c1", "name": "Glue", "start_time": 1.2, "aws": {"operation": "StartJobRun", "request_id": "r1"}}]},
         {"id": "s3", "name": "ProcessListings", "start_time": 9.0, "subsegments": [
           {"id": "c3", "name": "Glue", "start_time": 9.1, "aws": {"operation": "StartJobRun", "request_id": "r3"}}]},
         {"id": "s2", "name": "CleanListings", "start_time": 5.0, "subsegments": [
           {"id": "c2", "name": "Glue", "start_time": 5.1, "aws": {"request_id": "r2"}}]}]}
      """;

  private static final Answer NOTHING_YET = new Answer(200, traces());
  private static final Answer NEVER = new Answer(0, "");
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final Duration CALL_BOUND = Duration.ofSeconds(1);

  private final AtomicInteger asked = new AtomicInteger();
  private HttpServer xray;

  @BeforeEach
  void start() throws IOException {
    xray = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    xray.start();
  }

  @AfterEach
  void stop() {
    xray.stop(0);
  }

  @Test
  void findsTheCallOfThisStateAndThisAttempt() {
    assertThat(find("CleanListings", 0)).contains(span("r1"));
    assertThat(find("CleanListings", 1)).contains(span("r2"));
    assertThat(find("ProcessListings", 0)).contains(span("r3"));
  }

  @Test
  void findsNothingBeforeXRayHasTheAttempt() {
    assertThat(find("CleanListings", 2)).isEmpty();
    assertThat(find("SomethingElse", 0)).isEmpty();
    assertThat(new ParentLookup(TRACE, "CleanListings", 0).findIn(List.of())).isEmpty();
  }

  @Test
  void findsItAtTheThirdAsking() throws Exception {
    answers(NOTHING_YET, NOTHING_YET, found());

    assertThat(look()).contains(span("r1"));
    assertThat(asked.get()).isEqualTo(3);
  }

  @Test
  void asksAgainWhereXRayIsThrottling() throws Exception {
    Answer throttled = new Answer(429, "{\"__type\":\"ThrottledException\"}");
    // The SDK's own tries, and one more of the look-up's.
    answers(throttled, throttled, throttled, throttled, throttled, found());

    assertThat(look()).contains(span("r1"));
  }

  @Test
  void asksNoMoreWhereItIsDenied() throws Exception {
    answers(new Answer(403, "{\"__type\":\"AccessDeniedException\"}"));

    assertThat(look()).isEmpty();
    assertThat(asked.get()).isEqualTo(1);
  }

  @Test
  void asksAgainWhereAnAnswerTakesTooLong() throws Exception {
    answers(NEVER, found());

    assertThat(look()).contains(span("r1"));
  }

  @Test
  void takesNoDocumentThatIsNoneAndNoIdThatIsNone() throws Exception {
    answers(
        new Answer(
            200,
            traces(
                "no JSON",
                MACHINE,
                "{\"id\": \"glue\", \"aws\": {\"request_id\": \"r1\"}}",
                document("r1"))));

    assertThat(look()).contains(span("r1"));
  }

  private Optional<String> look() throws Exception {
    ParentLookup lookup = new ParentLookup(TRACE, "CleanListings", 0, this::client);
    return lookup.start().get(BOUND.toSeconds(), TimeUnit.SECONDS);
  }

  private XRayClient client() {
    return XRayClient.builder()
        .httpClient(UrlConnectionHttpClient.create())
        .endpointOverride(URI.create("http:/" + xray.getAddress()))
        .region(Region.EU_WEST_1)
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .overrideConfiguration(own -> own.apiCallTimeout(CALL_BOUND))
        .build();
  }

  /** Each call gets the next answer, and the last one from then on. */
  private void answers(Answer... each) {
    xray.createContext(
        "/",
        exchange -> {
          int call = asked.getAndIncrement();
          Answer answer = each[Math.min(call, each.length - 1)];
          exchange.getRequestBody().readAllBytes();
          if (answer != NEVER) {
            byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          }
        });
  }

  private static Answer found() {
    return new Answer(200, traces(MACHINE, document("r1")));
  }

  private static String traces(String... documents) {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode segments = answer.putArray("Traces").addObject().putArray("Segments");
    for (String document : documents) {
      segments.addObject().put("Document", document);
    }
    return answer.toString();
  }

  /** The segment that Glue's side of a call left. */
  private static String document(String request) {
    return "{\"id\": \"%s\", \"aws\": {\"request_id\": \"%s\"}}".formatted(span(request), request);
  }

  private static String span(String request) {
    return "000000000000000" + request.substring(1);
  }

  private record Answer(int status, String body) {}

  private static Optional<String> find(String state, int attempt) {
    List<JsonNode> documents = new ArrayList<>();
    documents.add(json(MACHINE));
    for (String request : List.of("r0", "r1", "r2", "r3")) {
      documents.add(json(document(request)));
    }
    return new ParentLookup(TRACE, state, attempt).findIn(documents);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
