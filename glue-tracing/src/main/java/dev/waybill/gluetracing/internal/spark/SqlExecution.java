package dev.waybill.gluetracing.internal.spark;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.catalyst.QueryPlanningTracker;
import org.apache.spark.sql.catalyst.QueryPlanningTracker.PhaseSummary;
import org.apache.spark.sql.execution.SparkPlanInfo;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart;
import scala.jdk.javaapi.CollectionConverters;

/** What is kept of a SQL execution: what its generated code does, and when it was planned. */
final class SqlExecution {

  /** A generated operator's node is named so, with a number. */
  private static final String CODEGEN = "WholeStageCodegen";

  /** {@code …/p, false, [k#3L], Parquet, [path=…]}: the format stands before the options. */
  private static final Pattern FORMAT = Pattern.compile("(?:true|false|]|\\)), (\\w+), \\[");

  /** A query that was analyzed this much earlier was described then, and is planned only now. */
  private static final Duration ONE_PLANNING = Duration.ofMillis(100);

  private final String callSite;
  private final Instant start;
  private final Map<String, List<Cluster>> clusters = new HashMap<>();
  private Optional<String> written = Optional.empty();
  private Instant planning;
  private Instant end;

  /** Operators that became one function, and the metrics by which a stage is known to run it. */
  private record Cluster(List<Long> metrics, List<String> words) {}

  private SqlExecution(String callSite, Instant start) {
    this.callSite = callSite;
    this.start = start;
  }

  static SqlExecution of(SparkListenerSQLExecutionStart event) {
    SqlExecution execution =
        new SqlExecution(event.description(), Instant.ofEpochMilli(event.time()));
    execution.add(event.sparkPlanInfo());
    return execution;
  }

  /** Adds a plan, whole or new in part: adaptive execution makes it stage by stage. */
  void add(SparkPlanInfo node) {
    if (node.nodeName().startsWith(CODEGEN)) {
      List<String> words = new ArrayList<>();
      children(node).forEach(child -> addWords(child, words));
      List<Long> metrics =
          CollectionConverters.asJava(node.metrics()).stream()
              .map(metric -> metric.accumulatorId())
              .toList();
      Cluster cluster = new Cluster(metrics, words);
      List<Cluster> known = clusters.computeIfAbsent(node.nodeName(), name -> new ArrayList<>());
      if (!known.contains(cluster)) {
        known.add(cluster);
      }
    }
    if (Operators.word(node.nodeName()).equals("write") && !node.nodeName().equals("WriteFiles")) {
      written = Optional.of(written.filter(is -> !is.isEmpty()).orElseGet(() -> format(node)));
    }
    children(node).forEach(this::add);
  }

  void end(SparkListenerSQLExecutionEnd event) {
    end = Instant.ofEpochMilli(event.time());
    if (event.qe() != null) {
      planning = planning(event.qe().tracker()).orElse(start);
    }
  }

  /** The words of a stage's operator. */
  List<String> words(String operator, java.util.Set<Long> metricsOfStage) {
    List<Cluster> found = clusters.getOrDefault(operator, List.of());
    if (!found.isEmpty()) {
      // Subqueries number their generated functions themselves.
      return found.stream()
          .filter(cluster -> cluster.metrics.stream().anyMatch(metricsOfStage::contains))
          .findFirst()
          .orElse(found.get(found.size() - 1))
          .words;
    }
    String word = Operators.word(operator);
    return List.of(word.equals("write") ? ("write " + written.orElse("")).strip() : word);
  }

  /** Where in the job's code it began, for example {@code parquet at Output.java:33}. */
  String callSite() {
    return callSite;
  }

  /** When Spark began to plan it. */
  Instant planning() {
    return planning == null ? start : planning;
  }

  /** When it ended, or null. */
  Instant end() {
    return end;
  }

  boolean writes() {
    return written.isPresent();
  }

  private static Optional<Instant> planning(QueryPlanningTracker tracker) {
    Map<String, PhaseSummary> phases = CollectionConverters.asJava(tracker.phases());
    Optional<Instant> planned =
        phases.entrySet().stream()
            .filter(phase -> !phase.getKey().equals(QueryPlanningTracker.ANALYSIS()))
            .map(phase -> Instant.ofEpochMilli(phase.getValue().startTimeMs()))
            .min(Comparator.naturalOrder());
    PhaseSummary analysis = phases.get(QueryPlanningTracker.ANALYSIS());
    return planned.map(
        time ->
            analysis != null
                    && Instant.ofEpochMilli(analysis.endTimeMs()).plus(ONE_PLANNING).isAfter(time)
                ? Instant.ofEpochMilli(Math.min(analysis.startTimeMs(), time.toEpochMilli()))
                : time);
  }

  /** Below an InputAdapter is another function, or none. */
  private static void addWords(SparkPlanInfo node, List<String> words) {
    if (!node.nodeName().equals("InputAdapter")) {
      children(node).forEach(child -> addWords(child, words));
      words.add(Operators.word(node.nodeName()));
    }
  }

  private static String format(SparkPlanInfo node) {
    Matcher found = FORMAT.matcher(node.simpleString());
    return found.find() ? found.group(1).toLowerCase(java.util.Locale.ROOT) : "";
  }

  private static List<SparkPlanInfo> children(SparkPlanInfo node) {
    return CollectionConverters.asJava(node.children());
  }
}
