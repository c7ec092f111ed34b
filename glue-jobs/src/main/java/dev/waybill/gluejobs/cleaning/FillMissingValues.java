package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import dev.waybill.gluejobs.ListingColumns;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Gives blank fields the contract's constants, and two misspelt boroughs their names. */
public final class FillMissingValues {

  private static final Map<String, String> CONSTANTS =
      Map.of(
          ListingColumns.NAME, "Blank",
          ListingColumns.HOST_NAME, "Blank",
          ListingColumns.HOUSE_RULES, "Blank",
          ListingColumns.HOST_IDENTITY_VERIFIED, "Unconfirmed",
          ListingColumns.COUNTRY, "United States",
          ListingColumns.INSTANT_BOOKABLE, "true",
          ListingColumns.CANCELLATION_POLICY, "moderate");

  private static final Map<String, String> BOROUGHS =
      Map.of("brookln", "Brooklyn", "manhatan", "Manhattan");

  private FillMissingValues() {}

  public static Dataset<Row> apply(Dataset<Row> rows) {
    Map<String, Column> filled = new LinkedHashMap<>();
    CONSTANTS.forEach(
        (column, constant) ->
            filled.put(column, coalesce(Values.orNull(col(column)), lit(constant))));
    filled.put(ListingColumns.NEIGHBOURHOOD_GROUP, borough());
    filled.put(ListingColumns.NEIGHBOURHOOD, Values.trimmed(col(ListingColumns.NEIGHBOURHOOD)));
    return rows.withColumns(filled);
  }

  private static Column borough() {
    Column raw = Values.trimmed(col(ListingColumns.NEIGHBOURHOOD_GROUP));
    Column corrected = when(lit(false), raw);
    for (Map.Entry<String, String> borough : BOROUGHS.entrySet()) {
      corrected = corrected.when(raw.equalTo(borough.getKey()), lit(borough.getValue()));
    }
    return corrected.otherwise(raw);
  }
}
