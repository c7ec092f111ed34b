package dev.waybill.gluejobs.processing;

import static dev.waybill.gluejobs.ListingColumns.COST_PER_NIGHT;
import static dev.waybill.gluejobs.ListingColumns.EXP_RANK_OVERALL;
import static dev.waybill.gluejobs.ListingColumns.EXP_RANK_PER_NEIGHBOURHOOD;
import static dev.waybill.gluejobs.ListingColumns.NEIGHBOURHOOD;
import static dev.waybill.gluejobs.ListingColumns.NUMBER_OF_REVIEWS;
import static dev.waybill.gluejobs.ListingColumns.PROP_RANK_EXP;
import static dev.waybill.gluejobs.ListingColumns.PROP_RANK_REVIEW;
import static dev.waybill.gluejobs.ListingColumns.RANK_OVERALL_REVIEWS;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.dense_rank;
import static org.apache.spark.sql.functions.lit;

import dev.waybill.gluejobs.SmallSide;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Adds dense ranks: 1 is the most expensive or the most reviewed listing. They are computed from
 * the distinct values, which are few, and joined to the rows: many rows are neither moved nor
 * sorted.
 */
public final class AddRanks {

  private static final String VALUE = "ranked_value";
  private static final String GROUP = "ranked_within";

  private AddRanks() {}

  /**
   * Adds {@code exp_rank_per_neighbourhood}, long.
   *
   * @param most how many rows there can be
   */
  public static Dataset<Row> withinNeighbourhood(Dataset<Row> rows, long most) {
    if (SmallSide.isFew(rows.sparkSession(), most)) {
      return rows.withColumn(
          EXP_RANK_PER_NEIGHBOURHOOD,
          dense_rank()
              .over(Window.partitionBy(NEIGHBOURHOOD).orderBy(col(COST_PER_NIGHT).desc()))
              .cast("long"));
    }
    Dataset<Row> ranks =
        withRank(
            rows.select(col(NEIGHBOURHOOD).as(GROUP), col(COST_PER_NIGHT).as(VALUE)).distinct(),
            Window.partitionBy(GROUP),
            EXP_RANK_PER_NEIGHBOURHOOD,
            most);
    return join(
        rows,
        ranks,
        rows.col(NEIGHBOURHOOD)
            .eqNullSafe(ranks.col(GROUP))
            .and(rows.col(COST_PER_NIGHT).eqNullSafe(ranks.col(VALUE))));
  }

  /**
   * Adds {@code exp_rank_overall} and {@code rank_overall_reviews}, long.
   *
   * @param most how many rows there can be
   */
  public static Dataset<Row> overall(Dataset<Row> rows, long most) {
    return overall(
        overall(rows, COST_PER_NIGHT, EXP_RANK_OVERALL, most),
        NUMBER_OF_REVIEWS,
        RANK_OVERALL_REVIEWS,
        most);
  }

  /** Adds {@code prop_rank_exp} and {@code prop_rank_review}, for example {@code 17/3511}. */
  public static Dataset<Row> asProportions(Dataset<Row> rows, long all) {
    return rows.withColumn(PROP_RANK_EXP, concat_ws("/", col(EXP_RANK_OVERALL), lit(all)))
        .withColumn(PROP_RANK_REVIEW, concat_ws("/", col(RANK_OVERALL_REVIEWS), lit(all)));
  }

  private static Dataset<Row> overall(Dataset<Row> rows, String column, String rank, long most) {
    Dataset<Row> ranks =
        withRank(rows.select(col(column).as(VALUE)).distinct(), Window.partitionBy(), rank, most);
    return join(rows, ranks, rows.col(column).eqNullSafe(ranks.col(VALUE)));
  }

  private static Dataset<Row> withRank(
      Dataset<Row> values, WindowSpec window, String rank, long most) {
    return SmallSide.of(
        values.withColumn(rank, dense_rank().over(window.orderBy(col(VALUE).desc())).cast("long")),
        most);
  }

  /** Null-safe and outer: a file without any review figure has null ones, and keeps its rows. */
  private static Dataset<Row> join(Dataset<Row> rows, Dataset<Row> ranks, Column same) {
    return rows.join(ranks, same, "left").drop(VALUE, GROUP);
  }
}
