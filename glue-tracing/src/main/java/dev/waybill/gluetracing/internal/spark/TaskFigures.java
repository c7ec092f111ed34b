package dev.waybill.gluetracing.internal.spark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.Success$;
import org.apache.spark.TaskCommitDenied;
import org.apache.spark.TaskEndReason;
import org.apache.spark.TaskKilled;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.TaskInfo;

/**
 * What only a stage's tasks can tell: how many failed, the largest memory peak, how even their
 * times are, and which of them stand out.
 */
final class TaskFigures {

  /** Durations kept of one stage, 8 bytes each: a stage can have a million tasks. */
  private static final int DURATIONS_KEPT = 10_000;

  /** Of a stage, those that failed first and those that took longest. */
  private static final int TASKS_KEPT = 3;

  /** A slow task took longer than so many of the median. */
  private static final int TIMES_THE_MEDIAN = 3;

  /** A slow task took longer than this. */
  private static final Duration SLOW = Duration.ofSeconds(1);

  private long[] durations = new long[16];
  private int kept;
  private boolean sampled;
  private long failed;
  private long peakMemory;
  private final List<SparkTask> failures = new ArrayList<>();
  private final List<SparkTask> longest = new ArrayList<>();

  /** A task that Spark ended itself, for another attempt was faster, is none that failed. */
  void add(TaskInfo info, TaskMetrics metrics, TaskEndReason reason) {
    if (!(reason instanceof Success$)) {
      if (!(reason instanceof TaskKilled || reason instanceof TaskCommitDenied)) {
        failed++;
        if (failures.size() < TASKS_KEPT) {
          failures.add(SparkTask.of(info, metrics, reason));
        }
      }
      return;
    }
    if (metrics != null) {
      peakMemory = Math.max(peakMemory, metrics.peakExecutionMemory());
    }
    if (info.duration() > SLOW.toMillis()) {
      longest.add(SparkTask.of(info, metrics, reason));
      longest.sort(Comparator.comparing(SparkTask::took).reversed());
      longest.subList(Math.min(TASKS_KEPT, longest.size()), longest.size()).clear();
    }
    if (kept == DURATIONS_KEPT) {
      sampled = true;
      return;
    }
    if (kept == durations.length) {
      durations = Arrays.copyOf(durations, Math.min(2 * kept, DURATIONS_KEPT));
    }
    durations[kept++] = info.duration();
  }

  long failed() {
    return failed;
  }

  long peakMemory() {
    return peakMemory;
  }

  boolean sampled() {
    return sampled;
  }

  /** The slowest task's time over the median's; 1 where there are no times to compare. */
  double skew() {
    long median = median();
    return median == 0
        ? 1
        : Math.round(100.0 * Arrays.stream(durations, 0, kept).max().orElse(0) / median) / 100.0;
  }

  /** Those that failed, first, and those that took much longer than the others. */
  List<SparkTask> standingOut() {
    long bound = TIMES_THE_MEDIAN * median();
    return Stream.concat(
            failures.stream(), longest.stream().filter(task -> task.took().toMillis() > bound))
        .limit(TASKS_KEPT)
        .toList();
  }

  /** The lower one of an even number, or two tasks would never be uneven. */
  private long median() {
    long[] sorted = Arrays.copyOf(durations, kept);
    Arrays.sort(sorted);
    return kept == 0 ? 0 : sorted[(kept - 1) / 2];
  }
}
