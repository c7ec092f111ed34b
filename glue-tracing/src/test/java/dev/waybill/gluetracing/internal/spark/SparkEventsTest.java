package dev.waybill.gluetracing.internal.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.scheduler.ExecutorKilled$;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.junit.jupiter.api.Test;

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
    for (int id = 0; id <= SparkEvents.LOST_EXECUTORS_KEPT; id++) {
      removed(String.valueOf(id), "lost");
    }

    assertThat(events.lostExecutors()).hasSize(SparkEvents.LOST_EXECUTORS_KEPT);
  }

  private void removed(String executor, String reason) {
    events.onExecutorRemoved(new SparkListenerExecutorRemoved(0, executor, reason));
  }
}
