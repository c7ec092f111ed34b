package dev.waybill.local;

import org.apache.spark.sql.SparkSession;

/** Spark for tests that look at the data sets which runs leave. */
public final class TestSpark {

  private TestSpark() {}

  /** The session that the tests of this JVM share. */
  public static SparkSession session() {
    return SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", false)
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate();
  }
}
