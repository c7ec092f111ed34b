package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.when;

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

  static final String TYPE = "decimal(12,2)";

  /**
   * Commas only where thousands have them: {@code $1,23} is no amount, and reading it as 123 would
   * invent one.
   */
  private static final String AMOUNT = "^-?(\\d{1,3}(,\\d{3})+|\\d+)(\\.\\d*)?$";

  private ConvertCurrency() {}

  public static Dataset<Row> apply(Dataset<Row> rows) {
    Column price = amount(ListingColumns.PRICE);
    Column fee = amount(ListingColumns.SERVICE_FEE);
    return Rejection.mark(
            rows,
            List.of(
                Rejection.Rule.of(price.isNull(), RejectReason.INVALID_PRICE, ListingColumns.PRICE),
                Rejection.Rule.of(
                    fee.isNull(), RejectReason.INVALID_SERVICE_FEE, ListingColumns.SERVICE_FEE)))
        .withColumns(Map.of(ListingColumns.PRICE, price, ListingColumns.SERVICE_FEE, fee));
  }

  private static Column amount(String column) {
    Column text = regexp_replace(col(column), "[$\\s\\u00a0]", "");
    return when(text.rlike(AMOUNT), regexp_replace(text, lit(","), lit("")).try_cast(TYPE));
  }
}
