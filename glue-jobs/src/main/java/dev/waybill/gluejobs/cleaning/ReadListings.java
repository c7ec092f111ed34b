package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.col;

import dev.waybill.gluejobs.InputObject;
import dev.waybill.gluejobs.InvalidInput;
import dev.waybill.gluejobs.ListingColumns;
import dev.waybill.gluejobs.RejectReason;
import dev.waybill.gluejobs.csv.CsvHeader;
import dev.waybill.gluejobs.csv.CsvRecords;
import dev.waybill.gluejobs.csv.CsvSource;
import dev.waybill.gluetracing.TracedJob;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A listings file, with its header read and found good.
 *
 * @param bytes its size
 */
public record ReadListings(InputObject object, CsvHeader header, long bytes) {

  private static final Map<String, String> SYNONYMS =
      Map.of("latitude", ListingColumns.LAT, "longitude", ListingColumns.LONG);

  /**
   * Opens a listings file.
   *
   * @throws InvalidInput where it is empty, gone, no CSV, or its header lacks or doubles a column
   */
  public static ReadListings open(SparkSession spark, InputObject object) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    try (InputStream in = object.open(hadoop)) {
      CsvHeader header = CsvHeader.read(in, SYNONYMS);
      header.require(ListingColumns.REQUIRED);
      return new ReadListings(object, header, object.bytes(hadoop));
    } catch (CsvRecords.NotCsv e) {
      throw new InvalidInput(object.key(), e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Its records: {@code raw_record} string, {@code fields} array of string, and the mark of {@link
   * Rejection} on records that can't be bound to the header. From now on the session has the
   * functions that read their values.
   */
  public Dataset<Row> records(SparkSession spark) {
    Values.register(spark);
    Dataset<Row> records = CsvSource.records(spark, object, header.names().size());
    return records.select(
        col(CsvSource.RAW_RECORD),
        col(CsvSource.FIELDS),
        Rejection.mark(
                col(CsvSource.PROBLEM).isNotNull(),
                RejectReason.MALFORMED_RECORD,
                null,
                col(CsvSource.PROBLEM))
            .as(TracedJob.REJECTION));
  }

  /** Columns that the contract does not know, and that are therefore in no output. */
  public List<String> ignoredColumns() {
    return header.names().stream()
        .filter(
            name ->
                !ListingColumns.REQUIRED.contains(name) && !ListingColumns.DROPPED.contains(name))
        .toList();
  }
}
