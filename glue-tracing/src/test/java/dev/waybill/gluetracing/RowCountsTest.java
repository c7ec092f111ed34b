package dev.waybill.gluetracing;

import static dev.waybill.gluetracing.TestCollector.attribute;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the rows of steps are those of the job, and cost it no plan. */
class RowCountsTest {

  private static final SparkSession SPARK = TestSpark.session();

  @TempDir private Path folder;
  @AutoClose private TestCollector collector = TestCollector.healthy();

  @Test
  void afterAPartialActionTheFullestRunOfAStepCounts() {
    run(
        job -> {
          Dataset<Row> numbers =
              job.step("make numbers", () -> SPARK.range(0, 1_000, 1, 8).toDF("n"));
          Dataset<Row> odd = job.step("filter odd", numbers, rows -> rows.where("n % 2 = 1"));
          assertThat(odd.isEmpty()).isFalse();
          odd.show(3);
          assertThat(odd.count()).isEqualTo(500);
          assertThat(odd.head(2)).isNotEqualTo(null);
        });

    assertThat(rows(collector.span("filter odd"))).containsExactly("1000", "500");
  }

  @Test
  void aPartialActionThatRunsSparkSeveralTimesCountsAllOfThem() {
    run(
        job -> {
          Dataset<Row> numbers =
              job.step("make numbers", () -> SPARK.range(0, 800, 1, 8).toDF("n"));
          Dataset<Row> last = job.step("filter last", numbers, rows -> rows.where("n >= 790"));
          // Spark looks into one partition, then into four more, then into the rest.
          assertThat(last.head(11)).isNotEqualTo(null);
        });

    assertThat(rows(collector.span("filter last"))).containsExactly("800", "10");
  }

  @Test
  void rowsThatSortingReadsTwiceAreCountedOnce() {
    run(
        job -> {
          Dataset<Row> numbers =
              job.step("make numbers", () -> SPARK.range(0, 1_000, 1, 4).toDF("n"));
          Dataset<Row> sorted = job.step("sort", numbers, rows -> rows.orderBy(col("n").mod(7)));
          job.step("collect", () -> sorted.collectAsList());
        });

    assertThat(rows(collector.span("sort"))).containsExactly("1000", "1000");
  }

  @Test
  void whatTheUserObservesIsNotTakenForASteps() {
    run(
        job -> {
          for (long first = 1; first <= 4; first++) {
            SPARK
                .range(77)
                .observe("mine", max(lit(first)).as("one"), count(lit(1)).as("rows"))
                .collectAsList();
          }
          SPARK
              .range(77)
              .observe("text", max(lit("one")).as("one"), count(lit(1)).as("rows"))
              .collectAsList();
          Dataset<Row> numbers = job.step("make numbers", () -> SPARK.range(10).toDF("n"));
          Dataset<Row> odd = job.step("filter odd", numbers, rows -> rows.where("n % 2 = 1"));
          job.step("collect", () -> odd.collectAsList());
        });

    assertThat(rows(collector.span("filter odd"))).containsExactly("10", "5");
  }

  @Test
  void ofTwoJobsInOneSessionEachCountsItsOwn() {
    Consumer<TracedJob> once =
        job -> {
          Dataset<Row> numbers = job.step("make numbers", () -> SPARK.range(10).toDF("n"));
          job.step("collect", () -> numbers.collectAsList());
        };
    run(once);
    AtomicReference<Dataset<Row>> ofTheFirst = new AtomicReference<>();
    run(job -> ofTheFirst.set(job.step("make many", () -> SPARK.range(99).toDF("n"))));
    collector.close();
    collector = TestCollector.healthy();
    run(
        job -> {
          ofTheFirst.get().collectAsList();
          once.accept(job);
        });

    assertThat(rows(collector.span("make numbers"))).containsExactly(null, "10");
  }

  @Test
  void aFilterInAStepOfItsOwnPrunesPartitionsAndIsPushedDown() {
    String path = folder.resolve("listings").toString();
    SPARK
        .range(0, 100, 1, 1)
        .select(
            col("id").cast("int").as("price"),
            col("id").mod(4).cast("string").as("day"),
            lit("x").as("unused"))
        .write()
        .partitionBy("day")
        .parquet(path);
    AtomicReference<String> plan = new AtomicReference<>();
    run(
        job -> {
          Dataset<Row> listings = job.step("read listings", () -> SPARK.read().parquet(path));
          Dataset<Row> today =
              job.step(
                  "filter day", listings, rows -> rows.where("day = '3'").where("price >= 50"));
          Dataset<Row> prices = job.step("select prices", today, rows -> rows.select("price"));
          job.step("collect", () -> assertThat(prices.collectAsList()).hasSize(13));
          plan.set(prices.queryExecution().executedPlan().toString());
        });

    assertThat(plan.get())
        .contains("PartitionFilters: [isnotnull(day")
        .contains("PushedFilters: [IsNotNull(price), GreaterThanOrEqual(price,50)]")
        .contains("ReadSchema: struct<price:int>");
    Span read = collector.span("read listings");
    assertThat(rows(read)).containsExactly(null, "25");
    assertThat(rows(collector.span("filter day"))).containsExactly("25", "13");
    assertThat(rows(collector.span("select prices"))).containsExactly("13", "13");
    assertThat(attribute(read.getAttributesList(), "waybill.step.fused_with"))
        .isEqualTo("filter day, select prices");
  }

