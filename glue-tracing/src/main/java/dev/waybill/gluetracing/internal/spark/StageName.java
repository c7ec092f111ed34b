package dev.waybill.gluetracing.internal.spark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.scheduler.StageInfo;
import org.apache.spark.storage.RDDInfo;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What a stage does, for its span's name, such as {@code exchange, sort, window, write parquet}.
 *
 * @param operators those that made its RDDs, in the order of the work
 * @param metrics the accumulators that its tasks added to
 * @param callSite where in the code it began, such as {@code count at Job.java:12}
 * @param shuffles whether another stage reads what it makes
 */
record StageName(List<String> operators, Set<Long> metrics, String callSite, boolean shuffles) {

  private static final Pattern CALL_SITE = Pattern.compile("(\\w+) at (\\S+):([1-9]\\d*)");

  /** In place of a stage of which nothing is known. */
  private static final String UNKNOWN = "spark stage";

  /** Where in the code something began. */
  record Place(String file, long line) {}

  static StageName of(StageInfo info) {
    Set<Long> metrics = new TreeSet<>();
    CollectionConverters.asJava(info.accumulables().keySet()).forEach(id -> metrics.add((Long) id));
    return new StageName(
        CollectionConverters.asJava(info.rddInfos()).stream()
            .sorted(Comparator.comparingInt(RDDInfo::id))
            .filter(rdd -> rdd.scope().isDefined())
            .map(rdd -> rdd.scope().get().name())
            .toList(),
        metrics,
        info.name(),
        info.shuffleDepId().isDefined());
  }

  /**
   * As the span's name.
   *
   * @param execution the SQL execution that it is part of, or null
   */
  String text(SqlExecution execution) {
    List<String> words = new ArrayList<>();
    for (String operator : operators) {
      words.addAll(
          execution == null
              ? List.of(Operators.word(operator))
              : execution.words(operator, metrics));
    }
    if (shuffles) {
      words.add("exchange");
    } else if (execution == null) {
      words.add(action());
    }
    String text = Operators.joined(words);
    return text.isEmpty() ? UNKNOWN : text;
  }

  /** The line of the job that it comes from, or null where that is Spark's own. */
  Place place(SqlExecution execution) {
    Matcher site = CALL_SITE.matcher(execution == null ? callSite : execution.callSite());
    return site.matches() && !site.group(2).equals("CompletableFuture.java")
        ? new Place(site.group(2), Long.parseLong(site.group(3)))
        : null;
  }

  /** What was called on an RDD; the methods inside Spark say no more than the RDD's own do. */
  private String action() {
    Matcher site = CALL_SITE.matcher(callSite);
    return site.matches() && !site.group(1).equals("runJob") ? Operators.spaced(site.group(1)) : "";
  }
}
