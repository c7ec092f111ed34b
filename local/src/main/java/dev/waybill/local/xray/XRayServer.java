package dev.waybill.local.xray;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.HttpEndpoint.ClientError;
import dev.waybill.local.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;

/**
 * Stands in for X-Ray: the daemon's UDP port, and the service's PutTraceSegments and
 * BatchGetTraces.
 *
 * @see <a href="https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html">Sending
 *     trace data to X-Ray</a>
 */
public final class XRayServer implements AutoCloseable {

  private static final int LARGEST_DATAGRAM = 64 << 10;

  private final Segments segments;
  private final DatagramSocket daemon;
  private final HttpEndpoint service;

  private XRayServer(Segments segments, DatagramSocket daemon) {
    this.segments = segments;
    this.daemon = daemon;
    this.service = HttpEndpoint.start("xray", this::serve);
  }

  public static XRayServer start(Segments segments) {
    try {
      XRayServer server = new XRayServer(segments, new DatagramSocket(HttpEndpoint.LOOPBACK));
      Thread thread = new Thread(server::receive, "waybill-xray-daemon");
      thread.setDaemon(true);
      thread.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For {@code AWS_XRAY_DAEMON_ADDRESS}. */
  public String daemonAddress() {
    return daemon.getLocalAddress().getHostAddress() + ":" + daemon.getLocalPort();
  }

  public String url() {
    return service.url();
  }

  @Override
  public void close() {
    daemon.close();
    service.close();
  }

  /**
   * Each datagram is a line of JSON that names the format, then the document. Anyone can send one:
   * what is anything else is ignored, as the daemon does.
   */
  private void receive() {
    byte[] buffer = new byte[LARGEST_DATAGRAM];
    while (!daemon.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        daemon.receive(packet);
        String text = new String(buffer, 0, packet.getLength(), StandardCharsets.UTF_8);
        segments.putFromOutside(Json.parse(text.substring(text.indexOf('\n') + 1)));
      } catch (IOException | RuntimeException ignored) {
        continue;
      }
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    JsonNode request = request(exchange);
    ObjectNode answer =
        switch (HttpEndpoint.path(exchange)) {
          case "/TraceSegments" -> putTraceSegments(request);
          case "/Traces" -> batchGetTraces(request);
          default ->
              throw new ClientError(404, "this stand-in has no " + HttpEndpoint.path(exchange));
        };
    HttpEndpoint.answer(exchange, 200, "application/json", answer.toString());
  }

  private static JsonNode request(HttpExchange exchange) {
    try {
      return Json.parse(exchange.getRequestBody());
    } catch (UncheckedIOException notJson) {
      throw new ClientError(400, "the body is not JSON");
    }
  }

  /** As the service does, takes the documents that are right, and names the others. */
  private ObjectNode putTraceSegments(JsonNode request) {
    ObjectNode answer = Json.object();
    ArrayNode unprocessed = answer.putArray("UnprocessedTraceSegments");
    for (JsonNode text : request.path("TraceSegmentDocuments")) {
      try {
        segments.put(Json.parse(text.asText()));
      } catch (IllegalArgumentException e) {
        unprocessed.addObject().put("ErrorCode", "ParseError").put("Message", e.getMessage());
      }
    }
    return answer;
  }

  private ObjectNode batchGetTraces(JsonNode request) {
    ObjectNode answer = Json.object();
    ArrayNode traces = answer.putArray("Traces");
    ArrayNode unknown = answer.putArray("UnprocessedTraceIds");
    for (JsonNode id : request.path("TraceIds")) {
      var documents = segments.ofTrace(id.asText());
      if (documents.isEmpty()) {
        unknown.add(id.asText());
        continue;
      }
      ArrayNode list = traces.addObject().put("Id", id.asText()).putArray("Segments");
      for (JsonNode document : documents) {
        list.addObject()
            .put("Id", document.path("id").asText())
            .put("Document", document.toString());
      }
    }
    return answer;
  }
}
