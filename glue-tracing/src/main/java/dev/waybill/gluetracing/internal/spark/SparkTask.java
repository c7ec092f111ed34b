package dev.waybill.gluetracing.internal.spark;

import dev.waybill.gluetracing.internal.trace.ErrorText;
import dev.waybill.gluetracing.internal.trace.Outcome;
import dev.waybill.gluetracing.internal.trace.SparkAttributes;
import dev.waybill.gluetracing.internal.trace.WaybillAttributes;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.time.Duration;
import java.time.Instant;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.Success$;
import org.apache.spark.TaskEndReason;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.TaskInfo;

/** An attempt of a task that has ended, as the driver was told. */
record SparkTask(Instant start, Instant end, Attributes attributes, Outcome outcome) {

  /**
   * Takes what its span says.
   *
   * @param metrics may be null
   */
  static SparkTask of(TaskInfo info, TaskMetrics metrics, TaskEndReason reason) {
    AttributesBuilder attributes =
        Attributes.builder()
            .put(SparkAttributes.TASK_INDEX, (long) info.index())
            .put(SparkAttributes.TASK_ATTEMPT, (long) info.attemptNumber())
            .put(SparkAttributes.EXECUTOR_ID, info.executorId())
            .put(WaybillAttributes.HOST_NAME, info.host());
    if (metrics != null) {
      attributes.put(
          SparkAttributes.TASK_INPUT_ROWS,
          metrics.inputMetrics().recordsRead() + metrics.shuffleReadMetrics().recordsRead());
    }
    Instant start = Instant.ofEpochMilli(info.launchTime());
    return new SparkTask(
        start, start.plusMillis(info.duration()), attributes.build(), outcome(reason));
  }

  Duration took() {
    return Duration.between(start, end);
  }

  private static Outcome outcome(TaskEndReason reason) {
    if (reason instanceof Success$) {
      return Outcome.OK;
    }
    if (reason instanceof ExceptionFailure failure) {
      return Outcome.failed(
          ErrorText.firstLine(failure.className() + ": " + failure.description()),
          failure.className());
    }
    String error =
        reason instanceof TaskFailedReason failed ? failed.toErrorString() : reason.toString();
    return Outcome.failed(ErrorText.firstLine(error), reason.getClass().getName());
  }
}
