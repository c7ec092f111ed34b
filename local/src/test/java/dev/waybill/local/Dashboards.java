package dev.waybill.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The dashboards of {@code grafana/}, their queries as Grafana asks them, and what Prometheus'
 * parser and Grafana's grammars of Loki's and Tempo's languages find in them: {@code .ci/queries}
 * builds those, and {@code WAYBILL_QUERIES} names the folder that has them.
 */
final class Dashboards {

  /** The {@code timeInterval} of {@code grafana/datasources.yaml}: no step is shorter. */
  static final Duration SHORTEST_STEP = Duration.ofSeconds(5);

  /** What Prometheus adds of its own to what came. */
  private static final Set<String> PROMETHEUS = Set.of("job", "instance", "__name__");

  /** What Loki adds of its own. */
  private static final Set<String> LOKI = Set.of("trace_id", "span_id");

  /** What Grafana's table of spans has, whatever a query selects. */
  private static final Set<String> SPAN_TABLE =
      Set.of(
          "traceIdHidden",
          "traceService",
          "traceName",
          "spanID",
          "name",
          "trace:id",
          "status",
          "kind",
          "service.namespace");

  private final Map<String, JsonNode> panels = new HashMap<>();
  private final List<Query> queries = new ArrayList<>();

  private Dashboards() {}

  /**
   * A panel's query.
   *
   * @param panel its dashboard and title
   * @param language promql, logql or traceql
   * @param step the shortest time from one value to the next, where a query has several
   * @param instant whether it is asked for one value
   */
  record Query(String panel, String language, String expression, Duration step, boolean instant) {

    /**
     * With the values that Grafana puts in place of variables.
     *
     * @param range how much time the dashboard shows
     */
    String over(Duration range) {
      Map<String, String> values = new HashMap<>();
      values.put("$__range", range.toSeconds() + "s");
      values.put("$__interval", step.toSeconds() + "s");
      values.put("$__interval_ms", String.valueOf(step.toMillis()));
      values.put(
          "$__rate_interval",
          Math.max(4 * SHORTEST_STEP.toSeconds(), step.plus(SHORTEST_STEP).toSeconds()) + "s");
      values.put("$last_job", "process-listings");
      values.put("$trace", "01".repeat(16));
      values.put("$run", ".*");
      String text = expression;
      for (String name :
          values.keySet().stream()
              .sorted(Comparator.comparing(String::length).reversed())
              .toList()) {
        text = text.replace(name, values.get(name));
      }
      return text;
    }
  }

  /** What arrived, by the names that queries have for it. */
  record Names(
      Set<String> metrics,
      Set<String> metricLabels,
      Set<String> logLabels,
      Set<String> attributes) {

    private Set<String> in(String language) {
      Set<String> labels = new HashSet<>();
      switch (language) {
        case "promql" -> {
          labels.addAll(metricLabels);
          labels.addAll(PROMETHEUS);
        }
        case "logql" -> {
          labels.addAll(logLabels);
          labels.addAll(LOKI);
        }
        default -> labels.addAll(attributes);
      }
      return labels;
    }
  }