  @Test
  void aFilterOnTextCountsAllRowsOfTheFile() {
    String path = folder.resolve("numbers").toString();
    SPARK.range(0, 40, 1, 1).write().csv(path);
    run(
        job -> {
          Dataset<Row> numbers =
              job.step("read numbers", () -> SPARK.read().schema("id LONG").csv(path));
          Dataset<Row> few = job.step("keep few", numbers, rows -> rows.where("id < 5"));
          job.step("collect", few::collectAsList);
        });

    assertThat(rows(collector.span("read numbers"))).containsExactly(null, "40");
    assertThat(rows(collector.span("keep few"))).containsExactly("40", "5");
  }

  @Test
  void aFilterOnTextStillPrunesPartitions() {
    String path = folder.resolve("days").toString();
    SPARK.range(0, 40, 1, 1).selectExpr("id", "id % 4 as day").write().partitionBy("day").csv(path);
    run(
        job -> {
          Dataset<Row> numbers =
              job.step("read days", () -> SPARK.read().schema("id LONG, day INT").csv(path));
          Dataset<Row> day =
              job.step("keep a day", numbers, rows -> rows.where("day = 3 and id < 20"));
          job.step(
              "collect",
              () -> {
                assertThat(day.queryExecution().executedPlan().toString())
                    .containsPattern("PartitionFilters: \\[.*day#\\d+ = 3");
                return day.collectAsList();
              });
        });

    assertThat(rows(collector.span("keep a day"))).containsExactly("5", "5");
  }

  @Test
  void aFilterBelowAGroupingIsPushedDownToo() {
    String path = folder.resolve("listings").toString();
    SPARK
        .range(0, 100, 1, 1)
        .select(col("id"), col("id").mod(4).cast("string").as("day"))
        .write()
        .partitionBy("day")
        .parquet(path);
    AtomicReference<String> plan = new AtomicReference<>();
    run(
        job -> {
          Dataset<Row> listings = job.step("read listings", () -> SPARK.read().parquet(path));
          Dataset<Row> tens =
              job.step(
                  "count tens",
                  listings,
                  rows ->
                      rows.where("day = '3'").groupBy(col("id").divide(10).cast("int")).count());
          job.step("collect", () -> assertThat(tens.collectAsList()).hasSize(10));
          plan.set(tens.queryExecution().executedPlan().toString());
        });

    assertThat(plan.get()).contains("PartitionFilters: [isnotnull(day");
    // Which stage read them is not known here; that they were read is.
    assertThat(rows(collector.span("count tens"))).containsExactly(null, "10");
    assertThat(collector.span("read listings").getAttributesList())
        .noneMatch(attribute -> attribute.getKey().equals("waybill.step.executed"));
  }

  @Test
  void aScanThatIsFilteredInOneActionAndNotInAnotherIsCountedWhole() {
    String path = folder.resolve("numbers").toString();
    SPARK.range(0, 40, 1, 1).write().parquet(path);
    run(
        job -> {
          Dataset<Row> numbers = job.step("read numbers", () -> SPARK.read().parquet(path));
          Dataset<Row> some = job.step("filter", numbers, rows -> rows.where("id >= 30"));
          job.step("collect some", () -> some.collectAsList());
          job.step("collect all", () -> numbers.collectAsList());
        });

    assertThat(rows(collector.span("read numbers"))).containsExactly(null, "40");
    assertThat(rows(collector.span("filter")).get(1)).isEqualTo("10");
  }

  @Test
  void whatAStageReadsFromTwoSourcesIsNotTakenForThatOfOne() {
    String path = folder.resolve("numbers").toString();
    SPARK.range(0, 40, 1, 1).write().parquet(path);
    run(
        job -> {
          Dataset<Row> numbers = job.step("read numbers", () -> SPARK.read().parquet(path));
          Dataset<Row> some = job.step("filter", numbers, rows -> rows.where("id >= 30"));
          job.step("collect", () -> some.union(SPARK.read().parquet(path)).collectAsList());
        });

    assertThat(rows(collector.span("read numbers"))).containsExactly(null, null);
    assertThat(rows(collector.span("filter"))).containsExactly(null, "10");
  }

  private static List<String> rows(Span step) {
    return Arrays.asList(
        attribute(step.getAttributesList(), "waybill.step.rows_in"),
        attribute(step.getAttributesList(), "waybill.step.rows_out"));
  }

  private void run(Consumer<TracedJob> body) {
    try (TracedJob job = TracedJob.start("test-job", "--otlp_endpoint", collector.url())) {
      body.accept(job);
      job.complete();
    }
  }
}
