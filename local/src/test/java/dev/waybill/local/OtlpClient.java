package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Sends telemetry as a job would, made up for a test. */
record OtlpClient(int port) {

  /** A resource with attributes of these names, and spans. */
  void spans(String resource, String... spans) throws IOException, InterruptedException {
    post("traces", "Spans", resource, "\"spans\": [%s]".formatted(String.join(", ", spans)));
  }

  void log(String resource) throws IOException, InterruptedException {
    post("logs", "Logs", resource, "\"logRecords\": [{\"body\": {\"stringValue\": \"x\"}}]");
  }

  void metric(String resource) throws IOException, InterruptedException {
    post(
        "metrics",
        "Metrics",
        resource,
        "\"metrics\": [{\"name\": \"x\", \"gauge\": {\"dataPoints\": [{\"asInt\": 1}]}}]");
  }

  /**
   * A span.
   *
   * @param id two hex digits, of which the ids of trace and span are made
   * @param seconds how long it took
   * @param more fields of the span in OTLP's JSON
   */
  static String span(String id, String name, int seconds, String more) {
    return """
        {"traceId": "%s", "spanId": "%s", "name": "%s", "kind": 2, %s
        "startTimeUnixNano": "1795132800000000000", "endTimeUnixNano": "%d000000000"}
        """
        .formatted(id.repeat(16), id.repeat(8), name, more, 1_795_132_800L + seconds);
  }

  /** Attributes of these names, each with a value. */
  static String attributes(String... names) {
    return Stream.of(names)
        .map(
            name ->
                "{\"key\": \"%s\", \"value\": {\"stringValue\": \"input/a.csv\"}}".formatted(name))
        .collect(Collectors.joining(", "));
  }

  private void post(String path, String kind, String resource, String items)
      throws IOException, InterruptedException {
    String json =
        """
        {"resource%s": [{"resource": {"attributes": [%s]}, "scope%s": [{%s}]}]}
        """
            .formatted(kind, resource, kind, items);
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:%d/v1/%s".formatted(port, path)))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(json))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }
}
