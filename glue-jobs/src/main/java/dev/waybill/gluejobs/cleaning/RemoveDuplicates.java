package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;

import dev.waybill.gluejobs.ListingColumns;
import dev.waybill.gluejobs.RejectReason;
import dev.waybill.gluejobs.csv.CsvSource;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Rejects all but one of the rows that agree in host name, place and price. The one with the
 * smallest id stays; between equal or unreadable ids the raw record decides, so the order of the
 * input never does.
 */
public final class RemoveDuplicates {

  private static final List<String> KEY =
      List.of(
          ListingColumns.HOST_NAME, ListingColumns.LAT, ListingColumns.LONG, ListingColumns.PRICE);

  private static final String RANK = "duplicate_rank";

  private RemoveDuplicates() {}

  public static Dataset<Row> apply(Dataset<Row> rows) {
    Column[] key =
        Stream.concat(
                KEY.stream().map(RemoveDuplicates::comparable),
                // Records that were never bound have no key: they must not all meet in one
                // partition.
                Stream.of(when(Rejection.isMarked(), col(CsvSource.RAW_RECORD))))
            .toArray(Column[]::new);
    WindowSpec sameKey =
        Window.partitionBy(key)
            .orderBy(
                Values.wholeLong(col(ListingColumns.ID)).asc_nulls_last(),
                col(CsvSource.RAW_RECORD));
    Dataset<Row> ranked = rows.withColumn(RANK, row_number().over(sameKey));
    return Rejection.mark(
            ranked,
            List.of(
                new Rejection.Rule(
                    col(RANK).gt(1),
                    RejectReason.DUPLICATE,
                    String.join(", ", KEY),
                    concat_ws(
                        ", ",
                        KEY.stream().map(RemoveDuplicates::comparable).toArray(Column[]::new)))))
        .drop(RANK);
  }

  private static Column comparable(String column) {
    return Values.trimmed(col(column));
  }
}
