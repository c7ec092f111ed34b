package dev.waybill.gluejobs;

import java.util.Map;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StructType;

/** What {@code cleaned/} holds. Spark would else start a job to find it in the files. */
public final class CleanedListings {

  /** Dollars and cents. */
  public static final DecimalType AMOUNT = DataTypes.createDecimalType(12, 2);

  /** Columns that are no strings, with the types of the data contract. */
  private static final Map<String, DataType> TYPES =
      Map.ofEntries(
          Map.entry(ListingColumns.ID, DataTypes.LongType),
          Map.entry(ListingColumns.LAT, DataTypes.DoubleType),
          Map.entry(ListingColumns.LONG, DataTypes.DoubleType),
          Map.entry(ListingColumns.INSTANT_BOOKABLE, DataTypes.BooleanType),
          Map.entry(ListingColumns.CONSTRUCTION_YEAR, DataTypes.IntegerType),
          Map.entry(ListingColumns.PRICE, AMOUNT),
          Map.entry(ListingColumns.SERVICE_FEE, AMOUNT),
          Map.entry(ListingColumns.MINIMUM_NIGHTS, DataTypes.IntegerType),
          Map.entry(ListingColumns.NUMBER_OF_REVIEWS, DataTypes.LongType),
          Map.entry(ListingColumns.LAST_REVIEW, DataTypes.DateType),
          Map.entry(ListingColumns.REVIEWS_PER_MONTH, DataTypes.DoubleType),
          Map.entry(ListingColumns.REVIEW_RATE_NUMBER, DataTypes.IntegerType),
          Map.entry(ListingColumns.CALCULATED_HOST_LISTINGS_COUNT, DataTypes.LongType));

  /** Its columns: those that a file must have, and a square root of each review figure. */
  public static final StructType SCHEMA = schema();

  private CleanedListings() {}

  /** A column's type. */
  public static DataType type(String column) {
    return SCHEMA.apply(column).dataType();
  }

  private static StructType schema() {
    StructType schema = new StructType();
    for (String column : ListingColumns.REQUIRED) {
      schema = schema.add(column, TYPES.getOrDefault(column, DataTypes.StringType));
    }
    for (String figure : ListingColumns.REVIEW_FIGURES) {
      schema = schema.add(ListingColumns.squareRootOf(figure), DataTypes.DoubleType);
    }
    return schema;
  }
}
