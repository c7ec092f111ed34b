package dev.waybill.gluetracing;

import static dev.waybill.gluetracing.TestCollector.attribute;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
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

  /** Its bar covers the stages that ran it, and its analysis was before. */
  @Test
  void planningOfAStepThatOnlyDescribesLiesWithinTheJob() throws Exception {
    Path csv = Files.writeString(folder.resolve("numbers.csv"), "n\n1\n2\n3\n");
    try (TestCollector collector = TestCollector.healthy()) {
      JobProcess job =
          JobProcess.start(
              ReadingJob.class, List.of(), "--otlp_endpoint", collector.url(), "--csv", "" + csv);
      assertThat(job.await()).as("%s", job.lines()).isZero();

      Map<ByteString, Span> spans =
          collector.spans().stream().collect(Collectors.toMap(Span::getSpanId, span -> span));
      assertThat(collector.names()).contains("read", "plan");
      assertThat(spans.values())
          .filteredOn(span -> spans.containsKey(span.getParentSpanId()))
          .allSatisfy(
              span -> {
                Span parent = spans.get(span.getParentSpanId());
                assertThat(span.getStartTimeUnixNano())
                    .as("%s in %s", span.getName(), parent.getName())
                    .isGreaterThanOrEqualTo(parent.getStartTimeUnixNano());
                assertThat(span.getEndTimeUnixNano())
                    .as("%s in %s", span.getName(), parent.getName())
                    .isLessThanOrEqualTo(parent.getEndTimeUnixNano());
              });
    }
  }

  @Test
  void aJobBeginsWithItsJvmAndTheNextOneInItWithItsCall() throws Exception {
    try (TestCollector collector = TestCollector.healthy()) {
      JobProcess job =
          JobProcess.start(TwoJobs.class, List.of(), "--otlp_endpoint", collector.url());
      assertThat(job.await()).as("%s", job.lines()).isZero();

      assertThat(collector.span("first").getStartTimeUnixNano())
          .isLessThan(job.nanos("main began "))
          .isEqualTo(collector.span("start spark").getStartTimeUnixNano());
      assertThat(collector.span("second").getStartTimeUnixNano())
          .isGreaterThanOrEqualTo(job.nanos("first ended "));
    }
  }

  /** Here Waybill waits the whole time that it may, for events that do not come. */
  @Test
  void aJobDoesNotLastWhileItsEventsAreAwaited() throws Exception {
    try (TestCollector collector = TestCollector.healthy()) {
      JobProcess job =
          JobProcess.start(LateEvents.class, List.of(), "--otlp_endpoint", collector.url());
      assertThat(job.await()).as("%s", job.lines()).isZero();

      assertThat(job.nanos("closed ") - collector.span("late-events").getEndTimeUnixNano())
          .isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(2));
    }
  }

  /** Reads a file of which Spark infers the schema, by a Spark job. */
  static final class ReadingJob {

    private ReadingJob() {}

    public static void main(String[] args) {
      try (TracedJob job = TracedJob.start("reading-job", args)) {
        String csv = job.arguments().require("csv");
        Dataset<Row> rows =
            job.step(
                "read",
                () ->
                    job.spark().read().option("header", true).option("inferSchema", true).csv(csv));
        job.step("count", () -> rows.count());
        job.complete();
      }
    }
  }

  /** Runs one job after the other. */
  static final class TwoJobs {

    private TwoJobs() {}

    public static void main(String[] args) {
      System.out.println("main began " + System.currentTimeMillis());
      TracedJob first = TracedJob.start("first", args);
      first.complete();
      first.close();
      first.spark().stop();
      System.out.println("first ended " + System.currentTimeMillis());
      try (TracedJob second = TracedJob.start("second", args)) {
        second.complete();
      }
    }
  }

  /** Holds up Spark's events until it has ended. */
  static final class LateEvents {

    private LateEvents() {}

    public static void main(String[] args) {
      CountDownLatch ended = new CountDownLatch(1);
      TracedJob job = TracedJob.start("late-events", args);
      job.spark()
          .sparkContext()
          .addSparkListener(
              new SparkListener() {
                @Override
                public void onJobStart(SparkListenerJobStart event) {
                  try {
                    ended.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }
              });
      job.step("count", () -> job.spark().range(3).count());
      job.complete();
      job.close();
      System.out.println("closed " + System.currentTimeMillis());
      ended.countDown();
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
