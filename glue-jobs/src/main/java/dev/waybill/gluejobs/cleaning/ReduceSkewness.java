package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.sqrt;
import static org.apache.spark.sql.functions.when;

import dev.waybill.gluejobs.ListingColumns;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Gives missing review figures their median and adds each figure's square root, which is spread
 * more evenly.
 */
public final class ReduceSkewness {

  /** The figures, and the types that they get. */
  static final Map<String, String> FIGURES = new LinkedHashMap<>();

  static {
    FIGURES.put(ListingColumns.REVIEWS_PER_MONTH, "double");
    FIGURES.put(ListingColumns.NUMBER_OF_REVIEWS, "long");
    FIGURES.put(ListingColumns.CALCULATED_HOST_LISTINGS_COUNT, "long");
  }

  private ReduceSkewness() {}

  public static Dataset<Row> apply(Dataset<Row> rows, Medians medians) {
    Map<String, Column> filled = new LinkedHashMap<>();
    FIGURES.forEach(
        (column, type) ->
            filled.put(column, coalesce(value(column), median(medians, column)).cast(type)));
    Map<String, Column> roots = new LinkedHashMap<>();
    List.copyOf(FIGURES.keySet())
        .forEach(column -> roots.put(ListingColumns.squareRootOf(column), sqrt(col(column))));
    return rows.withColumns(filled).withColumns(roots);
  }

  /**
   * A figure as far as it can be read: null where it is missing, unreadable, negative or no finite
   * number.
   */
  static Column value(String column) {
    Column text = Text.orNull(col(column));
    Column read =
        switch (column) {
          case ListingColumns.NUMBER_OF_REVIEWS -> round(text.try_cast("double")).try_cast("long");
          case ListingColumns.CALCULATED_HOST_LISTINGS_COUNT -> text.try_cast("long");
          default -> text.try_cast("double");
        };
    return when(read.geq(0).and(read.lt(Double.POSITIVE_INFINITY)), read);
  }

  /** The median of whole numbers is a whole number: half goes up. */
  private static Column median(Medians medians, String column) {
    Double median = medians.figures().get(column);
    Column value = lit(median).cast("double");
    return FIGURES.get(column).equals("long") ? round(value).try_cast("long") : value;
  }
}
