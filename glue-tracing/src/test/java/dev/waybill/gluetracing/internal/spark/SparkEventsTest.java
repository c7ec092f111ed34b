package dev.waybill.gluetracing.internal.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.gluetracing.internal.trace.SparkAttributes;
import java.util.List;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.Success$;
import org.apache.spark.TaskEndReason;
import org.apache.spark.TaskKilled;
import org.apache.spark.TaskState;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.ExecutorKilled$;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.StageInfo;
import org.apache.spark.scheduler.TaskInfo;
import org.apache.spark.scheduler.TaskLocality;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.junit.jupiter.api.Test;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

class SparkEventsTest {

  private final SparkEvents events = new SparkEvents();

  @Test
  void namesTheExecutorsThatWereLostAndNotThoseThatSparkGaveBack() {
    removed("0", ExecutorKilled$.MODULE$.toString());
    removed("1", "Command exited with code 137\n");

    assertThat(events.lostExecutors()).containsExactly("executor 1: Command exited with code 137");
  }

  @Test
  void namesNoMoreThanItKeeps() {
    for (int id = 0; id <= SparkSummary.LOST_EXECUTORS_KEPT; id++) {
      removed(String.valueOf(id), "lost");
    }

    assertThat(events.lostExecutors()).hasSize(SparkSummary.LOST_EXECUTORS_KEPT);
  }

  @Test
  void theTasksOfAStageThatIsTriedAgainAreThoseOfTheirAttempt() {
    StageInfo first = stage(7, 0);
    StageInfo second = stage(7, 1);
    started(first);
    taskEnds(7, 0, 0, fetchFailed());
    completed(first);
    events.onStageSubmitted(new SparkListenerStageSubmitted(second, null));
    // What the first attempt left running is no task of the second.
    taskEnds(7, 0, 1, fetchFailed());
    taskEnds(7, 1, 0, Success$.MODULE$);
    completed(second);
    taskEnds(7, 1, 1, fetchFailed());

    assertThat(events.stages())
        .extracting(stage -> stage.figures().get(SparkAttributes.STAGE_TASKS_FAILED))
        .containsExactly(1L, 0L);
  }

  @Test
  void aTaskThatLostAgainstItsSpeculativeCopyDidNotFail() {
    StageInfo stage = stage(7, 0);
    started(stage);
    taskEnds(7, 0, 0, Success$.MODULE$);
    taskEnds(7, 0, 0, new TaskKilled("another attempt succeeded", none(), none(), none()));
    completed(stage);

    assertThat(events.stages())
        .extracting(found -> found.figures().get(SparkAttributes.STAGE_TASKS_FAILED))
        .containsExactly(0L);
  }

  @Test
  void twoTasksAreAsUnevenAsTheirTimes() {
    StageInfo stage = stage(7, 0);
    started(stage);
    taskEnds(7, 0, 0, Success$.MODULE$, 10_000);
    taskEnds(7, 0, 1, Success$.MODULE$, 2_000);
    completed(stage);

    assertThat(events.stages())
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.figures().get(SparkAttributes.STAGE_SKEW)).isEqualTo(5);
              assertThat(found.tasks()).as("that stand out").hasSize(1);
            });
  }

  @Test
  void rowsOfAStageThatRunsAgainForItsLostOutputAreCountedOnce() {
    long observation = events.newObservation();
    StageInfo first = stage(7, 0);
    started(first);
    for (int partition = 0; partition < 4; partition++) {
      taskEnds(7, 0, partition, Success$.MODULE$);
    }
    counted(first, observation, 100);
    completed(first);
    StageInfo second = stage(7, 1);
    events.onStageSubmitted(new SparkListenerStageSubmitted(second, null));
    taskEnds(7, 1, 3, Success$.MODULE$);
    counted(second, observation, 125);
    completed(second);

    assertThat(events.observed(observation).rows(0)).isEqualTo(100);
    assertThat(events.observed(observation).stage().attempt()).isZero();
  }

  @Test
  void rowsOfAStageThatWasBrokenOffAreThoseOfBothAttempts() {
    long observation = events.newObservation();
    StageInfo first = stage(7, 0);
    started(first);
    taskEnds(7, 0, 0, Success$.MODULE$);
    taskEnds(7, 0, 1, fetchFailed());
    counted(first, observation, 25);
    completed(first);
    StageInfo second = stage(7, 1);
    events.onStageSubmitted(new SparkListenerStageSubmitted(second, null));
    for (int partition = 1; partition < 4; partition++) {
      taskEnds(7, 1, partition, Success$.MODULE$);
    }
    counted(second, observation, 100);
    completed(second);

    assertThat(events.observed(observation).rows(0)).isEqualTo(100);
  }

  private void started(StageInfo stage) {
    events.onJobStart(
        new SparkListenerJobStart(
            1, 0, CollectionConverters.asScala(List.of(stage)).toSeq(), null));
    events.onStageSubmitted(new SparkListenerStageSubmitted(stage, null));
  }

  private void taskEnds(int stage, int attempt, int partition, TaskEndReason reason) {
    taskEnds(stage, attempt, partition, reason, 1);
  }

  private void taskEnds(
      int stage, int attempt, int partition, TaskEndReason reason, long milliseconds) {
    TaskInfo task =
        new TaskInfo(0, partition, 0, partition, 0, "1", "host", TaskLocality.ANY(), false);
    task.markFinished(TaskState.FINISHED(), milliseconds);
    events.onTaskEnd(
        new SparkListenerTaskEnd(stage, attempt, "ResultTask", reason, task, null, null));
  }

  /** The accumulator's value, which goes on over attempts. */
  private static void counted(StageInfo stage, long observation, long rows) {
    stage
        .accumulables()
        .put(
            5L,
            new AccumulableInfo(
                5,
                Option.apply("internal.metrics.collectMetricsAccumulator"),
                Option.empty(),
                Option.apply(new GenericInternalRow(new Object[] {observation, rows})),
                true,
                false,
                Option.empty()));
  }

  private void completed(StageInfo stage) {
    stage.submissionTime_$eq(Option.apply(1L));
    stage.completionTime_$eq(Option.apply(2L));
    events.onStageCompleted(new SparkListenerStageCompleted(stage));
  }

  private static StageInfo stage(int id, int attempt) {
    return new StageInfo(
        id, attempt, "stage", 4, none(), none(), "", null, none(), Option.empty(), 0, false, 0);
  }

  private static TaskEndReason fetchFailed() {
    return new ExceptionFailure(new IllegalStateException("fetch failed"), none());
  }

  private static <T> Seq<T> none() {
    return CollectionConverters.asScala(List.<T>of()).toSeq();
  }

  private void removed(String executor, String reason) {
    events.onExecutorRemoved(new SparkListenerExecutorRemoved(0, executor, reason));
  }
}
