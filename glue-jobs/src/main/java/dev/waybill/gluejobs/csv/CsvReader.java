package dev.waybill.gluejobs.csv;

import dev.waybill.gluejobs.InvalidInput;
import dev.waybill.gluejobs.csv.CsvSource.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReader;
import org.apache.spark.unsafe.types.UTF8String;

/** Makes a row of each record of one task's part. For use by one thread. */
final class CsvReader implements PartitionReader<InternalRow> {

  private final Part part;
  private final CsvRecords records;

  private CsvReader(Part part) throws IOException {
    this.part = part;
    CsvPiece piece = part.piece();
    this.records =
        new CsvRecords(
            part.input().open(part.hadoop().value(), piece.begin()),
            piece.end() - piece.begin(),
            piece.line());
    if (piece.header()) {
      advance();
    }
  }

  static PartitionReader<InternalRow> open(InputPartition partition) {
    try {
      return new CsvReader((Part) partition);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean next() throws IOException {
    return advance();
  }

  @Override
  public InternalRow get() {
    String problem = problem();
    Object[] row = new Object[part.places().length];
    for (int i = 0; i < row.length; i++) {
      row[i] = value(part.places()[i], problem);
    }
    return new GenericInternalRow(row);
  }

  private Object value(int place, String problem) {
    return switch (place) {
      case CsvSource.PLACE_OF_RAW_RECORD -> records.raw();
      case CsvSource.PLACE_OF_OFFSET -> part.piece().begin() + records.offset();
      case CsvSource.PLACE_OF_PROBLEM -> UTF8String.fromString(problem);
      default -> problem == null ? records.field(place) : null;
    };
  }

  @Override
  public void close() throws IOException {
    records.close();
  }

  private boolean advance() throws IOException {
    try {
      return records.next();
    } catch (CsvRecords.NotCsv e) {
      throw new InvalidInput(part.input().key(), e.getMessage());
    }
  }

  private String problem() {
    if (records.problem() != null) {
      return records.problem();
    }
    return records.fields() == part.fields()
        ? null
        : "%d fields where the header has %d".formatted(records.fields(), part.fields());
  }
}
