package dev.waybill.gluejobs.cleaning;

import dev.waybill.gluejobs.ListingColumns;
import dev.waybill.gluejobs.csv.CsvHeader;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Gives the columns that the contract knows their standardized names; their order in the file is
 * free.
 */
public final class StandardizeColumns {

  private StandardizeColumns() {}

  public static Dataset<Row> apply(Dataset<Row> records, CsvHeader header) {
    Map<String, String> names =
        header.places(ListingColumns.KNOWN).entrySet().stream()
            .collect(
                Collectors.toMap(Map.Entry::getKey, each -> header.names().get(each.getValue())));
    return records.withColumnsRenamed(names);
  }
}
