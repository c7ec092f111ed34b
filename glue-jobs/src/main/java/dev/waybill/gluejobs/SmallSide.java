package dev.waybill.gluejobs;

import static org.apache.spark.sql.functions.broadcast;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * The side of a join that has few rows of few columns. It is sent to each task, so that the rows of
 * the other side stay where they are. Where there are many after all, Spark shuffles both sides.
 */
public final class SmallSide {

  /** A setting of the Spark session: up to how many rows are few. */
  static final String FEW_ROWS = "spark.waybill.fewRows";

  private static final String DEFAULT = "500000";

  private SmallSide() {}

  /** Whether so many rows are few. */
  public static boolean isFew(SparkSession spark, long rows) {
    return rows <= few(spark);
  }

  /** Up to how many rows are few. */
  public static long few(SparkSession spark) {
    return Long.parseLong(spark.conf().get(FEW_ROWS, DEFAULT));
  }

  /**
   * Prepares rows to be joined.
   *
   * @param most how many there can be; where these are many, a Spark action counts them
   */
  public static Dataset<Row> of(Dataset<Row> rows, long most) {
    if (isFew(rows.sparkSession(), most)) {
      return broadcast(rows);
    }
    Dataset<Row> kept = rows.persist(StorageLevel.MEMORY_AND_DISK());
    return isFew(rows.sparkSession(), kept.count()) ? broadcast(kept) : kept;
  }
}
