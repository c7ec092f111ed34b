package dev.waybill.gluetracing.internal.spark;

import java.util.Arrays;
import org.apache.spark.Success$;
import org.apache.spark.TaskCommitDenied;
import org.apache.spark.TaskEndReason;
import org.apache.spark.TaskKilled;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.TaskInfo;

/**
 * What only a stage's tasks can tell: how many failed, the largest memory peak, and how even their
 * times are.
 */
final class TaskFigures {

  /** Durations kept of one stage, 8 bytes each: a stage can have a million tasks. */
  private static final int DURATIONS_KEPT = 10_000;

  private long[] durations = new long[16];
  private int kept;
  private boolean sampled;
  private long failed;
  private long peakMemory;

  /** A task that Spark ended itself, for another attempt was faster, is none that failed. */
  void add(TaskInfo info, TaskMetrics metrics, TaskEndReason reason) {
    if (!(reason instanceof Success$)) {
      failed += reason instanceof TaskKilled || reason instanceof TaskCommitDenied ? 0 : 1;
      return;
    }
    if (metrics != null) {
      peakMemory = Math.max(peakMemory, metrics.peakExecutionMemory());
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
    long[] sorted = Arrays.copyOf(durations, kept);
    Arrays.sort(sorted);
    if (kept == 0 || sorted[kept / 2] == 0) {
      return 1;
    }
    return Math.round(100.0 * sorted[kept - 1] / sorted[kept / 2]) / 100.0;
  }
}
