package dev.waybill.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.waybill.local.s3.SignatureV4;
import dev.waybill.local.s3.SignatureV4.Refusal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * X-Ray's PutTraceSegments and CloudWatch Logs' CreateLogStream and PutLogEvents as their pages
 * describe them: a call counts if its signature is that of the keys, and keeps the limits.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/xray/latest/api/API_PutTraceSegments.html">PutTraceSegments</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html">PutLogEvents</a>
 */
final class AwsStandIn implements AutoCloseable {

  /** Those of every JVM that the local stand-ins start. */
  static final Keys KEYS = new Keys("local", "local");

  /** The system properties by which an AWS client in this JVM signs for it. */
  static final Map<String, String> PROPERTIES =
      Map.of(
          "aws.accessKeyId", KEYS.id(),
          "aws.secretAccessKey", KEYS.secret(),
          "aws.region", "eu-west-1");

  private static final String GROUP = "/waybill/metrics";
  private static final int MOST_DOCUMENTS = 50;
  private static final int LARGEST_DOCUMENT = 64 << 10;
  private static final int MOST_EVENTS = 10_000;
  private static final int LARGEST_BATCH = 1_048_576;
  private static final int BYTES_OF_AN_EVENT = 26;
  private static final long EARLIEST_MILLIS = 14L * 24 * 3600 * 1000;
  private static final long LATEST_MILLIS = 2L * 3600 * 1000;

  private final Clock clock = Clock.systemUTC();
  private final SignatureV4 xray = new SignatureV4(KEYS, clock, "xray");
  private final SignatureV4 logs = new SignatureV4(KEYS, clock, "logs");
  private final List<JsonNode> segments = new ArrayList<>();
  private final List<JsonNode> events = new ArrayList<>();
  private final Set<String> streams = new HashSet<>();
  private final List<String> refusals = new ArrayList<>();
  private final HttpClient client = HttpEndpoint.client();
  private final HttpEndpoint endpoint =
      HttpEndpoint.start("aws-stand-in", HttpEndpoint.LOOPBACK, this::serve);
  private int throttled;
  private int unprocessed;
  private boolean denying;
  private String traces;

