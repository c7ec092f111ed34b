package dev.waybill.gluetracing;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What steps take and give: rows of any type, of one data set or of several. */
class StepInputsTest {

  private static final SparkSession SPARK = TestSpark.session();

  @AutoClose private final TestCollector collector = TestCollector.healthy();

  @AfterEach
  void checkAttributes() {
    assertThat(UndeclaredAttributes.of(collector)).isEmpty();
  }

  @Test
  void aStepMakesRowsOfAnotherType() {
    run(
        job -> {
          Dataset<Long> numbers = job.step("make numbers", () -> SPARK.range(5));
          Dataset<String> names =
              job.step(
                  "name numbers",
                  numbers.filter("id > 0"),
                  rows ->
                      rows.map(
                          (MapFunction<Long, String>) number -> "n" + number, Encoders.STRING()));
          assertThat(job.step("collect", names::collectAsList))
              .containsExactlyInAnyOrder("n1", "n2", "n3", "n4");
        });

    assertThat(collector.rows("name numbers", "")).containsExactly("4", "4");
  }

  @Test
  void aJoinCountsTheRowsOfEachSideByTheStepThatMadeThem() {
    run(
        job -> {
          Dataset<Row> orders =
              job.step(
                  "read orders",
                  () -> SPARK.range(100).select(col("id"), col("id").mod(10).as("customer")));
          Dataset<Row> customers = SPARK.range(4).toDF("customer");
          Dataset<Row> joined =
              job.step("join customers", orders, customers, (o, c) -> o.join(c, "customer"));
          assertThat(job.step("count", joined::count)).isEqualTo(40);
        });

    assertThat(collector.rows("join customers", "")).containsExactly("104", "40");
    assertThat(collector.rows("join customers", "read_orders")).containsExactly("100", "40");
    assertThat(collector.rows("join customers", "input_2")).containsExactly("4", "40");
  }

  @Test
  void aStepOfManyInputsCountsThemByTheNamesThatItGivesThem() {
    run(
        job -> {
          Dataset<Row> all =
              job.step(
                  "unite days",
                  Map.of(
                      "monday", SPARK.range(3).toDF(),
                      "tuesday", SPARK.range(5).toDF(),
                      "rest of the week", SPARK.range(0).toDF()),
                  in ->
                      in.get("monday")
                          .unionAll(in.get("tuesday"))
                          .unionAll(in.get("rest of the week")));
          assertThat(job.step("collect", all::collectAsList)).hasSize(8);
        });

    assertThat(collector.rows("unite days", "monday")).containsExactly("3", "8");
    assertThat(collector.rows("unite days", "tuesday")).containsExactly("5", "8");
  }

  @Test
  void aDataSetJoinedWithItselfHasTwoNames() {
    run(
        job -> {
          Dataset<Row> people = job.step("read people", () -> SPARK.range(6).toDF());
          Dataset<Row> pairs = job.step("pair", people, people, (a, b) -> a.join(b, "id"));
          job.step("collect", () -> pairs.collectAsList());
        });

    assertThat(collector.rows("pair", "read_people")).containsExactly("6", "6");
    assertThat(collector.rows("pair", "input_2")).containsExactly("6", "6");
  }

  @Test
  void aColumnCalledRejectionMeansNothingUntilTheJobNamesIt() {
    run(
        job -> {
          Dataset<Row> marked =
              SPARK.range(10).withColumn("rejection", when(col("id").lt(3), lit("too small")));
          Dataset<Row> before = job.step("keep", marked, rows -> rows.where("id >= 0"));
          assertThat(job.step("count", () -> before.collectAsList())).hasSize(10);
          job.rejectionColumn("rejection");
          Dataset<Row> after = job.step("keep again", before, rows -> rows.where("id >= 0"));
          job.step("count again", () -> after.collectAsList());
        });

    assertThat(collector.rows("keep", "")).containsExactly("10", "10");
    assertThat(collector.rows("keep again", "")).containsExactly("10", "7");
  }

  private void run(Consumer<TracedJob> body) {
    try (TracedJob job =
        TracedJob.start("test-job", "--" + JobArguments.OTLP_ENDPOINT, collector.url())) {
      body.accept(job);
      job.complete();
    }
  }
}
