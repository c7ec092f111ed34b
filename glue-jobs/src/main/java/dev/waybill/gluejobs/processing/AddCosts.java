package dev.waybill.gluejobs.processing;

import static dev.waybill.gluejobs.ListingColumns.COST_PER_NIGHT;
import static dev.waybill.gluejobs.ListingColumns.MINIMUM_NIGHTS;
import static dev.waybill.gluejobs.ListingColumns.MINIMUM_TOTAL_SPEND;
import static dev.waybill.gluejobs.ListingColumns.PRICE;
import static dev.waybill.gluejobs.ListingColumns.SERVICE_FEE;
import static org.apache.spark.sql.functions.col;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Adds what a night costs, and what the shortest stay does. */
public final class AddCosts {

  private AddCosts() {}

  /** Adds {@code minimum_total_spend}, decimal(24,2): an amount of 13 digits times any int. */
  public static Dataset<Row> withMinimumTotalSpend(Dataset<Row> rows) {
    return rows.withColumn(
        MINIMUM_TOTAL_SPEND, col(PRICE).plus(col(SERVICE_FEE)).multiply(col(MINIMUM_NIGHTS)));
  }

  /** Adds {@code cost_per_night}, decimal(13,2). */
  public static Dataset<Row> withCostPerNight(Dataset<Row> rows) {
    return rows.withColumn(COST_PER_NIGHT, col(PRICE).plus(col(SERVICE_FEE)));
  }
}
