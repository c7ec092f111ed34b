package dev.waybill.gluetracing;

import static dev.waybill.gluetracing.TestCollector.attribute;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

/** Tasks that failed or were slow, with two threads as executors and four attempts a task. */
class OddTasksTest {

  private static final int TASKS = 8;
  private static final int ODD = 5;
  private static final long BUSY_NANOS = 1_500_000_000L;

  @Test
  void aTaskThatFailedAndWasRepeatedIsASpanOfItsStage() throws Exception {
    try (TestCollector collector = TestCollector.healthy()) {
      run(collector, FailingOnceJob.class);

      Span task = collector.span("failed task");
      Span stage = collector.stages().get(0);
      assertThat(task.getParentSpanId()).isEqualTo(stage.getSpanId());
      assertThat(stage.getParentSpanId()).isEqualTo(collector.span("count").getSpanId());
      assertThat(task.getStatus().getMessage())
          .isEqualTo("java.lang.IllegalStateException: disk is full");
      assertThat(of(task, "error.type")).isEqualTo("java.lang.IllegalStateException");
      assertThat(of(task, "waybill.spark.task.index")).isEqualTo(String.valueOf(ODD));
      assertThat(of(task, "waybill.spark.task.attempt")).isEqualTo("0");
      assertThat(of(task, "waybill.spark.executor.id")).isEqualTo("driver");
      assertThat(of(task, "host.name")).isNotBlank();
      // It was repeated with success.
      assertThat(List.of(stage, collector.span("count"), collector.span("odd-job")))
          .noneMatch(span -> span.getStatus().getCode() == StatusCode.STATUS_CODE_ERROR);
      assertThat(of(stage, "waybill.spark.stage.tasks_failed")).isEqualTo("1");
    }
  }

  @Test
  void aTaskThatTookMuchLongerThanTheOthersIsASpanOfItsStage() throws Exception {
    try (TestCollector collector = TestCollector.healthy()) {
      run(collector, SkewedJob.class);

      Span task = collector.span("slow task");
      assertThat(task.getParentSpanId()).isEqualTo(collector.stages().get(0).getSpanId());
      assertThat(task.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
      assertThat(of(task, "waybill.spark.task.index")).isEqualTo(String.valueOf(ODD));
      assertThat(task.getEndTimeUnixNano() - task.getStartTimeUnixNano())
          .isGreaterThanOrEqualTo(BUSY_NANOS / 2);
      assertThat(collector.names()).doesNotContain("failed task");
    }
  }

  @Test
  void aStageThatFailsTellsTheTypeOfItsTasksError() throws Exception {
    try (TestCollector collector = TestCollector.healthy()) {
      run(collector, FailingJob.class);

      Span stage = collector.stages().get(0);
      assertThat(stage.getStatus().getMessage()).contains("disk is full");
      assertThat(of(stage, "error.type")).isEqualTo("java.lang.IllegalStateException");
      assertThat(collector.names().stream().filter("failed task"::equals)).hasSize(3);
    }
  }

  private static String of(Span span, String attribute) {
    return attribute(span.getAttributesList(), attribute);
  }

  private static void run(TestCollector collector, Class<?> main) throws Exception {
    JobProcess job =
        JobProcess.start(
            main, List.of("-Dspark.master=local[2,4]"), "--otlp_endpoint", collector.url());
    assertThat(job.await()).as("%s", job.lines()).isZero();
  }

  /** What a task does before it counts its rows. */
  @FunctionalInterface
  private interface Work extends java.io.Serializable {
    void run(TaskContext task);
  }

  private static void run(String[] args, Work work) {
    try (TracedJob job = TracedJob.start("odd-job", args)) {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(job.spark().sparkContext());
      List<Integer> numbers = List.of(1, 2, 3, 4, 5, 6, 7, 8);
      job.step(
          "count",
          () ->
              spark
                  .parallelize(numbers, TASKS)
                  .mapPartitions(
                      rows -> {
                        work.run(TaskContext.get());
                        return rows;
                      })
                  .count());
      job.complete();
    }
  }

  /** One of its tasks fails at its first attempt. */
  static final class FailingOnceJob {

    private FailingOnceJob() {}

    public static void main(String[] args) {
      OddTasksTest.run(
          args,
          task -> {
            if (task.partitionId() == ODD && task.attemptNumber() == 0) {
              throw new IllegalStateException("disk is full");
            }
          });
    }
  }

  /** One of its tasks is busy for longer than all others together. */
  static final class SkewedJob {

    private SkewedJob() {}

    public static void main(String[] args) {
      OddTasksTest.run(
          args,
          task -> {
            long start = System.nanoTime();
            while (task.partitionId() == ODD && System.nanoTime() - start < BUSY_NANOS) {
              Thread.onSpinWait();
            }
          });
    }
  }

  /** One of its tasks fails at every attempt. */
  static final class FailingJob {

    private FailingJob() {}

    public static void main(String[] args) {
      try {
        OddTasksTest.run(
            args,
            task -> {
              if (task.partitionId() == ODD) {
                throw new IllegalStateException("disk is full");
              }
            });
      } catch (RuntimeException expected) {
        return;
      }
      throw new AssertionError("it did not fail");
    }
  }
}
