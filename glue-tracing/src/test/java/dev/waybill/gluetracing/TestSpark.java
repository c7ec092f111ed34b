package dev.waybill.gluetracing;

import org.apache.spark.sql.SparkSession;

/** The session of all tests in a JVM; jobs find it. */
final class TestSpark {

  private TestSpark() {}

  static SparkSession session() {
    return SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", false)
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", 2)
        .getOrCreate();
  }
}
