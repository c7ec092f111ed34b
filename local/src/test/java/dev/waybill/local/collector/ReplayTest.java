package dev.waybill.local.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.waybill.gluetracing.OtlpEndpoint;
import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.collector.OtlpReceiver.Signal;
import dev.waybill.local.collector.Replay.Sent;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {

  @TempDir private Path folder;
  private final List<String> taken = Collections.synchronizedList(new ArrayList<>());
  private volatile int takesUpTo = Integer.MAX_VALUE;
  private HttpEndpoint collector;

  @BeforeEach
  void start() {
    collector = HttpEndpoint.start("collector", HttpEndpoint.LOOPBACK, this::take);
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  @Test
  void sendsEverySignalBelowAFolderToItsPath() throws Exception {
    write("run/traces.jsonl", "{\"resourceSpans\":[1]}", "{\"resourceSpans\":[2]}");
    write("run/logs.jsonl", "{\"resourceLogs\":[3]}");
    write("metrics.jsonl", "{\"resourceMetrics\":[4]}");
    write("run/segments.jsonl", "{}");

    assertThat(replay()).isEqualTo(new Sent(3, 4, 0));
    assertThat(taken)
        .containsExactlyInAnyOrder(
            "/v1/traces application/json {\"resourceSpans\":[1]}",
            "/v1/traces application/json {\"resourceSpans\":[2]}",
            "/v1/logs application/json {\"resourceLogs\":[3]}",
            "/v1/metrics application/json {\"resourceMetrics\":[4]}");
  }

  @Test
  void goesOnWhereItStoppedAndSendsNothingTwice() throws Exception {
    write("traces.jsonl", "{\"resourceSpans\":[1]}", "{\"resourceSpans\":[2]}");
    takesUpTo = 1;

    assertThatThrownBy(this::replay)
        .hasMessageContaining(
            "did not take %s:2 (status 503 full); it took 1 requests before"
                .formatted(folder.resolve("traces.jsonl")));
    takesUpTo = 2;
    assertThat(replay()).isEqualTo(new Sent(1, 1, 1));
    assertThat(replay()).isEqualTo(new Sent(1, 0, 2));
    assertThat(taken).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void saysThatTheCollectorIsNotThere() throws Exception {
    write("traces.jsonl", "{\"resourceSpans\":[1]}");
    collector.close();

    assertThatThrownBy(this::replay)
        .hasMessageStartingWith("the collector at " + collector.url() + " did not take");
  }

  @Test
  void refusesWhatIsNoTelemetry() throws Exception {
    assertThatThrownBy(this::replay)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("no telemetry in " + folder);
    assertThatThrownBy(() -> new Replay(endpoint(collector.url())).send(folder.resolve("nowhere")))
        .hasMessage("no such file or folder: " + folder.resolve("nowhere"));
    assertThatThrownBy(() -> endpoint("localhost:4318"))
        .hasMessage(
            "--otlp-endpoint is 'localhost:4318'; it must be an http or https URL such as http://localhost:4318");
    write("logs.jsonl", "half a li");
    assertThatThrownBy(this::replay)
        .hasMessage(folder.resolve("logs.jsonl") + ":1 is no OTLP export request of logs");
  }

  @Test
  void theReceiverKnowsWhatTheRealCollectorTook() throws Exception {
    List<String> warnings = Collections.synchronizedList(new ArrayList<>());
    takesUpTo = 1;
    try (OtlpReceiver receiver =
        OtlpReceiver.start(endpoint(collector.url() + "/"), warnings::add)) {
      receiver.take(Signal.TRACES, request());
      assertThat(receiver.passedOn("run-1", Signal.TRACES)).containsExactly(0);
      receiver.take(Signal.TRACES, request());
      assertThat(receiver.passedOn("run-1", Signal.TRACES)).containsExactly(0);
      Path file = folder.resolve("traces.jsonl");
      Files.write(
          file, receiver.ofRun("run-1", Signal.TRACES).stream().map(Object::toString).toList());
      Replay.noteSent(file, receiver.backend(), receiver.passedOn("run-1", Signal.TRACES));
    }
    takesUpTo = 2;

    assertThat(replay()).isEqualTo(new Sent(1, 1, 1));
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("status 503", "waybill replay RUN_FOLDER --otlp-endpoint " + collector.url());
  }

  @Test
  void aPasswordInTheAddressIsSentAsTheHeaderThatItMeansAndWrittenNowhere() throws Exception {
    List<String> headers = Collections.synchronizedList(new ArrayList<>());
    List<String> warnings = Collections.synchronizedList(new ArrayList<>());
    try (HttpEndpoint asking =
        HttpEndpoint.start(
            "collector",
            HttpEndpoint.LOOPBACK,
            exchange -> {
              headers.add(exchange.getRequestHeaders().getFirst("Authorization"));
              HttpEndpoint.answer(
                  exchange, headers.size() == 2 ? 503 : 200, "text/plain", new byte[0]);
            })) {
      OtlpEndpoint secret = endpoint("http://me:s3cret@" + asking.address());
      write("traces.jsonl", "{\"resourceSpans\":[1]}");

      assertThat(new Replay(secret).send(folder)).isEqualTo(new Sent(1, 1, 0));
      try (OtlpReceiver receiver = OtlpReceiver.start(secret, warnings::add)) {
        receiver.take(Signal.TRACES, request());
        assertThat(receiver.passedOn("run-1", Signal.TRACES)).isEmpty();
      }
    }

    assertThat(headers).containsExactly("Basic bWU6czNjcmV0", "Basic bWU6czNjcmV0");
    assertThat(warnings).singleElement().asString().contains("status 503").doesNotContain("s3cret");
    assertThat(Files.readString(folder.resolve("traces.jsonl.sent")))
        .startsWith("http://127.0.0.1:")
        .doesNotContain("s3cret");
  }

  private static OtlpEndpoint endpoint(String url) {
    return OtlpEndpoint.parse("--otlp-endpoint", url);
  }

  private Sent replay() throws InterruptedException {
    return new Replay(endpoint(collector.url())).send(folder);
  }

  private void write(String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, List.of(lines));
  }

  private void take(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (taken.size() >= takesUpTo) {
      HttpEndpoint.answer(exchange, 503, "text/plain", "full");
      return;
    }
    taken.add(
        "%s %s %s"
            .formatted(
                exchange.getRequestURI(),
                exchange.getRequestHeaders().getFirst("Content-Type"),
                body));
    HttpEndpoint.answer(exchange, 200, "application/json", "{}");
  }

  private static ExportTraceServiceRequest request() {
    ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
    request
        .addResourceSpansBuilder()
        .getResourceBuilder()
        .addAttributes(
            KeyValue.newBuilder()
                .setKey("waybill.run_id")
                .setValue(AnyValue.newBuilder().setStringValue("run-1")));
    return request.build();
  }
}
