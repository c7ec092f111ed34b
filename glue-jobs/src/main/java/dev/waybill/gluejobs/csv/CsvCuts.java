package dev.waybill.gluejobs.csv;

import dev.waybill.gluejobs.InputObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Where a CSV file can be cut so that several tasks can read it: between records, which only those
 * who know all the text before can tell. Each chunk is scanned for itself, whatever the text before
 * it, and the scans are put together; so any size of the chunks gives the same records.
 *
 * @param pieces in the file's order; of an empty file none
 * @param records all in the file, the header among them
 */
public record CsvCuts(List<CsvPiece> pieces, long records) {

  /** What one task reads; also how much of the file makes a Spark job worth its start. */
  private static final long CHUNK = 32L << 20;

  private static final String SEPARATOR = " ";

  /**
   * Scans an object: in Spark tasks, unless it is small.
   *
   * @param bytes its size
   * @throws dev.waybill.gluejobs.InvalidInput where it is gone or overwritten
   */
  public static CsvCuts of(SparkSession spark, InputObject object, long bytes) throws IOException {
    return of(spark, object, bytes, CHUNK);
  }

  /** With chunks of this size, in bytes. */
  static CsvCuts of(SparkSession spark, InputObject object, long bytes, long chunk)
      throws IOException {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    long first = textBegin(object, hadoop);
    List<Long> begins =
        LongStream.iterate(first, at -> at == first || at < bytes, at -> at - at % chunk + chunk)
            .boxed()
            .toList();
    List<ChunkScan> scans;
    if (begins.size() == 1) {
      scans = List.of(scan(object, hadoop, first, bytes));
    } else {
      SerializableConfiguration shared = new SerializableConfiguration(hadoop);
      scans =
          JavaSparkContext.fromSparkContext(spark.sparkContext())
              .parallelize(begins, begins.size())
              .map(
                  begin ->
                      scan(
                          object,
                          shared.value(),
                          begin,
                          Math.min(bytes, begin - begin % chunk + chunk)))
              .collect();
    }
    return join(scans, bytes);
  }

  /** Puts the scans of neighbouring chunks together. */
  static CsvCuts join(List<ChunkScan> scans, long bytes) {
    List<Long> begins = new ArrayList<>();
    List<Long> lines = new ArrayList<>();
    long records = 0;
    long lineFeeds = 0;
    ChunkScan.State state = ChunkScan.State.LINE_START;
    for (ChunkScan scan : scans) {
      int entry = state.ordinal();
      if (scan.firstLine()[entry] >= 0) {
        begins.add(scan.firstLine()[entry]);
        lines.add(1 + lineFeeds + scan.linesBefore()[entry]);
      }
      records += scan.records()[entry];
      lineFeeds += scan.lineFeeds();
      state = scan.exit()[entry];
    }
    List<CsvPiece> pieces = new ArrayList<>();
    for (int i = 0; i < begins.size(); i++) {
      long end = i + 1 < begins.size() ? begins.get(i + 1) : bytes;
      pieces.add(new CsvPiece(begins.get(i), end, lines.get(i), i == 0));
    }
    return new CsvCuts(List.copyOf(pieces), records);
  }

  /** How many records follow the header. */
  public long rows() {
    return Math.max(0, records - 1);
  }

  /** The pieces as {@link #parse} reads them. */
  String text() {
    return pieces.stream().map(CsvPiece::toString).collect(Collectors.joining(SEPARATOR));
  }

  static List<CsvPiece> parse(String text) {
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split(SEPARATOR)).map(CsvPiece::parse).toList();
  }

  private static ChunkScan scan(InputObject object, Configuration hadoop, long begin, long end) {
    try (InputStream in = object.open(hadoop, begin)) {
      return ChunkScan.of(in, begin, end);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the text begins: behind a byte order mark. */
  private static long textBegin(InputObject object, Configuration hadoop) throws IOException {
    try (InputStream in = object.open(hadoop)) {
      byte[] mark = CsvRecords.BYTE_ORDER_MARK;
      return Arrays.equals(in.readNBytes(mark.length), mark) ? mark.length : 0;
    }
  }
}
