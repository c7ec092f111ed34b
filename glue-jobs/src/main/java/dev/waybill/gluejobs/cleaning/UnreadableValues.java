package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.when;

import dev.waybill.gluejobs.ChangeCause;
import dev.waybill.gluejobs.InvalidInput;
import dev.waybill.gluejobs.ListingColumns;
import dev.waybill.gluejobs.values.Visible;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** Values that were replaced because nobody could read them: warnings of them, and examples. */
final class UnreadableValues {

  private static final int EXAMPLES = 3;
  private static final int LONGEST_EXAMPLE = 100;
  private static final String COLUMN = "column";
  private static final String VALUE = "value";
  private static final String ROWS = "rows";
  private static final String RANK = "rank";

  /** What the values of each column should have been. */
  private static final Map<String, String> FORMS =
      Map.of(
          ListingColumns.LAST_REVIEW, "dates as `M/d/yyyy`, `M/d/yy` or `yyyy-MM-dd`",
          ListingColumns.NUMBER_OF_REVIEWS, "numbers as `12`",
          ListingColumns.REVIEWS_PER_MONTH, "numbers as `0.25`",
          ListingColumns.CALCULATED_HOST_LISTINGS_COUNT, "whole numbers as `12`");

  private UnreadableValues() {}

  /**
   * The most frequent ones of each column that has any, at most three: a Spark action.
   *
   * @param rows as {@link CheckValues} leaves them
   */
  static Map<String, List<String>> examples(Dataset<Row> rows, List<Replaceable> columns) {
    Column[] each =
        columns.stream()
            .map(
                column ->
                    when(
                        column.isFor(ChangeCause.UNREADABLE),
                        struct(
                            lit(column.column()).as(COLUMN),
                            substring(Values.orNull(col(column.column())), 1, LONGEST_EXAMPLE)
                                .as(VALUE))))
            .toArray(Column[]::new);
    Map<String, List<String>> examples = new LinkedHashMap<>();
    Replaceable.readAll(rows.where(not(Rejection.isMarked())), columns)
        .select(explode(array(each)).as(COLUMN))
        .where(col(COLUMN).isNotNull())
        .select(col(COLUMN + ".*"))
        // One shuffle for both the counts and the ranks.
        .repartition(col(COLUMN))
        .groupBy(COLUMN, VALUE)
        .agg(count(lit(1)).as(ROWS))
        .withColumn(
            RANK,
            row_number().over(Window.partitionBy(COLUMN).orderBy(col(ROWS).desc(), col(VALUE))))
        .where(col(RANK).leq(EXAMPLES))
        .collectAsList()
        .stream()
        .sorted(
            Comparator.comparing((Row row) -> row.<String>getAs(COLUMN))
                .thenComparing(row -> row.<Integer>getAs(RANK)))
        .forEach(
            row ->
                examples
                    .computeIfAbsent(row.getString(0), column -> new ArrayList<>())
                    .add(row.getString(1)));
    return examples;
  }

  /**
   * A sentence for each column that has more of them than are allowed.
   *
   * @param percent of the rows that are kept
   * @param examples by column; one is in the sentence where there is any
   */
  static List<String> warnings(
      Medians medians, double percent, Map<String, List<String>> examples) {
    List<String> warnings = new ArrayList<>();
    medians
        .changes()
        .byColumn()
        .keySet()
        .forEach(
            column -> {
              long unreadable = medians.changes().unreadable(column);
              if (100.0 * unreadable > percent * medians.kept()) {
                warnings.add(
                    String.format(
                            Locale.ROOT,
                            "%s: %,d of %,d values are not %s",
                            column,
                            unreadable,
                            medians.kept(),
                            FORMS.get(column))
                        + suchAs(examples.getOrDefault(column, List.of())));
              }
            });
    return warnings;
  }

  /**
   * Fails the run where there is any warning.
   *
   * @throws InvalidInput with all of them
   */
  static void refuse(String key, List<String> warnings, double percent) {
    if (!warnings.isEmpty()) {
      throw new InvalidInput(
          key,
          "%s; at most %s %% of a column may be (--%s): correct the file and upload it again"
              .formatted(
                  String.join("; ", warnings),
                  BigDecimal.valueOf(percent).stripTrailingZeros().toPlainString(),
                  CleaningOptions.MAX_UNREADABLE_PERCENT));
    }
  }

  private static String suchAs(List<String> examples) {
    return examples.isEmpty() ? "" : ", such as `" + Visible.text(examples.get(0)) + "`";
  }
}
