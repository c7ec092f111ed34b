package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.col;

import dev.waybill.gluejobs.RejectReason;
import dev.waybill.gluejobs.csv.CsvSource;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Rejects all but one of the rows that agree in host name, place and price. The one with the
 * smallest id stays; between equal or unreadable ids the raw record decides, so the order of the
 * input never does.
 */
public final class RemoveDuplicates {

  private RemoveDuplicates() {}

  public static Dataset<Row> apply(Dataset<Row> rows, Duplicates duplicates) {
    if (duplicates.many() != null) {
      String[] offset = {CsvSource.RECORD_OFFSET};
      return mark(rows.join(duplicates.many(), offset, "left_outer"), col(Duplicates.IS_DUPLICATE))
          .drop(Duplicates.IS_DUPLICATE);
    }
    return duplicates.few().isEmpty()
        ? rows
        : mark(rows, col(CsvSource.RECORD_OFFSET).isInCollection(duplicates.few()));
  }

  private static Dataset<Row> mark(Dataset<Row> rows, Column isDuplicate) {
    return Rejection.mark(
        rows,
        List.of(
            new Rejection.Rule(
                isDuplicate, RejectReason.DUPLICATE, Duplicates.COLUMNS, Duplicates.text())));
  }
}
