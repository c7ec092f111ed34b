package dev.waybill.gluejobs;

import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StructType;

/** What {@code cleaned/} holds. Spark would else start a job to find it in the files. */
public final class CleanedListings {

  /** Its columns, all of them nullable: so Spark reads files, whatever they guarantee. */
  public static final StructType SCHEMA = Contract.schema(Output.CLEANED).toNullable();

  /** Dollars and cents. */
  public static final DecimalType AMOUNT = (DecimalType) type(ListingColumns.PRICE);

  private CleanedListings() {}

  /** A column's type. */
  public static DataType type(String column) {
    return SCHEMA.apply(column).dataType();
  }
}
