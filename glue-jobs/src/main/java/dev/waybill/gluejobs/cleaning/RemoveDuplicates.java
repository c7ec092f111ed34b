package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.col;

import dev.waybill.gluejobs.RejectReason;
import dev.waybill.gluejobs.csv.CsvSource;
import java.util.List;
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
    if (duplicates.offsets() == null) {
      return rows;
    }
    return Rejection.mark(
            rows.join(duplicates.offsets(), new String[] {CsvSource.RECORD_OFFSET}, "left_outer"),
            List.of(
                new Rejection.Rule(
                    col(Duplicates.IS_DUPLICATE),
                    RejectReason.DUPLICATE,
                    String.join(", ", Duplicates.KEY),
                    Duplicates.text())))
        .drop(Duplicates.IS_DUPLICATE);
  }
}
