package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.percentile;
import static org.apache.spark.sql.functions.unix_date;
import static org.apache.spark.sql.functions.when;

import dev.waybill.gluejobs.ListingColumns;
import dev.waybill.gluejobs.RejectReason;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What only a look at all checked rows can tell, in one pass over them: the exact medians of the
 * rows still here, how many rows bear which mark, and how many values the steps change. Spark's
 * exact percentile keeps a count per distinct value, not the values.
 *
 * @param figures by column; null for a column without any value
 * @param lastReview the lower of the two middle dates where the count is even; null where no date
 *     is right
 * @param kept rows without a mark
 * @param rejected rows by mark, only reasons that occur
 * @param changes of the values of rows without a mark
 */
public record Medians(
    Map<String, Double> figures,
    LocalDate lastReview,
    long kept,
    Map<RejectReason, Long> rejected,
    ValueChanges changes) {

  /** Before the names of values that are computed in generated code, before the aggregation. */
  private static final String RIGHT = "right_";

  private static final String RIGHT_DAY = RIGHT + "day";

  /**
   * Looks at all rows: a Spark action.
   *
   * @param rows as {@link CheckValues} leaves them
   */
  public static Medians of(Dataset<Row> rows, LocalDate runDate) {
    Column kept = not(Rejection.isMarked());
    List<Replaceable> replaceable = replaceable(runDate);
    List<Column> asked = new ArrayList<>();
    Map<String, Column> right = new LinkedHashMap<>();
    for (String column : ListingColumns.REVIEW_FIGURES) {
      right.put(RIGHT + column, when(kept, ReduceSkewness.value(column)));
      asked.add(percentile(col(RIGHT + column), lit(0.5)));
    }
    right.put(RIGHT_DAY, when(kept, unix_date(CorrectReviewDates.rightDate())));
    asked.add(expr("percentile_disc(0.5) WITHIN GROUP (ORDER BY " + RIGHT_DAY + ")").cast("long"));
    asked.add(count(when(kept, lit(1))));
    for (RejectReason reason : RejectReason.values()) {
      asked.add(count_if(Rejection.isFor(reason)));
    }
    int first = asked.size();
    asked.addAll(ValueChanges.counts(replaceable));
    Row answer =
        Replaceable.readAll(rows, replaceable)
            .withColumns(right)
            .select(asked.toArray(Column[]::new))
            .head();
    return read(answer, ValueChanges.read(answer, first, replaceable));
  }

  /** The columns whose values later steps may replace. */
  static List<Replaceable> replaceable(LocalDate runDate) {
    return Stream.concat(
            ReduceSkewness.columns().stream(), CorrectReviewDates.columns(runDate).stream())
        .toList();
  }

  /** All rejected rows. */
  public long allRejected() {
    return rejected.values().stream().mapToLong(Long::longValue).sum();
  }

  private static Medians read(Row answer, ValueChanges changes) {
    int next = 0;
    Map<String, Double> figures = new LinkedHashMap<>();
    for (String column : ListingColumns.REVIEW_FIGURES) {
      figures.put(column, answer.isNullAt(next) ? null : answer.getDouble(next));
      next++;
    }
    LocalDate lastReview =
        answer.isNullAt(next) ? null : LocalDate.ofEpochDay(answer.getLong(next));
    long kept = answer.getLong(next + 1);
    Map<RejectReason, Long> rejected = new EnumMap<>(RejectReason.class);
    for (RejectReason reason : RejectReason.values()) {
      long count = answer.getLong(next + 2 + reason.ordinal());
      if (count > 0) {
        rejected.put(reason, count);
      }
    }
    return new Medians(figures, lastReview, kept, rejected, changes);
  }
}
