package dev.waybill.gluetracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.gluetracing.internal.trace.Outcome;
import java.util.List;
import org.apache.spark.scheduler.JobFailed;
import org.apache.spark.scheduler.JobResult;
import org.apache.spark.scheduler.JobSucceeded$;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.StageInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

class JobFailureTest {

  private final JobFailure failure = JobFailure.watch(Thread.currentThread());

  @AfterEach
  void ignore() {
    failure.ignore();
  }

  @Test
  void aSuccessBesideAFailureLeavesItOneAfterItDoesNot() {
    begins(1);
    begins(2);
    ends(1, new JobFailed(new IllegalStateException("row is bad")));
    ends(2, JobSucceeded$.MODULE$);

    assertThat(failure.outcome())
        .map(Outcome::error)
        .hasValueSatisfying(error -> assertThat(error).contains("row is bad"));

    begins(3);
    ends(3, JobSucceeded$.MODULE$);

    assertThat(failure.outcome()).isEmpty();
  }

  private void begins(int job) {
    failure.onJobStart(
        new SparkListenerJobStart(
            job, 0, CollectionConverters.asScala(List.<StageInfo>of()).toSeq(), null));
  }

  private void ends(int job, JobResult result) {
    failure.onJobEnd(new SparkListenerJobEnd(job, 0, result));
  }
}
