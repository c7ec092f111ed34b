package org.example;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.raise_error;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Spark job that nobody traces. */
public final class PlainJob {

  private PlainJob() {}

  public static void main(String[] args) throws InterruptedException {
    System.out.println("main began " + System.currentTimeMillis());
    SparkSession spark = SparkSession.builder().appName("plain-job").getOrCreate();
    spark
        .sparkContext()
        .addSparkListener(
            new SparkListener() {
              @Override
              public void onApplicationEnd(SparkListenerApplicationEnd event) {
                System.out.println("Spark ended " + event.time());
              }
            });
    spark.range(100).groupBy(col("id").mod(7)).count().collectAsList();
    switch (args[0]) {
      case "stops" -> spark.stop();
      case "fails" ->
          spark
              .range(3)
              .select(when(col("id").gt(1), raise_error(lit("row is bad"))))
              .collectAsList();
      case "survives" -> {
        try {
          spark.range(1).select(raise_error(lit("row is bad"))).collectAsList();
        } catch (RuntimeException e) {
          spark.range(1).count();
        }
      }
      case "survives without a Spark job" -> {
        try {
          spark.range(1).select(raise_error(lit("row is bad"))).collectAsList();
        } catch (RuntimeException e) {
          spark.sql("VALUES (1)").collectAsList();
        }
      }
      case "logs" -> {
        Logger log = LoggerFactory.getLogger(PlainJob.class);
        log.info("not to be seen");
        log.warn("to be seen once");
        spark.stop();
        log.info("nor after Spark");
      }
      case "exits" -> System.exit(0);
      case "throws" -> throw new IllegalStateException("the shop is closed");
      case "waits" -> {
        spark.range(1).count();
        System.out.println("waits");
        Thread.sleep(600_000);
      }
      default -> {
        // Ends without a word.
      }
    }
  }
}
