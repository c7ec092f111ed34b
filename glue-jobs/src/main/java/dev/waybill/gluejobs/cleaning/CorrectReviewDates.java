package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.year;

import dev.waybill.gluejobs.ChangeCause;
import dev.waybill.gluejobs.ListingColumns;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Puts the median date in the place of review dates that are missing or can't be right. */
public final class CorrectReviewDates {

  private static final LocalDate EARLIEST = LocalDate.of(1900, 1, 1);

  private CorrectReviewDates() {}

  public static Dataset<Row> apply(Dataset<Row> rows, Medians medians, LocalDate runDate) {
    List<Replaceable> columns = columns(runDate);
    return Replaceable.dropRead(
        Replaceable.readAll(rows, columns)
            .withColumn(
                ListingColumns.LAST_REVIEW,
                coalesce(rightDate(), lit(medians.lastReview()).cast("date"))),
        columns);
  }

  /**
   * How the review date is read: one before 1900, after the run or in a year before the house was
   * built is wrong.
   */
  static List<Replaceable> columns(LocalDate runDate) {
    Column date = Replaceable.read(ListingColumns.LAST_REVIEW);
    Map<ChangeCause, Column> wrong = new LinkedHashMap<>();
    wrong.put(ChangeCause.OUT_OF_RANGE, date.lt(lit(EARLIEST)));
    wrong.put(ChangeCause.AFTER_RUN_DATE, date.gt(lit(runDate)));
    wrong.put(
        ChangeCause.BEFORE_CONSTRUCTION, year(date).lt(col(ListingColumns.CONSTRUCTION_YEAR)));
    return List.of(
        new Replaceable(
            ListingColumns.LAST_REVIEW, Values.date(col(ListingColumns.LAST_REVIEW)), wrong));
  }

  /** The review date; null where it is to be replaced. */
  static Column rightDate() {
    return Replaceable.right(ListingColumns.LAST_REVIEW);
  }
}
