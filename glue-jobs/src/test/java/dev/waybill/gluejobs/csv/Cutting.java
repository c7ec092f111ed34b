package dev.waybill.gluejobs.csv;

import dev.waybill.gluejobs.InputObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Reads a file's records whole, cut, and byte by byte, each as a text with its line, raw text,
 * fields and problem. Where the file can't be read any further, the last text says why.
 */
public final class Cutting {

  private Cutting() {}

  static List<String> read(byte[] bytes, int buffer) throws IOException {
    List<String> all = new ArrayList<>();
    read(bytes, new CsvPiece(0, bytes.length, 1, false), buffer, all);
    return all;
  }

  /** Each piece by itself, as tasks read them. */
  public static List<String> readCut(byte[] bytes, int chunk, int buffer) throws IOException {
    List<String> all = new ArrayList<>();
    for (CsvPiece piece : CsvCuts.parse(cut(bytes, chunk, buffer).text())) {
      if (!read(bytes, piece, buffer, all)) {
        break;
      }
    }
    return all;
  }

  public static List<String> readByteByByte(byte[] bytes) throws IOException {
    List<String> all = new ArrayList<>();
    ByteWiseRecords records = new ByteWiseRecords(new ByteArrayInputStream(bytes));
    try {
      while (records.next()) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < records.fields(); i++) {
          fields.add(new String(records.field(i), StandardCharsets.UTF_8));
        }
        String raw = new String(records.raw(), StandardCharsets.UTF_8);
        all.add(text(records.line(), raw, fields, records.problem()));
      }
    } catch (CsvRecords.NotCsv e) {
      all.add(e.getMessage());
    }
    return all;
  }

  /** An object's records after the header, cut into chunks of this size and read by Spark. */
  public static Dataset<Row> records(
      SparkSession spark, InputObject object, List<String> columns, long bytes, long chunk)
      throws IOException {
    Map<String, Integer> places =
        IntStream.range(0, columns.size()).boxed().collect(Collectors.toMap(columns::get, i -> i));
    CsvCuts cuts = CsvCuts.of(spark, object, bytes, chunk);
    return CsvSource.records(spark, object, columns.size(), places, cuts);
  }

  static CsvCuts cut(byte[] bytes, int chunk, int buffer) throws IOException {
    List<ChunkScan> scans = new ArrayList<>();
    int first = Arrays.mismatch(bytes, CsvRecords.BYTE_ORDER_MARK) >= 3 ? 3 : 0;
    for (int begin = first; begin == first || begin < bytes.length; begin += chunk) {
      int end = Math.min(bytes.length, begin + chunk);
      scans.add(ChunkScan.of(from(bytes, begin), begin, end, buffer));
    }
    return CsvCuts.join(scans, bytes.length);
  }

  private static boolean read(byte[] bytes, CsvPiece piece, int buffer, List<String> all)
      throws IOException {
    CsvRecords records =
        new CsvRecords(
            from(bytes, (int) piece.begin()), piece.end() - piece.begin(), piece.line(), buffer);
    try {
      while (records.next()) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < records.fields(); i++) {
          fields.add(records.field(i).toString());
        }
        all.add(text(records.line(), records.raw().toString(), fields, records.problem()));
      }
      return true;
    } catch (CsvRecords.NotCsv e) {
      all.add(e.getMessage());
      return false;
    }
  }

  /** The values of a record that can't be trusted are nobody's. */
  private static String text(long line, String raw, List<String> fields, String problem) {
    return "line %d: %s has %d: %s %s"
        .formatted(line, raw, fields.size(), problem == null ? fields : "", problem);
  }

  private static InputStream from(byte[] bytes, int begin) {
    return new ByteArrayInputStream(bytes, begin, bytes.length - begin);
  }
}
