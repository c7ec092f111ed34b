package dev.waybill.local.xray;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.local.HostPort;
import dev.waybill.local.HttpEndpoint;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes to the stand-in for X-Ray from outside. */
class XRayServerTest {

  private static final String TRACE = "1-5759e988-bd862e3fe1be46a994272793";
  private static final String FUNCTION = "53995c3f42cd8ad8";

  private final CountDownLatch taken = new CountDownLatch(1);
  private final Segments segments = new Segments(whole -> taken.countDown());
  private final XRayServer xray = XRayServer.start(segments);

  @AfterEach
  void stop() {
    xray.close();
  }

  @Test
  @Timeout(60)
  void aMalformedDatagramIsIgnoredAndTheNextOneTaken() throws Exception {
    segments.open(TRACE, FUNCTION);

    send("");
    send("no JSON");
    send("{\"format\": \"json\", \"version\": 1}\n{\"id\": ");
    send("{\"format\": \"json\", \"version\": 1}\n[1]");
    send(subsegment("0000000000000001", FUNCTION, TRACE));
    taken.await();

    assertThat(segments.ofTrace(TRACE))
        .extracting(document -> document.path("id").asText())
        .containsExactly("0000000000000001");
  }

  @Test
  @Timeout(60)
  void nobodyAddsToATraceWhoDoesNotKnowAnOpenSegment() throws Exception {
    segments.open(TRACE, FUNCTION);

    send(subsegment("0000000000000001", "aaaaaaaaaaaaaaaa", TRACE));
    send(subsegment("0000000000000002", FUNCTION, TRACE.replace('5', '6')));
    send("{}\n{\"id\": \"0000000000000003\", \"trace_id\": \"%s\"}".formatted(TRACE));
    send(subsegment("0000000000000004", FUNCTION, TRACE));
    taken.await();

    assertThat(segments.ofTrace(TRACE))
        .extracting(document -> document.path("id").asText())
        .containsExactly("0000000000000004");
    assertThat(segments.ofTrace(TRACE.replace('5', '6'))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/TraceSegments, no JSON, 400, the body is not JSON",
    "/Nowhere, {}, 404, this stand-in has no /Nowhere"
  })
  void saysWhatIsWrongWithARequest(String path, String body, int status, String message)
      throws Exception {
    HttpResponse<String> answer = post(path, body);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo(message);
  }

  @Test
  void takesTheDocumentsThatAreRightAndNamesTheOthers() throws Exception {
    HttpResponse<String> answer =
        post(
            "/TraceSegments",
            """
            {"TraceSegmentDocuments": ["{", "{\\"id\\": \\"x\\"}",
              "{\\"id\\": \\"0000000000000001\\", \\"trace_id\\": \\"%s\\"}"]}
            """
                .formatted(TRACE));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .contains("ParseError", "not JSON", "a segment document needs an id and a trace_id");
    assertThat(segments.ofTrace(TRACE)).hasSize(1);
  }

  private static String subsegment(String id, String parent, String trace) {
    return "{\"format\": \"json\", \"version\": 1}\n{\"id\": \"%s\", \"parent_id\": \"%s\", \"trace_id\": \"%s\"}"
        .formatted(id, parent, trace);
  }

  /** One socket, whose datagrams stay in order on the loopback interface. */
  private void send(String text) throws IOException {
    byte[] datagram = text.getBytes(StandardCharsets.UTF_8);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.send(
          new DatagramPacket(
              datagram, datagram.length, HostPort.parse("x", xray.daemonAddress()).address()));
    }
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return HttpEndpoint.client()
        .send(
            HttpRequest.newBuilder(URI.create(xray.url() + path))
                .POST(BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
  }
}
