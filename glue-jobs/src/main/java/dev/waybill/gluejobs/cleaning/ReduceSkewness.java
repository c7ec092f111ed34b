package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.sqrt;
import static org.apache.spark.sql.functions.when;

import dev.waybill.gluejobs.ChangeCause;
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

  /** As a double, {@link Long#MAX_VALUE} is this; what is more, no long holds. */
  private static final double LARGEST_LONG = 0x1p63;

  private ReduceSkewness() {}

  public static Dataset<Row> apply(Dataset<Row> rows, Medians medians) {
    Map<String, Column> filled = new LinkedHashMap<>();
    FIGURES.forEach(
        (column, type) ->
            filled.put(column, coalesce(value(column), median(medians, column)).cast(type)));
    Map<String, Column> roots = new LinkedHashMap<>();
    FIGURES
        .keySet()
        .forEach(column -> roots.put(ListingColumns.squareRootOf(column), sqrt(col(column))));
    Dataset<Row> read = Replaceable.readAll(rows, columns());
    return Replaceable.dropRead(read.withColumns(filled), columns()).withColumns(roots);
  }

  /** How the figures are read: a negative one is wrong, and one that its type does not hold. */
  static List<Replaceable> columns() {
    return FIGURES.keySet().stream().map(ReduceSkewness::column).toList();
  }

  /** A figure that was read; null where it is to be replaced. */
  static Column value(String column) {
    Column right = Replaceable.right(column);
    return column.equals(ListingColumns.NUMBER_OF_REVIEWS) ? halfUp(right) : right;
  }

  private static Replaceable column(String name) {
    Column read = Replaceable.read(name);
    Column wrong =
        name.equals(ListingColumns.NUMBER_OF_REVIEWS)
            ? read.lt(0).or(read.gt(LARGEST_LONG))
            : read.lt(0);
    Column reading =
        name.equals(ListingColumns.CALCULATED_HOST_LISTINGS_COUNT)
            ? Values.wholeLong(col(name))
            : Values.doubleNumber(col(name));
    return new Replaceable(name, reading, Map.of(ChangeCause.OUT_OF_RANGE, wrong));
  }

  private static Column halfUp(Column value) {
    Column below = floor(value);
    return below.plus(when(value.minus(below).geq(0.5), 1).otherwise(0));
  }

  /** The median of whole numbers is a whole number: half goes up. */
  private static Column median(Medians medians, String column) {
    Double median = medians.figures().get(column);
    Column value = lit(median).cast("double");
    return FIGURES.get(column).equals("long") ? round(value).try_cast("long") : value;
  }
}
