package dev.waybill.gluetracing;

import static dev.waybill.gluetracing.TestCollector.hex;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A job that ends while X-Ray, which is eventually consistent, does not know its parent yet. */
class ParentAtTheEndTest {

  private static final String NOTHING = "{\"Traces\": []}";
  private static final String FOUND =
      """
      {"Traces": [{"Segments": [
        {"Document": "{\\"origin\\": \\"AWS::StepFunctions::StateMachine\\", \\"subsegments\\": [{\\"name\\": \\"Clean\\", \\"subsegments\\": [{\\"aws\\": {\\"request_id\\": \\"r1\\"}}]}]}"},
        {"Document": "{\\"id\\": \\"0000000000000001\\", \\"aws\\": {\\"request_id\\": \\"r1\\"}}"}]}]}
      """;

  /** By then the look-up has waited for a quarter and for half a second, and waits for one. */
  private final CountDownLatch thirdTime = new CountDownLatch(3);

  private volatile String answer = NOTHING;

  @Test
  void theLookUpAsksOnceMoreWhenTheJobEnds() throws Exception {
    TestSpark.session();
    HttpServer xray = xray();
    Map<String, String> sdk =
        Map.of(
            "aws.endpointUrlXRay", "http://127.0.0.1:" + xray.getAddress().getPort(),
            "aws.region", "eu-west-1",
            "aws.accessKeyId", "nobody",
            "aws.secretAccessKey", "nothing");
    sdk.forEach(System::setProperty);
    try (TestCollector collector = TestCollector.healthy()) {
      try (TracedJob job =
          TracedJob.start(
              "test-job",
              "--otlp_endpoint",
              collector.url(),
              "--trace_header",
              "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
              "--execution_arn",
              "arn:aws:states:eu-west-1:000000000000:execution:m:run-1",
              "--state_name",
              "Clean")) {
        assertThat(thirdTime.await(30, TimeUnit.SECONDS)).isTrue();
        answer = FOUND;
        job.complete();
      }

      assertThat(hex(collector.span("test-job").getParentSpanId())).isEqualTo("0000000000000001");
    } finally {
      sdk.keySet().forEach(System::clearProperty);
      xray.stop(0);
    }
  }

  private HttpServer xray() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
          thirdTime.countDown();
        });
    server.start();
    return server;
  }
}
