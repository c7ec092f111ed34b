package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.try_to_date;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.year;

import dev.waybill.gluejobs.ListingColumns;
import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Puts the median date in the place of review dates that are missing or can't be right. */
public final class CorrectReviewDates {

  private CorrectReviewDates() {}

  public static Dataset<Row> apply(Dataset<Row> rows, Medians medians, LocalDate runDate) {
    return rows.withColumn(
        ListingColumns.LAST_REVIEW,
        coalesce(rightDate(runDate), lit(medians.lastReview()).cast("date")));
  }

  /**
   * The review date, or null where it is missing, unreadable, after the run or in a year before the
   * house was built.
   */
  static Column rightDate(LocalDate runDate) {
    Column date = date();
    return when(
        date.leq(lit(runDate)).and(year(date).geq(col(ListingColumns.CONSTRUCTION_YEAR))), date);
  }

  /** The form is looked at first: trying all three would throw and catch two exceptions a row. */
  private static Column date() {
    Column text = Text.orNull(col(ListingColumns.LAST_REVIEW));
    return when(text.rlike("^\\d{1,2}/\\d{1,2}/\\d{4}$"), try_to_date(text, "M/d/yyyy"))
        .when(text.rlike("^\\d{1,2}/\\d{1,2}/\\d{2}$"), try_to_date(text, "M/d/yy"))
        .when(text.rlike("^\\d{4}-\\d{2}-\\d{2}$"), try_to_date(text, "yyyy-MM-dd"));
  }
}
