package com.example;

import static org.apache.spark.sql.functions.col;

import dev.waybill.gluetracing.JobArguments;
import dev.waybill.gluetracing.TracedJob;
import java.math.BigDecimal;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/** Keeps the large orders of a CSV file. Each step is a span of the trace, with its rows. */
public final class LargeOrders {

  private static final String SCHEMA =
      "order_id LONG, customer STRING, ordered_on DATE, total DECIMAL(12, 2)";

  private LargeOrders() {}

  public static void main(String[] args) {
    try (TracedJob job = TracedJob.start("large-orders", args)) {
      JobArguments arguments = job.arguments();
      String bucket = "s3://" + arguments.require("bucket");
      String input = bucket + "/" + arguments.require("key");
      String output = bucket + "/large_orders/run=" + arguments.require("run_id");
      BigDecimal least = new BigDecimal(arguments.require("least_total"));

      Dataset<Row> orders = job.step("read orders", () -> read(job.spark(), input));
      Dataset<Row> large = job.step("keep large orders", orders, rows -> large(rows, least));
      job.step(
          "write large orders", () -> large.write().mode(SaveMode.Overwrite).parquet(output));
      job.complete();
    }
  }

  static Dataset<Row> read(SparkSession spark, String path) {
    return spark.read().option("header", true).option("mode", "FAILFAST").schema(SCHEMA).csv(path);
  }

  static Dataset<Row> large(Dataset<Row> orders, BigDecimal least) {
    return orders.where(col("total").geq(least));
  }
}
