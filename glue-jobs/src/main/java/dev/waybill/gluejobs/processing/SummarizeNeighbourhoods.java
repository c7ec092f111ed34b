package dev.waybill.gluejobs.processing;

import static dev.waybill.gluejobs.ListingColumns.COST_PER_NIGHT;
import static dev.waybill.gluejobs.ListingColumns.NEIGHBOURHOOD;
import static dev.waybill.gluejobs.ListingColumns.NEIGHBOURHOOD_GROUP;
import static dev.waybill.gluejobs.ListingColumns.NUMBER_OF_REVIEWS;
import static dev.waybill.gluejobs.ListingColumns.PRICE;
import static dev.waybill.gluejobs.ListingColumns.REVIEW_RATE_NUMBER;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.percentile;
import static org.apache.spark.sql.functions.try_sum;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** One row per neighbourhood of each borough, in the order of their names, in one file. */
public final class SummarizeNeighbourhoods {

  /** The mean of two amounts of cents has half cents. */
  private static final String MEDIAN_TYPE = "decimal(13,3)";

  private SummarizeNeighbourhoods() {}

  /** The columns that it looks at. */
  static Dataset<Row> columns(Dataset<Row> rows) {
    return rows.select(
        NEIGHBOURHOOD_GROUP,
        NEIGHBOURHOOD,
        PRICE,
        COST_PER_NIGHT,
        REVIEW_RATE_NUMBER,
        NUMBER_OF_REVIEWS);
  }

  public static Dataset<Row> apply(Dataset<Row> rows) {
    return rows.groupBy(NEIGHBOURHOOD_GROUP, NEIGHBOURHOOD)
        .agg(
            count(lit(1)).as("listings"),
            avg(PRICE).as("average_price"),
            percentile(col(PRICE), lit(0.5)).cast(MEDIAN_TYPE).as("median_price"),
            avg(COST_PER_NIGHT).as("average_cost_per_night"),
            avg(REVIEW_RATE_NUMBER).as("average_review_rate_number"),
            // A sum that no long holds is no number: null, and no reason to lose the run.
            try_sum(col(NUMBER_OF_REVIEWS)).as("total_number_of_reviews"))
        .coalesce(1)
        .sortWithinPartitions(NEIGHBOURHOOD_GROUP, NEIGHBOURHOOD);
  }
}
