package dev.waybill.gluetracing;

import static dev.waybill.gluetracing.TestCollector.attribute;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.row_number;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Tuple2;

/** What the spans of stages are called, for a job of anybody's. */
class StageNamesTest {

  private static final SparkSession SPARK = TestSpark.session();

  @TempDir private Path folder;
  @AutoClose private final TestCollector collector = TestCollector.healthy();

  @Test
  void aQueryIsToldByTheOperatorsOfItsPlan() {
    SPARK.range(100).selectExpr("id", "id % 7 AS k").write().csv(path("in"));

    run(
        job ->
            job.step(
                "write",
                () ->
                    SPARK
                        .read()
                        .schema("id long, k long")
                        .csv(path("in"))
                        .where("id > 3")
                        .withColumn(
                            "rank", row_number().over(Window.partitionBy("k").orderBy("id")))
                        .write()
                        .partitionBy("k")
                        .parquet(path("out"))));

    assertThat(names())
        .containsExactly("scan csv, exchange", "exchange, sort, window, write parquet");
    assertThat(collector.stages())
        .allSatisfy(
            stage -> {
              assertThat(attribute(stage.getAttributesList(), "code.file.path"))
                  .isEqualTo("StageNamesTest.java");
              assertThat(attribute(stage.getAttributesList(), "code.line.number")).isNotNull();
            });
  }

  @Test
  void joinsAggregatesAndBroadcastsAreNamed() {
    SPARK.range(100).selectExpr("id", "id % 7 AS k").write().parquet(path("in"));
    Dataset<Row> rows = SPARK.read().parquet(path("in"));

    run(
        job ->
            job.step(
                "join",
                () ->
                    rows.join(broadcast(rows.groupBy("k").agg(max("id").as("m"))), "k")
                        .groupBy("m")
                        .count()
                        .collectAsList()));

    assertThat(names())
        .containsExactly(
            "scan parquet, aggregate, exchange",
            "exchange, aggregate, broadcast",
            "scan parquet, join, aggregate, exchange",
            "exchange, aggregate");
  }

  @Test
  void aJobOfRddsIsToldByTheMethodsThatItCalled() {
    SPARK.range(100).selectExpr("cast(id AS string)").write().text(path("in"));
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(SPARK.sparkContext());

    run(
        job ->
            job.step(
                "count lengths",
                () ->
                    spark
                        .textFile(path("in"))
                        .map(String::length)
                        .mapToPair(length -> new Tuple2<>(length, 1))
                        .reduceByKey(Integer::sum)
                        .count()));

    assertThat(names())
        .containsExactlyInAnyOrder("text file, map, exchange", "reduce by key, count");
  }

  @Test
  void namesAreTheSameInEveryRun() {
    for (int run = 0; run < 2; run++) {
      run(
          job ->
              job.step(
                  "sort",
                  () ->
                      SPARK
                          .range(0, 100, 1, 2)
                          .orderBy(col("id").desc())
                          .limit(3)
                          .collectAsList()));
    }

    List<String> all = names();
    assertThat(all.subList(0, all.size() / 2)).isEqualTo(all.subList(all.size() / 2, all.size()));
    assertThat(all).noneMatch(name -> name.matches(".*\\d.*"));
  }

  private List<String> names() {
    return collector.stages().stream().map(Span::getName).toList();
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private void run(Consumer<TracedJob> body) {
    try (TracedJob job =
        TracedJob.start("test-job", "--otlp_endpoint", collector.url(), "--run_id", "run-1")) {
      body.accept(job);
      job.complete();
    }
  }
}
