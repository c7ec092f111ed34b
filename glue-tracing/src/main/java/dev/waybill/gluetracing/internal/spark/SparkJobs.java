package dev.waybill.gluetracing.internal.spark;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The newest Spark jobs, and those that are still needed. Not safe for use by several threads. */
final class SparkJobs {

  private static final int KEPT = 1_000;

  private final Map<Integer, SparkJob> byId = new HashMap<>();

  void add(SparkJob job) {
    byId.put(job.id(), job);
  }

  /** A job, or null. */
  SparkJob of(int id) {
    return byId.get(id);
  }

  /** Those that have ended, in the order in which they began. */
  List<SparkJob> ended() {
    return byId.values().stream()
        .filter(job -> job.end() != null)
        .sorted(Comparator.comparingInt(SparkJob::id))
        .toList();
  }

  boolean areTooMany() {
    return byId.size() > KEPT;
  }

  /**
   * Forgets the oldest ones, all of a SQL execution together; gives them in order.
   *
   * @param needed whose executions stay
   * @param over whether a job's execution has ended
   */
  List<SparkJob> forget(Set<SparkJob> needed, Predicate<SparkJob> over) {
    Set<String> staying =
        byId.values().stream()
            .filter(job -> needed.contains(job) || job.end() == null || !over.test(job))
            .map(SparkJob::sqlExecution)
            .collect(Collectors.toSet());
    Set<String> going =
        ended().stream()
            .map(SparkJob::sqlExecution)
            .filter(execution -> !staying.contains(execution))
            .limit(KEPT / 2)
            .collect(Collectors.toSet());
    List<SparkJob> forgotten =
        ended().stream().filter(job -> going.contains(job.sqlExecution())).toList();
    forgotten.forEach(job -> byId.remove(job.id()));
    if (byId.size() > 2 * KEPT) {
      // One execution has that many, and is too large to be kept whole.
      byId.values().removeIf(job -> job.end() != null && !needed.contains(job));
    }
    return forgotten;
  }
}
