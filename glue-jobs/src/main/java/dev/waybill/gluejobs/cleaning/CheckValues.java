package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import dev.waybill.gluejobs.ListingColumns;
import dev.waybill.gluejobs.RejectReason;
import dev.waybill.gluejobs.cleaning.Rejection.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Checks room type, ranges and required values, in this order, and gives those columns their types.
 */
public final class CheckValues {

  private static final Object[] ROOM_TYPES = {
    "Entire home/apt", "Private room", "Shared room", "Hotel room"
  };

  private static final int LARGEST_LATITUDE = 90;
  private static final int LARGEST_LONGITUDE = 180;

  /** How each column is read. */
  private static final Map<String, UnaryOperator<Column>> TYPED = new LinkedHashMap<>();

  static {
    TYPED.put(ListingColumns.ID, Values::wholeLong);
    TYPED.put(ListingColumns.LAT, Values::doubleNumber);
    TYPED.put(ListingColumns.LONG, Values::doubleNumber);
    TYPED.put(ListingColumns.INSTANT_BOOKABLE, Values::truthValue);
    TYPED.put(ListingColumns.CONSTRUCTION_YEAR, Values::wholeInt);
    TYPED.put(ListingColumns.REVIEW_RATE_NUMBER, Values::wholeInt);
  }

  private static final List<String> MUST_BE_PRESENT =
      List.of(
          ListingColumns.ID,
          ListingColumns.NEIGHBOURHOOD_GROUP,
          ListingColumns.NEIGHBOURHOOD,
          ListingColumns.LAT,
          ListingColumns.LONG,
          ListingColumns.CONSTRUCTION_YEAR,
          ListingColumns.REVIEW_RATE_NUMBER);

  private CheckValues() {}

  public static Dataset<Row> apply(Dataset<Row> rows) {
    Map<String, Column> typed = new LinkedHashMap<>();
    TYPED.forEach((column, reader) -> typed.put(column, reader.apply(col(column))));
    typed.put(ListingColumns.ROOM_TYPE, text(ListingColumns.ROOM_TYPE));

    List<Rule> rules = new ArrayList<>();
    rules.add(
        Rule.of(
            not(isTrue(text(ListingColumns.ROOM_TYPE).isin(ROOM_TYPES))),
            RejectReason.INVALID_ROOM_TYPE,
            ListingColumns.ROOM_TYPE));
    TYPED.keySet().forEach(column -> rules.add(invalid(column, typed.get(column))));
    MUST_BE_PRESENT.forEach(
        column -> rules.add(Rule.of(text(column).isNull(), RejectReason.MISSING_VALUE, column)));
    return Rejection.mark(rows, rules).withColumns(typed);
  }

  /** There is a value, and it can't be read or lies outside its range. */
  private static Rule invalid(String column, Column value) {
    Column good =
        switch (column) {
          case ListingColumns.LAT -> abs(value).leq(LARGEST_LATITUDE);
          case ListingColumns.LONG -> abs(value).leq(LARGEST_LONGITUDE);
          default -> value.isNotNull();
        };
    return Rule.of(
        text(column).isNotNull().and(not(isTrue(good))), RejectReason.INVALID_VALUE, column);
  }

  private static Column text(String column) {
    return Values.orNull(col(column));
  }

  private static Column isTrue(Column condition) {
    return coalesce(condition, lit(false));
  }
}
