package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LargeOrdersTest {

  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", false)
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void keepsOrdersOfTheLeastTotalAndMore() {
    Dataset<Row> orders = LargeOrders.read(spark, "sample-data/orders.csv");

    List<Long> kept =
        LargeOrders.large(orders, new BigDecimal("100")).orderBy("order_id").collectAsList().stream()
            .map(row -> row.<Long>getAs("order_id"))
            .toList();

    assertEquals(List.of(2L, 4L, 5L, 7L), kept);
  }
}
