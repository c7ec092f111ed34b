package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.sqrt;
import static org.apache.spark.sql.functions.when;

import dev.waybill.gluejobs.ChangeCause;
import dev.waybill.gluejobs.CleanedListings;
import dev.waybill.gluejobs.ListingColumns;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * Gives missing review figures their median and adds each figure's square root, which is spread
 * more evenly.
 */
public final class ReduceSkewness {

  /** As a double, {@link Long#MAX_VALUE} is this; what is more, no long holds. */
  private static final double LARGEST_LONG = 0x1p63;

  private ReduceSkewness() {}

  public static Dataset<Row> apply(Dataset<Row> rows, Medians medians) {
    Map<String, Column> filled = new LinkedHashMap<>();
    Map<String, Column> roots = new LinkedHashMap<>();
    for (String column : ListingColumns.REVIEW_FIGURES) {
      Column value = coalesce(value(column), median(medians, column));
      filled.put(column, value.cast(CleanedListings.type(column)));
      roots.put(ListingColumns.squareRootOf(column), sqrt(col(column)));
    }
    Dataset<Row> read = Replaceable.readAll(rows, columns());
    return Replaceable.dropRead(read.withColumns(filled), columns()).withColumns(roots);
  }

  /** How the figures are read: a negative one is wrong, and one that its type does not hold. */
  static List<Replaceable> columns() {
    return ListingColumns.REVIEW_FIGURES.stream().map(ReduceSkewness::column).toList();
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
    return CleanedListings.type(column).equals(DataTypes.LongType)
        ? round(value).try_cast("long")
        : value;
  }
}
