package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    Dataset<Row> orders = LargeOrders.parsed(LargeOrders.read(spark, "sample-data/orders.csv"));

    List<String> kept =
        LargeOrders.large(orders, new BigDecimal("100")).collectAsList().stream()
            .map(row -> row.<String>getAs("order_id"))
            .toList();

    assertEquals(List.of("2", "4", "5", "7"), kept);
  }

  @Test
  void refusesAFileWithoutTotals(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("orders.csv"), "order_id,customer\n1,Ada\n");

    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> LargeOrders.read(spark, file.toString()));

    assertTrue(refused.getMessage().startsWith("INVALID_INPUT: "), refused.getMessage());
  }
}
