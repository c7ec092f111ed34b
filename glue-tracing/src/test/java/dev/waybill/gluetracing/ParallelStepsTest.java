package dev.waybill.gluetracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.trace.v1.Span;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Steps on several threads at a time, as people run Spark. */
class ParallelStepsTest {

  private static final SparkSession SPARK = TestSpark.session();

  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  @AutoClose private final TestCollector collector = TestCollector.healthy();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void stepsBelongToTheirThreadAndTheirSparkJobsToThem() throws Exception {
    CyclicBarrier both = new CyclicBarrier(2);
    try (TracedJob job = start()) {
      Future<?> left = threads.submit(() -> branch(job, both, "left"));
      Future<?> right = threads.submit(() -> branch(job, both, "right"));
      left.get();
      right.get();
      job.complete();
    }

    for (String name : List.of("left", "right")) {
      Span step = collector.span(name);
      Span within = collector.span("within " + name);
      assertThat(step.getParentSpanId()).isEqualTo(collector.span("test-job").getSpanId());
      assertThat(within.getParentSpanId()).isEqualTo(step.getSpanId());
      assertThat(sparkSpansOf(within)).hasSize(1);
      assertThat(sparkSpansOf(step)).hasSize(1);
    }
  }

  @Test
  void theExceptionOfOneIsItsOwn() throws Exception {
    CountDownLatch wellBegan = new CountDownLatch(1);
    CountDownLatch failBegan = new CountDownLatch(1);
    CountDownLatch wellEnded = new CountDownLatch(1);
    try (TracedJob job = start()) {
      threads.submit(
          () -> {
            job.step(
                "end well",
                () -> {
                  wellBegan.countDown();
                  failBegan.await();
                  return null;
                });
            wellEnded.countDown();
          });
      Future<?> fails =
          threads.submit(
              () -> {
                wellBegan.await();
                return job.step(
                    "fail",
                    () -> {
                      failBegan.countDown();
                      wellEnded.await();
                      throw new IllegalArgumentException("price is '€'");
                    });
              });
      assertThatThrownBy(fails::get)
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("price is '€'");
    }

    assertThat(collector.span("fail").getStatus().getMessage()).isEqualTo("price is '€'");
    assertThat(collector.span("end well").getStatus().getMessage()).isEmpty();
    assertThat(collector.span("test-job").getStatus().getMessage()).isEqualTo("price is '€'");
  }

  @Test
  void ofTwoFailuresTheFirstIsTheJobs() throws Exception {
    CountDownLatch firstFailed = new CountDownLatch(1);
    CountDownLatch secondBegan = new CountDownLatch(1);
    try (TracedJob job = start()) {
      Future<?> second =
          threads.submit(
              () ->
                  job.step(
                      "second",
                      () -> {
                        secondBegan.countDown();
                        firstFailed.await();
                        throw new IllegalStateException("stopped, for the other failed");
                      }));
      secondBegan.await();
      assertThatThrownBy(
              threads.submit(
                      () ->
                          job.step(
                              "first",
                              () -> {
                                throw new IllegalStateException("disk is full");
                              }))
                  ::get)
          .hasRootCauseMessage("disk is full");
      firstFailed.countDown();
      assertThatThrownBy(second::get).isInstanceOf(ExecutionException.class);
    }

    assertThat(collector.span("test-job").getStatus().getMessage()).isEqualTo("disk is full");
  }

  private static Void branch(TracedJob job, CyclicBarrier both, String name) {
    job.step(
        name,
        () -> {
          both.await();
          job.step(
              "within " + name,
              () -> {
                both.await();
                return SPARK.range(3).collectAsList();
              });
          both.await();
          return SPARK.range(3).collectAsList();
        });
    return null;
  }

  private List<Span> sparkSpansOf(Span step) {
    return collector.stages().stream()
        .filter(span -> span.getParentSpanId().equals(step.getSpanId()))
        .toList();
  }

  private TracedJob start() {
    return TracedJob.start("test-job", "--otlp_endpoint", collector.url());
  }
}
