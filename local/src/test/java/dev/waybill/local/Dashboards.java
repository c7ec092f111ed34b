package dev.waybill.local;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.OtlpSink.Metric;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The dashboards of {@code grafana/}, and what Prometheus' parser and Grafana's grammars of Loki's
 * and Tempo's languages find in their queries: {@code .ci/queries} builds those, and {@code
 * WAYBILL_QUERIES} names the folder that has them.
 */
final class Dashboards {

  /** What stands in a query where Grafana puts a value. */
  private static final Map<String, String> VARIABLES =
      Map.of(
          "$__rate_interval", "1m",
          "$__interval_ms", "60000",
          "$__interval", "1m",
          "$__range", "1h",
          "$last_job", "process-listings",
          "$run", ".*");

  /** What Prometheus adds of its own to what came. */
  private static final Set<String> PROMETHEUS = Set.of("job", "instance", "le");

  /** What Loki adds of its own. */
  private static final Set<String> LOKI = Set.of("trace_id", "span_id");

  private static final String TARGET_INFO = "target_info";

  private final List<Query> queries = new ArrayList<>();

  private Dashboards() {}

  /**
   * A panel's query.
   *
   * @param language promql, logql or traceql
   */
  record Query(String panel, String language, String expression) {}

  /** What arrived, by the names that queries have for it. */
  record Names(
      Set<String> metrics,
      Set<String> metricLabels,
      Set<String> logLabels,
      Set<String> attributes) {}

  static Dashboards of(Path folder) throws IOException {
    Dashboards dashboards = new Dashboards();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        JsonNode dashboard = Json.parse(Files.readString(file));
        for (JsonNode panel : dashboard.path("panels")) {
          for (JsonNode target : panel.path("targets")) {
            dashboards.add(
                dashboard.path("title").asText() + ": " + panel.path("title").asText(), target);
          }
        }
      }
    }
    return dashboards;
  }

  List<Query> queries() {
    return queries;
  }

  /** What is wrong with the queries: those that don't parse, and names that nothing has. */
  List<String> unknown(Names names) throws IOException {
    List<String> unknown = new ArrayList<>();
    Map<Query, JsonNode> answers = new LinkedHashMap<>();
    answers.putAll(parsed("queries", query -> query.language().equals("promql")));
    answers.putAll(parsed("grammars.js", query -> !query.language().equals("promql")));
    for (Query query : queries) {
      JsonNode answer = answers.get(query);
      if (answer.hasNonNull("error")) {
        unknown.add(query + ": " + answer.path("error").asText());
        continue;
      }
      Set<String> labels = new HashSet<>(labelsOf(query.language(), names));
      answer
          .path("metrics")
          .forEach(name -> report(name.asText(), names.metrics(), query, unknown));
      answer.path("labels").forEach(name -> report(name.asText(), labels, query, unknown));
    }
    return unknown;
  }

  private Map<Query, JsonNode> parsed(String program, Predicate<Query> which) throws IOException {
    List<Query> asked = queries.stream().filter(which).toList();
    List<JsonNode> answers =
        ask(
            program,
            asked.stream()
                .map(query -> line(query.language(), query.expression(), "", ""))
                .toList());
    Map<Query, JsonNode> parsed = new LinkedHashMap<>();
    for (int i = 0; i < asked.size(); i++) {
      parsed.put(asked.get(i), answers.get(i));
    }
    return parsed;
  }

  /** What Prometheus calls what came. */
  Set<String> prometheusNames(List<Metric> metrics) throws IOException {
    Set<String> names = new HashSet<>(Set.of(TARGET_INFO));
    List<Metric> distinct =
        metrics.stream()
            .map(m -> new Metric(m.name(), m.unit(), m.type(), 0, Map.of(), Map.of()))
            .distinct()
            .toList();
    List<JsonNode> answers =
        ask(
            "queries",
            distinct.stream().map(m -> line("metric", m.name(), m.unit(), m.type())).toList());
    for (int i = 0; i < distinct.size(); i++) {
      String name = answers.get(i).path("metrics").path(0).asText();
      if (distinct.get(i).type().equals("histogram")) {
        names.addAll(List.of(name + "_bucket", name + "_sum", name + "_count"));
      } else {
        names.add(name);
      }
    }
    return names;
  }

  /** The components that an Alloy configuration names, by Alloy's own parser. */
  static List<String> alloy(String configuration) throws IOException {
    JsonNode answer = ask("queries", List.of(line("alloy", configuration, "", ""))).get(0);
    if (answer.hasNonNull("error")) {
      throw new IllegalArgumentException(answer.path("error").asText());
    }
    List<String> components = new ArrayList<>();
    answer.path("labels").forEach(name -> components.add(name.asText()));
    return components;
  }

  private void add(String panel, JsonNode target) {
    String expression = target.path("expr").asText(target.path("query").asText());
    if (expression.equals("$trace")) {
      return;
    }
    for (String name :
        VARIABLES.keySet().stream().sorted((a, b) -> b.length() - a.length()).toList()) {
      expression = expression.replace(name, VARIABLES.get(name));
    }
    expression = expression.replace("$trace", "01".repeat(16));
    String language =
        Map.of("prometheus", "promql", "loki", "logql", "tempo", "traceql")
            .get(target.path("datasource").path("type").asText());
    queries.add(new Query(panel, language, expression));
  }

  private static Set<String> labelsOf(String language, Names names) {
    Set<String> labels = new HashSet<>();
    switch (language) {
      case "promql" -> {
        labels.addAll(names.metricLabels());
        labels.addAll(PROMETHEUS);
      }
      case "logql" -> {
        labels.addAll(names.logLabels());
        labels.addAll(LOKI);
      }
      default -> labels.addAll(names.attributes());
    }
    return labels;
  }

  private static void report(String name, Set<String> known, Query query, List<String> unknown) {
    if (!known.contains(name)) {
      unknown.add(query.panel() + ": nothing has " + name + ": " + query.expression());
    }
  }

  private static String line(String language, String expression, String unit, String type) {
    return Json.object()
        .put("language", language)
        .put("expression", expression)
        .put("unit", unit)
        .put("type", type)
        .toString();
  }

  private static List<JsonNode> ask(String program, List<String> lines) throws IOException {
    Process process =
        new ProcessBuilder(System.getenv("WAYBILL_QUERIES") + "/" + program)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Thread writer =
        new Thread(
            () -> {
              try (Writer out = process.outputWriter()) {
                out.write(String.join("\n", lines) + "\n");
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    writer.start();
    try (BufferedReader answers = process.inputReader()) {
      return answers.lines().map(Json::parse).toList();
    }
  }
}
