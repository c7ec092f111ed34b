package dev.waybill.gluejobs.processing;

import static dev.waybill.gluejobs.ListingColumns.COST_PER_NIGHT;
import static dev.waybill.gluejobs.ListingColumns.EXP_RANK_OVERALL;
import static dev.waybill.gluejobs.ListingColumns.EXP_RANK_PER_NEIGHBOURHOOD;
import static dev.waybill.gluejobs.ListingColumns.NEIGHBOURHOOD;
import static dev.waybill.gluejobs.ListingColumns.NUMBER_OF_REVIEWS;
import static dev.waybill.gluejobs.ListingColumns.PROP_RANK_EXP;
import static dev.waybill.gluejobs.ListingColumns.PROP_RANK_REVIEW;
import static dev.waybill.gluejobs.ListingColumns.RANK_OVERALL_REVIEWS;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.dense_rank;
import static org.apache.spark.sql.functions.lit;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * Adds dense ranks, from the dearest and the most reviewed down, beginning with 1. Overall ranks
 * are made of the distinct values, which are few, and joined to the rows: no window ever holds all
 * rows.
 */
public final class AddRanks {

  private static final String VALUE = "ranked_value";

  private AddRanks() {}

  /** Adds {@code exp_rank_per_neighbourhood}, long. */
  public static Dataset<Row> withinNeighbourhood(Dataset<Row> rows) {
    return rows.withColumn(
        EXP_RANK_PER_NEIGHBOURHOOD,
        dense_rank()
            .over(Window.partitionBy(NEIGHBOURHOOD).orderBy(col(COST_PER_NIGHT).desc()))
            .cast("long"));
  }

  /** Adds {@code exp_rank_overall} and {@code rank_overall_reviews}, long. */
  public static Dataset<Row> overall(Dataset<Row> rows) {
    return withRank(
        withRank(rows, COST_PER_NIGHT, EXP_RANK_OVERALL), NUMBER_OF_REVIEWS, RANK_OVERALL_REVIEWS);
  }

  /** Adds {@code prop_rank_exp} and {@code prop_rank_review}, for example {@code 17/3511}. */
  public static Dataset<Row> asProportions(Dataset<Row> rows, long all) {
    return rows.withColumn(PROP_RANK_EXP, concat_ws("/", col(EXP_RANK_OVERALL), lit(all)))
        .withColumn(PROP_RANK_REVIEW, concat_ws("/", col(RANK_OVERALL_REVIEWS), lit(all)));
  }

  private static Dataset<Row> withRank(Dataset<Row> rows, String column, String rank) {
    Dataset<Row> ranks =
        rows.select(col(column).as(VALUE))
            .distinct()
            .withColumn(rank, dense_rank().over(Window.orderBy(col(VALUE).desc())).cast("long"));
    // Null-safe and outer: a file without any review figure has null ones, and keeps its rows.
    return rows.join(broadcast(ranks), rows.col(column).eqNullSafe(ranks.col(VALUE)), "left")
        .drop(VALUE);
  }
}
