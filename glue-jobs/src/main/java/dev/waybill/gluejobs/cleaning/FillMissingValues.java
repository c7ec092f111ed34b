package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import dev.waybill.gluejobs.ChangeCause;
import dev.waybill.gluejobs.ListingColumns;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Gives blank fields the contract's constants, and two misspelt boroughs their names. */
public final class FillMissingValues {

  private static final Map<String, String> CONSTANTS = new LinkedHashMap<>();

  static {
    CONSTANTS.put(ListingColumns.NAME, "Blank");
    CONSTANTS.put(ListingColumns.HOST_NAME, "Blank");
    CONSTANTS.put(ListingColumns.HOUSE_RULES, "Blank");
    CONSTANTS.put(ListingColumns.HOST_IDENTITY_VERIFIED, "Unconfirmed");
    CONSTANTS.put(ListingColumns.COUNTRY, "United States");
    CONSTANTS.put(ListingColumns.INSTANT_BOOKABLE, "true");
    CONSTANTS.put(ListingColumns.CANCELLATION_POLICY, "moderate");
  }

  private static final Map<String, String> BOROUGHS =
      Map.of("brookln", "Brooklyn", "manhatan", "Manhattan");

  /** Has a bit for each column whose value was changed, in the order of {@link #CHANGES}. */
  private static final String CHANGED = "filled_in";

  /** The columns whose values this step may change, and why. */
  static final Map<String, ChangeCause> CHANGES = new LinkedHashMap<>();

  static {
    CONSTANTS.keySet().forEach(column -> CHANGES.put(column, ChangeCause.CONSTANT_FILLED_IN));
    CHANGES.put(ListingColumns.NEIGHBOURHOOD_GROUP, ChangeCause.CORRECTED_SPELLING);
  }

  private static final List<String> BITS = List.copyOf(CHANGES.keySet());

  private FillMissingValues() {}

  public static Dataset<Row> apply(Dataset<Row> rows) {
    Map<String, Column> filled = new LinkedHashMap<>();
    List<Column> bits = new ArrayList<>();
    CONSTANTS.forEach(
        (column, constant) -> {
          Column value = Values.orNull(col(column));
          filled.put(column, coalesce(value, lit(constant)));
          bits.add(bit(column, value.isNull()));
        });
    Column borough = Values.trimmed(col(ListingColumns.NEIGHBOURHOOD_GROUP));
    filled.put(ListingColumns.NEIGHBOURHOOD_GROUP, corrected(borough));
    bits.add(bit(ListingColumns.NEIGHBOURHOOD_GROUP, borough.isin(BOROUGHS.keySet().toArray())));
    filled.put(ListingColumns.NEIGHBOURHOOD, Values.trimmed(col(ListingColumns.NEIGHBOURHOOD)));
    filled.put(CHANGED, bits.stream().reduce(Column::bitwiseOR).orElseThrow());
    return rows.withColumns(filled);
  }

  /** Whether this step has changed a row's value. */
  static Column isChanged(String column) {
    int bit = 1 << BITS.indexOf(column);
    return col(CHANGED).bitwiseAND(bit).equalTo(bit);
  }

  private static Column bit(String column, Column changed) {
    return when(changed, 1 << BITS.indexOf(column)).otherwise(0);
  }

  private static Column corrected(Column borough) {
    Column corrected = when(lit(false), borough);
    for (Map.Entry<String, String> each : BOROUGHS.entrySet()) {
      corrected = corrected.when(borough.equalTo(each.getKey()), lit(each.getValue()));
    }
    return corrected.otherwise(borough);
  }
}
