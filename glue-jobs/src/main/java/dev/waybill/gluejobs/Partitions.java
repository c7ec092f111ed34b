package dev.waybill.gluejobs;

import static org.apache.spark.sql.functions.broadcast;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * How finely Spark cuts the data: so that a small file gives one file, and a large one tasks that
 * fit in memory.
 */
public final class Partitions {

  private static final String SHUFFLE_PARTITIONS = "spark.sql.shuffle.partitions";
  private static final long BYTES_EACH = 64L << 20;
  private static final long MOST = 10_000;
  private static final long BYTES_OF_A_FILE = 1L << 30;

  /** So many rows of a few columns go to each task without harm. */
  public static final long FEW_ROWS = 500_000;

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

  /**
   * Puts partitions together, so that few files are written of much input: one for each task that
   * can run at once, or more where they would be too large.
   *
   * @param bytes as text; Parquet of the same rows is about a quarter of it
   */
  public static Dataset<Row> fewer(Dataset<Row> rows, long bytes) {
    int atOnce = rows.sparkSession().sparkContext().defaultParallelism();
    return rows.coalesce((int) Math.max(atOnce, bytes / BYTES_OF_A_FILE));
  }

  /**
   * A side of a join that is sent to each task where it is small; else Spark shuffles both sides.
   *
   * @param most how many rows it can have; where these are many, a Spark action counts them
   */
  public static Dataset<Row> sentIfFew(Dataset<Row> rows, long most) {
    if (most <= FEW_ROWS) {
      return broadcast(rows);
    }
    Dataset<Row> kept = rows.persist(StorageLevel.MEMORY_AND_DISK());
    return kept.count() <= FEW_ROWS ? broadcast(kept) : kept;
  }
}
