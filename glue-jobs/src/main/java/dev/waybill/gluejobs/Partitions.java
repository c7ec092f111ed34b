package dev.waybill.gluejobs;

import org.apache.spark.sql.SparkSession;

/**
 * How finely Spark cuts the data: so that a small file gives one file, and a large one tasks that
 * fit in memory.
 */
public final class Partitions {

  private static final String SHUFFLE_PARTITIONS = "spark.sql.shuffle.partitions";
  private static final long BYTES_EACH = 64L << 20;
  private static final long MOST = 10_000;

  private Partitions() {}

  /**
   * Sets the number of shuffle partitions for this much input, unless the job was started with a
   * number of its own.
   *
   * @param bytes as text; Parquet of the same rows is about a tenth of it
   */
  public static void fit(SparkSession spark, long bytes) {
    if (!spark.sparkContext().getConf().contains(SHUFFLE_PARTITIONS)) {
      spark.conf().set(SHUFFLE_PARTITIONS, Math.min(MOST, bytes / BYTES_EACH + 1));
    }
  }
}