  static Dashboards of(Path folder) throws IOException {
    Dashboards dashboards = new Dashboards();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        JsonNode dashboard = Json.parse(Files.readString(file));
        for (JsonNode panel : dashboard.path("panels")) {
          dashboards.add(dashboard.path("title").asText(), panel);
        }
      }
    }
    return dashboards;
  }

  List<Query> queries() {
    return queries;
  }

  /** A panel's queries. */
  List<Query> queries(String dashboard, String panel) {
    return queries.stream()
        .filter(query -> query.panel().equals(dashboard + ": " + panel))
        .toList();
  }

  /** What is wrong with the queries: those that don't parse, and names that nothing has. */
  List<String> unknown(Names names) throws IOException {
    List<String> unknown = new ArrayList<>();
    parsed()
        .forEach(
            (query, answer) -> {
              if (answer.hasNonNull("error")) {
                unknown.add(query + ": " + answer.path("error").asText());
              }
              Set<String> labels = names.in(query.language());
              for (JsonNode name : answer.path("metrics")) {
                report(name.asText(), names.metrics(), query, unknown);
              }
              for (JsonNode name : answer.path("labels")) {
                report(name.asText(), labels, query, unknown);
              }
            });
    return unknown;
  }

  /**
   * What tables of spans do with columns that they don't have: name, or sort by them; and what they
   * hide of that which was asked for.
   */
  List<String> wrongColumns() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<Query, JsonNode> parsed : parsed().entrySet()) {
      JsonNode panel = panels.get(parsed.getKey().panel());
      if (panel.path("type").asText().equals("table")) {
        Set<String> selected = new HashSet<>();
        for (JsonNode field : parsed.getValue().path("selected")) {
          selected.add(field.asText().replaceFirst("^(span|resource)\\.", ""));
        }
        addWrongColumns(panel, selected, wrong);
      }
    }
    return wrong;
  }

  private static void addWrongColumns(JsonNode panel, Set<String> selected, List<String> wrong) {
    String title = panel.path("title").asText();
    Set<String> shown = new HashSet<>();
    for (JsonNode override : panel.at("/fieldConfig/overrides")) {
      String column = override.at("/matcher/options").asText();
      boolean byName = override.at("/matcher/id").asText().equals("byName");
      if (byName && !selected.contains(column) && !SPAN_TABLE.contains(column)) {
        wrong.add(title + ": nothing selects " + column);
      }
      for (JsonNode property : override.path("properties")) {
        if (property.path("id").asText().equals("displayName")) {
          shown.add(property.path("value").asText());
        } else if (property.path("id").asText().equals("custom.hidden")
            && property.path("value").asBoolean()
            && selected.contains(column)) {
          wrong.add(title + ": hides " + column);
        }
      }
    }
    for (JsonNode by : panel.at("/options/sortBy")) {
      report(by.path("displayName").asText(), shown, title, wrong);
    }
  }

  /** The components that an Alloy configuration names, by Alloy's own parser. */
  static List<String> alloy(String configuration) throws IOException {
    JsonNode answer = ask("queries", List.of(line("alloy", configuration))).get(0);
    if (answer.hasNonNull("error")) {
      throw new IllegalArgumentException(answer.path("error").asText());
    }
    return answer.path("labels").valueStream().map(JsonNode::asText).toList();
  }

  private void add(String dashboard, JsonNode panel) {
    String name = dashboard + ": " + panel.path("title").asText();
    panels.put(name, panel);
    Duration step =
        panel.has("interval")
            ? Duration.parse("PT" + panel.path("interval").asText())
            : SHORTEST_STEP;
    for (JsonNode target : panel.path("targets")) {
      String expression = target.path("expr").asText(target.path("query").asText());
      if (!expression.equals("$trace")) {
        queries.add(
            new Query(
                name,
                Map.of("prometheus", "promql", "loki", "logql", "tempo", "traceql")
                    .get(target.path("datasource").path("type").asText()),
                expression,
                step,
                target.path("instant").asBoolean()));
      }
    }
  }

  private static void report(String name, Set<String> known, Object where, List<String> unknown) {
    if (!known.contains(name)) {
      unknown.add("nothing has " + name + ": " + where);
    }
  }

  /** What the parsers find in each query. */
  private Map<Query, JsonNode> parsed() throws IOException {
    Map<Query, JsonNode> parsed = new LinkedHashMap<>();
    for (String program : List.of("queries", "grammars.js")) {
      List<Query> asked =
          queries.stream()
              .filter(query -> query.language().equals("promql") == program.equals("queries"))
              .toList();
      List<JsonNode> answers =
          ask(
              program,
              asked.stream()
                  .map(query -> line(query.language(), query.over(Duration.ofHours(1))))
                  .toList());
      for (int i = 0; i < asked.size(); i++) {
        parsed.put(asked.get(i), answers.get(i));
      }
    }
    return parsed;
  }

  private static String line(String language, String expression) {
    return Json.object().put("language", language).put("expression", expression).toString();
  }

  private static List<JsonNode> ask(String program, List<String> lines) throws IOException {
    Path questions = Files.createTempFile("questions", ".jsonl");
    Process process =
        new ProcessBuilder(System.getenv("WAYBILL_QUERIES") + "/" + program)
            .redirectInput(Files.write(questions, lines).toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader answers = process.inputReader()) {
      return answers.lines().map(Json::parse).toList();
    } finally {
      Files.delete(questions);
    }
  }
}
