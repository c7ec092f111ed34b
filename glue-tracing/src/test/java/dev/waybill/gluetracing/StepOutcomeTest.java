package dev.waybill.gluetracing;

import static dev.waybill.gluetracing.TestCollector.attribute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.io.FileNotFoundException;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** How a job ends whose steps fail, and what is part of what. */
class StepOutcomeTest {

  private static final SparkSession SPARK = TestSpark.session();

  @AutoClose private final TestCollector collector = TestCollector.healthy();

  @Test
  void aStepThatFailsAndIsSurvivedDoesNotFailTheJob() {
    try (TracedJob job = start()) {
      assertThatThrownBy(() -> job.step("read old format", failing("no such file")))
          .hasRootCauseMessage("no such file");
      job.step("read new format", () -> SPARK.range(3).count());
      job.complete();
    }

    assertThat(collector.span("read old format").getStatus().getMessage())
        .isEqualTo("no such file");
    assertThat(collector.span("test-job").getStatus().getCode())
        .isEqualTo(StatusCode.STATUS_CODE_UNSET);
    Metric duration =
        collector.metrics().stream()
            .filter(metric -> metric.getName().equals("waybill.job.duration"))
            .findFirst()
            .orElseThrow();
    assertThat(
            attribute(
                duration.getExponentialHistogram().getDataPoints(0).getAttributesList(),
                "waybill.status"))
        .isEqualTo("SUCCEEDED");
  }

  @Test
  void aJobThatFailsLaterHasTheWordsOfThatFailure() {
    assertThatThrownBy(
            () -> {
              try (TracedJob job = start()) {
                assertThatThrownBy(() -> job.step("read old format", failing("no such file")));
                job.step("read new format", failing("nor this one"));
                job.complete();
              }
            })
        .hasRootCauseMessage("nor this one");

    assertThat(collector.span("test-job").getStatus().getMessage()).isEqualTo("nor this one");
    assertThat(collector.spans())
        .filteredOn(span -> span.getEventsCount() > 0)
        .extracting(Span::getName)
        .containsExactlyInAnyOrder("read old format", "read new format");
  }

  @Test
  void aStepThatTidiesUpAfterAFailureDoesNotHideIt() {
    assertThatThrownBy(
            () -> {
              try (TracedJob job = start()) {
                try {
                  job.step("write", failing("disk is full"));
                } finally {
                  job.step("tidy up", () -> SPARK.range(3).count());
                }
                job.complete();
              }
            })
        .hasRootCauseMessage("disk is full");

    assertThat(collector.span("test-job").getStatus().getMessage()).isEqualTo("disk is full");
  }

  @Test
  void theErrorOfAStepWithinIsToldOnceAndFailsThoseAroundIt() {
    assertThatThrownBy(
            () -> {
              try (TracedJob job = start()) {
                job.step("outer", () -> job.step("inner", failing("no such file")));
                job.complete();
              }
            })
        .hasRootCauseMessage("no such file");

    Span outer = collector.span("outer");
    Span inner = collector.span("inner");
    assertThat(inner.getParentSpanId()).isEqualTo(outer.getSpanId());
    assertThat(inner.getEventsCount()).isEqualTo(1);
    assertThat(outer.getEventsCount()).isZero();
    assertThat(outer.getStatus().getMessage()).isEqualTo("no such file");
  }

  @Test
  void stepsWithinAStepArePartOfIt() {
    try (TracedJob job = start()) {
      job.step(
          "prepare",
          () -> {
            Dataset<Row> numbers = job.step("make numbers", () -> SPARK.range(9).toDF("n"));
            Dataset<Row> odd = job.step("filter odd", numbers, rows -> rows.where("n % 2 = 1"));
            Dataset<Row> named =
                job.rowwise(odd).then("rename", rows -> rows.withColumnRenamed("n", "m")).counted();
            job.step("collect", () -> named.collectAsList());
          });
      job.complete();
    }

    Span prepare = collector.span("prepare");
    for (String name : new String[] {"make numbers", "filter odd", "rename", "collect"}) {
      assertThat(collector.span(name).getParentSpanId()).isEqualTo(prepare.getSpanId());
    }
    assertThat(collector.stages().get(0).getParentSpanId())
        .isEqualTo(collector.span("collect").getSpanId());
  }

  private static Callable<Void> failing(String words) {
    return () -> {
      throw new FileNotFoundException(words);
    };
  }

  private TracedJob start() {
    return TracedJob.start("test-job", "--otlp_endpoint", collector.url());
  }
}
