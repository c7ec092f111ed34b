package dev.waybill.gluejobs;

import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** What {@code cleaned/} holds. Spark would else start a job to find it in the files. */
public final class CleanedListings {

  private static final DataType AMOUNT = DataTypes.createDecimalType(12, 2);

  /** Its columns, with the types of the data contract. */
  public static final StructType SCHEMA =
      new StructType()
          .add(ListingColumns.ID, DataTypes.LongType)
          .add(ListingColumns.NAME, DataTypes.StringType)
          .add(ListingColumns.HOST_IDENTITY_VERIFIED, DataTypes.StringType)
          .add(ListingColumns.HOST_NAME, DataTypes.StringType)
          .add(ListingColumns.NEIGHBOURHOOD_GROUP, DataTypes.StringType)
          .add(ListingColumns.NEIGHBOURHOOD, DataTypes.StringType)
          .add(ListingColumns.LAT, DataTypes.DoubleType)
          .add(ListingColumns.LONG, DataTypes.DoubleType)
          .add(ListingColumns.COUNTRY, DataTypes.StringType)
          .add(ListingColumns.INSTANT_BOOKABLE, DataTypes.BooleanType)
          .add(ListingColumns.CANCELLATION_POLICY, DataTypes.StringType)
          .add(ListingColumns.ROOM_TYPE, DataTypes.StringType)
          .add(ListingColumns.CONSTRUCTION_YEAR, DataTypes.IntegerType)
          .add(ListingColumns.PRICE, AMOUNT)
          .add(ListingColumns.SERVICE_FEE, AMOUNT)
          .add(ListingColumns.MINIMUM_NIGHTS, DataTypes.IntegerType)
          .add(ListingColumns.NUMBER_OF_REVIEWS, DataTypes.LongType)
          .add(ListingColumns.LAST_REVIEW, DataTypes.DateType)
          .add(ListingColumns.REVIEWS_PER_MONTH, DataTypes.DoubleType)
          .add(ListingColumns.REVIEW_RATE_NUMBER, DataTypes.IntegerType)
          .add(ListingColumns.CALCULATED_HOST_LISTINGS_COUNT, DataTypes.LongType)
          .add(ListingColumns.HOUSE_RULES, DataTypes.StringType)
          .add(ListingColumns.squareRootOf(ListingColumns.REVIEWS_PER_MONTH), DataTypes.DoubleType)
          .add(ListingColumns.squareRootOf(ListingColumns.NUMBER_OF_REVIEWS), DataTypes.DoubleType)
          .add(
              ListingColumns.squareRootOf(ListingColumns.CALCULATED_HOST_LISTINGS_COUNT),
              DataTypes.DoubleType);

  private CleanedListings() {}
}
