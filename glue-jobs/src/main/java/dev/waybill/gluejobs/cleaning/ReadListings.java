package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.col;

import dev.waybill.gluejobs.InputObject;
import dev.waybill.gluejobs.InvalidInput;
import dev.waybill.gluejobs.ListingColumns;
import dev.waybill.gluejobs.RejectReason;
import dev.waybill.gluejobs.csv.CsvCuts;
import dev.waybill.gluejobs.csv.CsvHeader;
import dev.waybill.gluejobs.csv.CsvRecords;
import dev.waybill.gluejobs.csv.CsvSource;
import dev.waybill.gluejobs.values.Visible;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
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
   * Its records: {@code raw_record} string, {@code record_offset} long, the columns that the
   * contract knows, string each, by their names in the file, and the mark of {@link Rejection} on
   * records that can't be bound to the header. From now on the session has the functions that read
   * their values.
   *
   * @param cuts where tasks begin to read
   */
  public Dataset<Row> records(SparkSession spark, CsvCuts cuts) {
    Values.register(spark);
    return Rejection.begin(
            CsvSource.records(
                spark, object, header.names().size(), header.places(ListingColumns.KNOWN), cuts),
            col(CsvSource.PROBLEM).isNotNull(),
            RejectReason.MALFORMED_RECORD,
            col(CsvSource.PROBLEM))
        .drop(CsvSource.PROBLEM);
  }

  /** What a person should know of the header, in sentences. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    List<String> unknown =
        header.names().stream()
            .filter(name -> !ListingColumns.KNOWN.contains(name))
            .distinct()
            .toList();
    if (!unknown.isEmpty()) {
      warnings.add("columns that the contract does not know are ignored: " + joined(unknown));
    }
    List<String> doubled = header.doubled();
    if (!doubled.isEmpty()) {
      warnings.add("columns doubled, and ignored all the same: " + joined(doubled));
    }
    return warnings;
  }

  private static String joined(List<String> names) {
    return Visible.text(CsvHeader.shown(names));
  }
}
