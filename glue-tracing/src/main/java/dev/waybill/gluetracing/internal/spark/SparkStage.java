package dev.waybill.gluetracing.internal.spark;

import dev.waybill.gluetracing.internal.trace.ErrorText;
import dev.waybill.gluetracing.internal.trace.Outcome;
import dev.waybill.gluetracing.internal.trace.SparkAttributes;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.StageInfo;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A Spark stage that has ended.
 *
 * @param error the first line of why it failed, or null
 * @param name what it does
 * @param tasks those that failed or were slow
 * @param read how many rows it read from outside Spark, where it did so from one source
 * @param figures its span's attributes
 */
record SparkStage(
    SparkJob job,
    int id,
    int attempt,
    Instant start,
    Instant end,
    String error,
    StageName name,
    List<SparkTask> tasks,
    OptionalLong read,
    Attributes figures) {

  static SparkStage of(SparkJob job, StageInfo info, TaskFigures tasks) {
    return new SparkStage(
        job,
        info.stageId(),
        info.attemptNumber(),
        Instant.ofEpochMilli((Long) info.submissionTime().get()),
        Instant.ofEpochMilli((Long) info.completionTime().get()),
        info.failureReason().isEmpty() ? null : ErrorText.firstLine(info.failureReason().get()),
        StageName.of(info),
        tasks.standingOut(),
        read(info),
        figures(job, info, tasks));
  }

  Duration duration() {
    return Duration.between(start, end);
  }

  boolean failed() {
    return error != null;
  }

  /** Whether it or a task of it failed. */
  boolean hasFailures() {
    return failed() || tasks.stream().anyMatch(task -> task.outcome().failed());
  }

  /** How it ended, with the type of its tasks' error. */
  Outcome outcome() {
    if (!failed()) {
      return Outcome.OK;
    }
    return tasks.stream()
        .map(SparkTask::outcome)
        .filter(Outcome::failed)
        .map(failure -> Outcome.failed(error, failure.type()))
        .findFirst()
        .orElseGet(() -> Outcome.failed(error));
  }

  private static Attributes figures(SparkJob job, StageInfo info, TaskFigures tasks) {
    TaskMetrics metrics = info.taskMetrics();
    AttributesBuilder figures =
        Attributes.builder()
            .put(SparkAttributes.JOB_ID, (long) job.id())
            .put(SparkAttributes.STAGE_ID, (long) info.stageId())
            .put(SparkAttributes.STAGE_ATTEMPT, (long) info.attemptNumber())
            .put(SparkAttributes.STAGE_TASKS, (long) info.numTasks())
            .put(SparkAttributes.STAGE_TASKS_FAILED, tasks.failed())
            .put(SparkAttributes.STAGE_PEAK_MEMORY_BYTES, tasks.peakMemory())
            .put(SparkAttributes.STAGE_SKEW, tasks.skew());
    if (tasks.sampled()) {
      figures.put(SparkAttributes.STAGE_SKEW_SAMPLED, true);
    }
    if (metrics != null) {
      figures
          .put(SparkAttributes.STAGE_INPUT_ROWS, metrics.inputMetrics().recordsRead())
          .put(SparkAttributes.STAGE_INPUT_BYTES, metrics.inputMetrics().bytesRead())
          .put(SparkAttributes.STAGE_OUTPUT_ROWS, metrics.outputMetrics().recordsWritten())
          .put(SparkAttributes.STAGE_OUTPUT_BYTES, metrics.outputMetrics().bytesWritten())
          .put(
              SparkAttributes.STAGE_SHUFFLE_READ_BYTES,
              metrics.shuffleReadMetrics().totalBytesRead())
          .put(
              SparkAttributes.STAGE_SHUFFLE_WRITE_BYTES,
              metrics.shuffleWriteMetrics().bytesWritten())
          .put(SparkAttributes.STAGE_SPILL_MEMORY_BYTES, metrics.memoryBytesSpilled())
          .put(SparkAttributes.STAGE_SPILL_DISK_BYTES, metrics.diskBytesSpilled())
          .put(SparkAttributes.STAGE_RUN_TIME, metrics.executorRunTime() / 1e3)
          .put(
              SparkAttributes.STAGE_CPU_TIME,
              metrics.executorCpuTime() / (double) TimeUnit.SECONDS.toNanos(1))
          .put(SparkAttributes.STAGE_GC_TIME, metrics.jvmGCTime() / 1e3);
    }
    return figures.build();
  }

  private static OptionalLong read(StageInfo info) {
    long sources =
        CollectionConverters.asJava(info.rddInfos()).stream()
            .filter(rdd -> rdd.parentIds().isEmpty())
            .count();
    return sources == 1 && info.taskMetrics() != null
        ? OptionalLong.of(info.taskMetrics().inputMetrics().recordsRead())
        : OptionalLong.empty();
  }
}
