package dev.waybill.local.collector;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.collector.OtlpReceiver.Signal;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the stand-in for the collector answers. */
class OtlpReceiverTest {

  private static final String PROTOBUF = "application/x-protobuf";

  private final List<String> warnings = new ArrayList<>();
  private final OtlpReceiver receiver = OtlpReceiver.start(null, warnings::add);

  @AfterEach
  void stop() {
    receiver.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/traces, application/x-protobuf, garbage, '', 400, the body is not an OTLP export request of traces",
    "/v1/logs, application/x-protobuf, garbage, gzip, 400, the body is not an OTLP export request of logs",
    "/v1/metrics, application/json, {}, '', 415, the Content-Type is 'application/json'; it must be application/x-protobuf",
    "/v1/profiles, application/x-protobuf, '', '', 404, no telemetry is taken at '/v1/profiles'",
    "'', application/x-protobuf, '', '', 404, no telemetry is taken at ''"
  })
  void saysWhatIsWrongWithARequest(
      String path, String type, String body, String encoding, int status, String message)
      throws Exception {
    HttpResponse<String> answer = post(path, type, encoding, ByteString.copyFromUtf8(body));

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).startsWith(message);
  }

  @Test
  void takesWhatIsRightAfterwards() throws Exception {
    post("/v1/traces", PROTOBUF, "", ByteString.copyFromUtf8("garbage"));

    assertThat(post("/v1/traces", PROTOBUF, "", request("run-1")).statusCode()).isEqualTo(200);

    assertThat(receiver.ofRun("run-1", Signal.TRACES)).hasSize(1);
  }

  private static ByteString request(String run) {
    var request = ExportTraceServiceRequest.newBuilder();
    var attribute = request.addResourceSpansBuilder().getResourceBuilder().addAttributesBuilder();
    attribute.setKey("waybill.run_id").getValueBuilder().setStringValue(run);
    return request.build().toByteString();
  }

  private HttpResponse<String> post(String path, String type, String encoding, ByteString body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(receiver.url() + path))
            .header("Content-Type", type)
            .POST(BodyPublishers.ofByteArray(body.toByteArray()));
    if (!encoding.isEmpty()) {
      request.header("Content-Encoding", encoding);
    }
    return HttpEndpoint.client().send(request.build(), BodyHandlers.ofString());
  }
}
