package dev.waybill.gluetracing;

import static dev.waybill.gluetracing.TestCollector.attribute;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The time in which no stage runs has a name, in a JVM where all of it is slow. */
class DriverTimeTest {

  @TempDir private Path folder;

  @Test
  void isThatOfStartingSparkAndOfPlanning() throws Exception {
    try (TestCollector collector = TestCollector.healthy()) {
      JobProcess job =
          JobProcess.start(
              WritingJob.class,
              List.of(),
              "--otlp_endpoint",
              collector.url(),
              "--folder",
              folder.resolve("out").toString());
      assertThat(job.await()).as("%s", job.lines()).isZero();

      Span root = collector.span("writing-job");
      Span start = collector.span("start spark");
      assertThat(start.getParentSpanId()).isEqualTo(root.getSpanId());
      assertThat(start.getStartTimeUnixNano()).isEqualTo(root.getStartTimeUnixNano());
      List<Span> plans =
          collector.spans().stream().filter(span -> span.getName().equals("plan")).toList();
      assertThat(plans)
          .extracting(Span::getParentSpanId)
          .containsExactlyInAnyOrder(root.getSpanId(), collector.span("write").getSpanId());
      assertThat(plans)
          .allSatisfy(
              plan ->
                  assertThat(plan.getEndTimeUnixNano())
                      .isLessThanOrEqualTo(collector.stages().get(0).getStartTimeUnixNano()));
      assertThat(Double.parseDouble(attribute(root.getAttributesList(), "waybill.spark.plan_time")))
          .isPositive();
    }
  }

  /** Describes, then writes. */
  static final class WritingJob {

    private WritingJob() {}

    public static void main(String[] args) {
      try (TracedJob job = TracedJob.start("writing-job", args)) {
        Dataset<Row> rows = job.step("read", () -> job.spark().range(100).toDF("n"));
        Dataset<Row> odd = job.step("filter odd", rows, all -> all.where("n % 2 = 1"));
        job.step("write", () -> odd.write().parquet(job.arguments().require("folder")));
        job.complete();
      }
    }
  }
}
