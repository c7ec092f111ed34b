package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import dev.waybill.gluejobs.ListingColumns;
import dev.waybill.gluejobs.RejectReason;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Rejects rows whose minimum stay is missing, unreadable, under a night or a year and more. */
public final class FilterMinimumNights {

  private static final int DAYS_OF_A_YEAR = 365;

  private FilterMinimumNights() {}

  public static Dataset<Row> apply(Dataset<Row> rows) {
    Column nights = Values.wholeInt(col(ListingColumns.MINIMUM_NIGHTS));
    Column inRange = coalesce(nights.gt(0).and(nights.lt(DAYS_OF_A_YEAR)), lit(false));
    return Rejection.mark(
            rows,
            List.of(
                Rejection.Rule.of(
                    not(inRange),
                    RejectReason.MINIMUM_NIGHTS_OUT_OF_RANGE,
                    ListingColumns.MINIMUM_NIGHTS)))
        .withColumn(ListingColumns.MINIMUM_NIGHTS, nights);
  }
}
