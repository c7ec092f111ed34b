package com.example;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import dev.waybill.gluetracing.JobArguments;
import dev.waybill.gluetracing.TracedJob;
import java.math.BigDecimal;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/** Keeps the large orders of a CSV file. Each step is a span of the trace, with its rows. */
public final class LargeOrders {

  private static final List<String> COLUMNS =
      List.of("order_id", "customer", "ordered_on", "total");

  private LargeOrders() {}

  public static void main(String[] args) {
    try (TracedJob job = TracedJob.start("large-orders", args)) {
      JobArguments arguments = job.arguments();
      String bucket = "s3://" + arguments.require("bucket");
      String input = bucket + "/" + arguments.require("key");
      String output = bucket + "/large_orders/run=" + arguments.require("run_id");
      BigDecimal least = new BigDecimal(arguments.require("least_total"));

      Dataset<Row> orders = job.step("read orders", () -> read(job.spark(), input));
      Dataset<Row> parsed = job.step("parse totals", orders, LargeOrders::parsed);
      Dataset<Row> large = job.step("keep large orders", parsed, rows -> large(rows, least));
      job.step("write large orders", () -> large.write().mode(SaveMode.Overwrite).parquet(output));
      job.complete();
    }
  }

  static Dataset<Row> read(SparkSession spark, String path) {
    Dataset<Row> orders = spark.read().option("header", true).csv(path);
    List<String> columns = List.of(orders.columns());
    if (!columns.containsAll(COLUMNS)) {
      // The workflow starts the job again when it fails, but not after this word.
      throw new IllegalArgumentException(
          "INVALID_INPUT: %s must have the columns %s, and has %s"
              .formatted(path, COLUMNS, columns));
    }
    return orders;
  }

  static Dataset<Row> parsed(Dataset<Row> orders) {
    return orders
        .withColumn("total", expr("try_cast(total AS DECIMAL(12, 2))"))
        .where(col("total").isNotNull());
  }

  static Dataset<Row> large(Dataset<Row> orders, BigDecimal least) {
    return orders.where(col("total").geq(least));
  }
}
