package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.col;

import dev.waybill.gluejobs.ListingColumns;
import dev.waybill.gluejobs.csv.CsvHeader;
import dev.waybill.gluejobs.csv.CsvSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Binds each record's fields to the columns that the contract knows, by name; their order in the
 * file is free.
 */
public final class StandardizeColumns {

  private StandardizeColumns() {}

  public static Dataset<Row> apply(Dataset<Row> records, CsvHeader header) {
    var positions = header.positions();
    Map<String, Column> columns = new LinkedHashMap<>();
    Stream.concat(ListingColumns.REQUIRED.stream(), ListingColumns.DROPPED.stream().sorted())
        .filter(positions::containsKey)
        .forEach(name -> columns.put(name, col(CsvSource.FIELDS).getItem(positions.get(name))));
    return records.withColumns(columns).drop(CsvSource.FIELDS);
  }
}
