package dev.waybill.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A process of the Prometheus in {@code WAYBILL_QUERIES}, started as in LGTM's image, with the
 * configuration and the further arguments of the local profile.
 *
 * @see <a href="https://prometheus.io/docs/prometheus/latest/querying/api/">Its HTTP API</a>
 */
final class RealPrometheus implements AutoCloseable {

  private static final Path ROOT = Path.of(System.getProperty("waybill.root"));
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final Process process;
  private final String url;

  private RealPrometheus(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  /**
   * A series of an answer.
   *
   * @param values by their time, seconds since the epoch; of an instant query one
   */
  record Series(Map<String, String> labels, TreeMap<Double, Double> values) {

    double sum() {
      return values.values().stream().mapToDouble(Double::doubleValue).sum();
    }
  }

  /**
   * Starts it and waits until it says that it is ready.
   *
   * @param data a folder for its data
   */
  static RealPrometheus start(Path data) throws IOException, InterruptedException {
    int port = RealCollector.freePort();
    List<String> command = new ArrayList<>();
    command.add(System.getenv("WAYBILL_QUERIES") + "/prometheus");
    command.addAll(
        List.of(
            "--config.file=" + ROOT.resolve("grafana/prometheus.yaml"),
            "--storage.tsdb.path=" + data,
            "--web.listen-address=127.0.0.1:" + port,
            "--web.enable-remote-write-receiver",
            "--web.enable-otlp-receiver",
            "--enable-feature=exemplar-storage"));
    Matcher further =
        Pattern.compile("PROMETHEUS_EXTRA_ARGS: (.+)")
            .matcher(Files.readString(ROOT.resolve("compose.yaml")));
    if (further.find()) {
      command.addAll(List.of(further.group(1).split(" ")));
    }
    Path log = ROOT.resolve("local/target/prometheus.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    String url = "http://127.0.0.1:" + port;
    RealCollector.awaitHealth(process, url + "/-/ready", log);
    return new RealPrometheus(process, url);
  }

  String url() {
    return url;
  }

  /** As Grafana asks for one value. */
  List<Series> at(Instant time, String expression) throws IOException, InterruptedException {
    return series(get("query", Map.of("query", expression, "time", String.valueOf(seconds(time)))));
  }

  /** As Grafana asks for a line. */
  List<Series> range(Instant from, Instant to, Duration step, String expression)
      throws IOException, InterruptedException {
    return series(
        get(
            "query_range",
            Map.of(
                "query", expression,
                "start", String.valueOf(seconds(from)),
                "end", String.valueOf(seconds(to)),
                "step", String.valueOf(step.toSeconds()))));
  }

  /** The trace ids of a metric's exemplars. */
  Set<String> exemplars(Instant from, Instant to, String expression)
      throws IOException, InterruptedException {
    return get(
            "query_exemplars",
            Map.of(
                "query", expression,
                "start", String.valueOf(seconds(from)),
                "end", String.valueOf(seconds(to))))
        .findValuesAsText("trace_id")
        .stream()
        .collect(Collectors.toSet());
  }

  /** The names of all metrics, or of all labels. */
  Set<String> names(String path) throws IOException, InterruptedException {
    return get(path, Map.of()).valueStream().map(JsonNode::asText).collect(Collectors.toSet());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private JsonNode get(String path, Map<String, String> parameters)
      throws IOException, InterruptedException {
    String query =
        parameters.entrySet().stream()
            .map(
                each ->
                    each.getKey()
                        + "="
                        + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    JsonNode answer =
        Json.parse(
            CLIENT
                .send(
                    HttpRequest.newBuilder(URI.create(url + "/api/v1/" + path + "?" + query))
                        .build(),
                    HttpResponse.BodyHandlers.ofString())
                .body());
    if (!answer.path("status").asText().equals("success") || answer.has("warnings")) {
      throw new AssertionError(parameters + ": " + answer);
    }
    return answer.path("data");
  }

  private static List<Series> series(JsonNode data) {
    List<Series> all = new ArrayList<>();
    for (JsonNode result : data.path("result")) {
      Map<String, String> labels = new TreeMap<>();
      result
          .path("metric")
          .properties()
          .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
      TreeMap<Double, Double> values = new TreeMap<>();
      List<JsonNode> points =
          result.has("value") ? List.of(result.path("value")) : list(result.path("values"));
      points.forEach(
          point ->
              values.put(point.path(0).asDouble(), Double.parseDouble(point.path(1).asText())));
      all.add(new Series(labels, values));
    }
    return all;
  }

  private static List<JsonNode> list(JsonNode array) {
    return array.valueStream().toList();
  }

  private static double seconds(Instant time) {
    return time.toEpochMilli() / 1e3;
  }
}
