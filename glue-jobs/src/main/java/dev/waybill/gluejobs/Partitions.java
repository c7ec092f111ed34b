package dev.waybill.gluejobs;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * How finely Spark cuts the data: so that a small file gives one file, and a large one tasks that
 * fit in memory.
 */
public final class Partitions {

  private static final String SHUFFLE_PARTITIONS = "spark.sql.shuffle.partitions";
  private static final long BYTES_EACH = 64L << 20;
  private static final long MOST = 10_000;
  private static final long BYTES_OF_A_FILE = 1L << 30;

  private Partitions() {}

  /**
   * Sets the number of shuffle partitions for this much input, unless the job was started with a
   * number of its own.
   *
   * @param bytes as text; Parquet of the same rows is about a seventh of it
   */
  public static void fit(SparkSession spark, long bytes) {
    if (!spark.sparkContext().getConf().contains(SHUFFLE_PARTITIONS)) {
      spark.conf().set(SHUFFLE_PARTITIONS, Math.min(MOST, bytes / BYTES_EACH + 1));
    }
  }

  /**
   * Puts partitions together, so that few files are written of much input: one for each task that
   * can run at once, or more where they would be too large.
   *
   * @param bytes as text; Parquet of the same rows is about a seventh of it
   */
  public static Dataset<Row> fewer(Dataset<Row> rows, long bytes) {
    int atOnce = rows.sparkSession().sparkContext().defaultParallelism();
    return rows.coalesce((int) Math.max(atOnce, bytes / BYTES_OF_A_FILE));
  }
}