  /** Where an AWS client is to find it. */
  Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL_XRAY", endpoint.url(),
        "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", endpoint.url());
  }

  /** Answers the next calls as a service does that is asked too often. */
  synchronized void throttle(int calls) {
    throttled = calls;
  }

  /** Leaves the first document of the next calls unprocessed. */
  synchronized void leaveUnprocessed(int calls) {
    unprocessed = calls;
  }

  /** Answers from now on as where the caller's role may not do it. */
  synchronized void deny() {
    denying = true;
  }

  /** Hands X-Ray's calls on, once they are found right. */
  synchronized void handOn(String xrayUrl) {
    traces = xrayUrl;
  }

  /** Every segment document that was taken, in progress or not. */
  synchronized List<JsonNode> segments() {
    return List.copyOf(segments);
  }

  /** Every log event that was taken. */
  synchronized List<JsonNode> events() {
    return List.copyOf(events);
  }

  /** Names of log streams. */
  synchronized Set<String> streams() {
    return Set.copyOf(streams);
  }

  /** Why calls were refused, the intended refusals among them. */
  synchronized List<String> refusals() {
    return List.copyOf(refusals);
  }

  @Override
  public void close() {
    endpoint.close();
  }

  private void serve(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
    String path = HttpEndpoint.path(exchange);
    if (path.equals("/Traces")) {
      answer(exchange, 200, handOn(path, body));
      return;
    }
    SignatureV4 signature = target == null ? xray : logs;
    Refusal refusal = signature.refusal(exchange, body);
    if (refusal != null) {
      refuse(exchange, 403, refusal.code(), refusal.message());
    } else if (isDenying()) {
      refuse(exchange, 403, "AccessDeniedException", "the role is not authorized");
    } else if (isThrottled()) {
      refuse(
          exchange,
          400,
          target == null ? "ThrottledException" : "ThrottlingException",
          "slow down");
    } else if (target == null) {
      putTraceSegments(exchange, path, body);
    } else {
      logs(exchange, target, Json.parse(new String(body, StandardCharsets.UTF_8)));
    }
  }

  private void putTraceSegments(HttpExchange exchange, String path, byte[] body)
      throws IOException {
    JsonNode documents =
        Json.parse(new String(body, StandardCharsets.UTF_8)).path("TraceSegmentDocuments");
    if (!path.equals("/TraceSegments")
        || documents.isEmpty()
        || documents.size() > MOST_DOCUMENTS) {
      refuse(
          exchange, 400, "InvalidRequestException", "1 to 50 documents, not " + documents.size());
      return;
    }
    ObjectNode answer = Json.object();
    ArrayNode left = answer.putArray("UnprocessedTraceSegments");
    for (JsonNode text : documents) {
      JsonNode document = Json.parse(text.asText());
      String wrong = wrong(document, text.asText().getBytes(StandardCharsets.UTF_8).length);
      if (wrong == null && left.isEmpty() && isLeft()) {
        wrong = "try again";
      }
      if (wrong == null) {
        keepSegment(document);
      } else {
        left.addObject()
            .put("Id", document.path("id").asText())
            .put("ErrorCode", "InvalidSegment")
            .put("Message", wrong);
      }
    }
    if (traces() != null) {
      handOn(path, body);
    }
    answer(exchange, 200, answer);
  }

  /** What X-Ray would not process, or null. */
  private static String wrong(JsonNode document, int bytes) {
    if (bytes > LARGEST_DOCUMENT) {
      return "larger than 64 KB";
    }
    boolean named =
        document.path("name").asText().matches("[\\p{L}\\p{N}\\p{Z}_.:/%&#=+\\\\\\-@]{1,200}");
    boolean identified =
        document.path("id").asText().matches("[0-9a-f]{16}")
            && document.path("trace_id").asText().matches("1-[0-9a-f]{8}-[0-9a-f]{24}");
    boolean timed =
        document.path("start_time").isNumber()
            && document.path("end_time").isNumber() != document.path("in_progress").asBoolean();
    boolean whole =
        !document.path("type").asText().equals("subsegment") || document.has("parent_id");
    boolean annotated =
        document.path("annotations").properties().stream()
            .allMatch(
                each -> each.getKey().matches("[A-Za-z0-9_.]+") && each.getValue().isValueNode());
    return named && identified && timed && whole && annotated ? null : "invalid: " + document;
  }

  private void logs(HttpExchange exchange, String target, JsonNode request) throws IOException {
    String stream = request.path("logStreamName").asText();
    boolean create = target.equals("Logs_20140328.CreateLogStream");
    if (!request.path("logGroupName").asText().equals(GROUP)) {
      refuse(exchange, 400, "ResourceNotFoundException", "The specified log group does not exist.");
    } else if (create && !stream.matches("[^:*]{1,512}")) {
      refuse(exchange, 400, "InvalidParameterException", "logStreamName is " + stream);
    } else if (create) {
      if (addStream(stream)) {
        answer(exchange, 200, Json.object());
      } else {
        refuse(exchange, 400, "ResourceAlreadyExistsException", "The log stream already exists");
      }
    } else if (!streams().contains(stream)) {
      refuse(
          exchange, 400, "ResourceNotFoundException", "The specified log stream does not exist.");
    } else {
      putLogEvents(exchange, request.path("logEvents"));
    }
  }

  private void putLogEvents(HttpExchange exchange, JsonNode batch) throws IOException {
    long bytes = 0;
    long last = 0;
    long now = clock.millis();
    for (JsonNode event : batch) {
      bytes += event.path("message").asText().getBytes(StandardCharsets.UTF_8).length;
      bytes += BYTES_OF_AN_EVENT;
      long millis = event.path("timestamp").asLong();
      if (millis < last || millis < now - EARLIEST_MILLIS || millis > now + LATEST_MILLIS) {
        refuse(exchange, 400, "InvalidParameterException", "timestamp " + millis);
        return;
      }
      last = millis;
    }
    if (batch.isEmpty() || batch.size() > MOST_EVENTS || bytes > LARGEST_BATCH) {
      refuse(
          exchange,
          400,
          "InvalidParameterException",
          "%d events of %d bytes".formatted(batch.size(), bytes));
      return;
    }
    batch.forEach(event -> keepEvent(Json.parse(event.path("message").asText())));
    answer(exchange, 200, Json.object());
  }

  private void refuse(HttpExchange exchange, int status, String code, String message)
      throws IOException {
    note(code + ": " + message);
    answer(exchange, status, Json.object().put("__type", "ns#" + code).put("message", message));
  }

  private JsonNode handOn(String path, byte[] body) throws IOException {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(traces() + path))
              .POST(HttpRequest.BodyPublishers.ofByteArray(body))
              .build();
      return Json.parse(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static void answer(HttpExchange exchange, int status, JsonNode json) throws IOException {
    HttpEndpoint.answer(exchange, status, "application/json", json.toString());
  }

  private synchronized String traces() {
    return traces;
  }

  private synchronized boolean isDenying() {
    return denying;
  }

  private synchronized boolean isThrottled() {
    return throttled-- > 0;
  }

  private synchronized boolean isLeft() {
    return unprocessed-- > 0;
  }

  private synchronized boolean addStream(String name) {
    return streams.add(name);
  }

  private synchronized void keepSegment(JsonNode document) {
    segments.add(document);
  }

  private synchronized void keepEvent(JsonNode event) {
    events.add(event);
  }

  private synchronized void note(String refusal) {
    refusals.add(refusal);
  }
}
