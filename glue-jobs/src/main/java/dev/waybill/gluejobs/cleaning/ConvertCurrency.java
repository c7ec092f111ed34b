package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.col;

import dev.waybill.gluejobs.ListingColumns;
import dev.waybill.gluejobs.RejectReason;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Reads dollar amounts such as {@code $1,060 } as decimal(12,2), and rejects rows without a
 * readable one.
 */
public final class ConvertCurrency {

  private ConvertCurrency() {}

  public static Dataset<Row> apply(Dataset<Row> rows) {
    Column price = Values.amount(col(ListingColumns.PRICE));
    Column fee = Values.amount(col(ListingColumns.SERVICE_FEE));
    return Rejection.mark(
            rows,
            List.of(
                Rejection.Rule.of(price.isNull(), RejectReason.INVALID_PRICE, ListingColumns.PRICE),
                Rejection.Rule.of(
                    fee.isNull(), RejectReason.INVALID_SERVICE_FEE, ListingColumns.SERVICE_FEE)))
        .withColumns(Map.of(ListingColumns.PRICE, price, ListingColumns.SERVICE_FEE, fee));
  }
}
