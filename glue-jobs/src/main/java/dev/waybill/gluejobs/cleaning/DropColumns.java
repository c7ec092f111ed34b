package dev.waybill.gluejobs.cleaning;

import dev.waybill.gluejobs.ListingColumns;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Drops the columns that a file may have and no output does. */
public final class DropColumns {

  private DropColumns() {}

  public static Dataset<Row> apply(Dataset<Row> rows) {
    return rows.drop(ListingColumns.DROPPED.toArray(String[]::new));
  }
}
