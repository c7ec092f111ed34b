package dev.waybill.gluejobs.csv;

import dev.waybill.gluejobs.InputObject;
import dev.waybill.gluejobs.InvalidInput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.connector.catalog.SupportsRead;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.connector.catalog.TableProvider;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.connector.read.Batch;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReader;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.sql.connector.read.Scan;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.apache.spark.unsafe.types.UTF8String;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A Spark data source of a CSV object's records after the header: the raw text of each, its fields,
 * and what is wrong with it. Spark's own reader keeps the raw text of malformed records only, and
 * does not notice a quote that is never closed.
 *
 * <p>A record can span lines: {@link CsvCuts} says where tasks can begin.
 */
public final class CsvSource implements TableProvider {

  /** string: the record as it stands in the file. */
  public static final String RAW_RECORD = "raw_record";

  /** long: where the record begins in the object, in bytes; no two records have the same. */
  public static final String RECORD_OFFSET = "record_offset";

  /** array of string: the fields; null where there is a problem. */
  public static final String FIELDS = "fields";

  /** string: why the record can't be bound to the header, or null. */
  public static final String PROBLEM = "problem";

  private static final StructType SCHEMA =
      new StructType()
          .add(RAW_RECORD, DataTypes.StringType)
          .add(RECORD_OFFSET, DataTypes.LongType, false)
          .add(FIELDS, DataTypes.createArrayType(DataTypes.StringType))
          .add(PROBLEM, DataTypes.StringType);

  private static final String URI = "uri";
  private static final String KEY = "key";
  private static final String COLUMNS = "columns";
  private static final String CUTS = "cuts";

  /** Spark makes it by its class name. */
  public CsvSource() {}

  /**
   * The records of an object.
   *
   * @param columns how many fields the header has
   * @param cuts one partition each
   */
  public static Dataset<Row> records(
      SparkSession spark, InputObject object, int columns, CsvCuts cuts) {
    return spark
        .read()
        .format(CsvSource.class.getName())
        .option(URI, object.uri())
        .option(KEY, object.key())
        .option(InputObject.VERSION_ID, object.versionId())
        .option(InputObject.ETAG, object.etag())
        .option(InputObject.SIZE, object.size())
        .option(COLUMNS, columns)
        .option(CUTS, cuts.text())
        .load();
  }

  @Override
  public StructType inferSchema(CaseInsensitiveStringMap options) {
    return SCHEMA;
  }

  @Override
  public Table getTable(
      StructType schema, Transform[] partitioning, Map<String, String> properties) {
    CaseInsensitiveStringMap options = new CaseInsensitiveStringMap(properties);
    return new CsvTable(
        new CsvObject(
            new InputObject(
                options.get(URI),
                options.get(KEY),
                options.get(InputObject.VERSION_ID),
                options.get(InputObject.ETAG),
                options.getLong(InputObject.SIZE, 0)),
            options.getInt(COLUMNS, 0),
            CsvCuts.parse(options.get(CUTS)),
            new SerializableConfiguration(
                SparkSession.active().sparkContext().hadoopConfiguration())));
  }

  private record CsvTable(CsvObject object)
      implements Table, SupportsRead, ScanBuilder, Scan, Batch {

    @Override
    public String name() {
      return object.input.uri();
    }

    @Override
    @SuppressWarnings("deprecation") // Spark asks for the schema by this method still
    public StructType schema() {
      return SCHEMA;
    }

    @Override
    public Set<TableCapability> capabilities() {
      return Set.of(TableCapability.BATCH_READ);
    }

    @Override
    public ScanBuilder newScanBuilder(CaseInsensitiveStringMap options) {
      return this;
    }

    @Override
    public Scan build() {
      return this;
    }

    @Override
    public StructType readSchema() {
      return SCHEMA;
    }

    @Override
    public Batch toBatch() {
      return this;
    }

    @Override
    public InputPartition[] planInputPartitions() {
      return object.pieces.stream()
          .map(piece -> new Part(object.input, object.columns, piece, object.hadoop))
          .toArray(InputPartition[]::new);
    }

    @Override
    public PartitionReaderFactory createReaderFactory() {
      return Reader::open;
    }
  }

  private record CsvObject(
      InputObject input, int columns, List<CsvPiece> pieces, SerializableConfiguration hadoop) {}

  /** What one task reads. */
  private record Part(
      InputObject input, int columns, CsvPiece piece, SerializableConfiguration hadoop)
      implements InputPartition {
    private static final long serialVersionUID = 1;
  }

  private static final class Reader implements PartitionReader<InternalRow> {

    private final Part part;
    private final CsvRecords records;

    private Reader(Part part) throws IOException {
      this.part = part;
      CsvPiece piece = part.piece;
      this.records =
          new CsvRecords(
              part.input.open(part.hadoop.value(), piece.begin()),
              piece.end() - piece.begin(),
              piece.line());
      if (piece.header()) {
        advance();
      }
    }

    static PartitionReader<InternalRow> open(InputPartition partition) {
      try {
        return new Reader((Part) partition);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    @Override
    public boolean next() throws IOException {
      return advance();
    }

    @Override
    public InternalRow get() {
      String problem = problem();
      return new GenericInternalRow(
          new Object[] {
            records.raw(),
            part.piece.begin() + records.offset(),
            problem == null ? fields() : null,
            problem == null ? null : UTF8String.fromString(problem)
          });
    }

    @Override
    public void close() throws IOException {
      records.close();
    }

    private boolean advance() throws IOException {
      try {
        return records.next();
      } catch (CsvRecords.NotCsv e) {
        throw new InvalidInput(part.input.key(), e.getMessage());
      }
    }

    private String problem() {
      if (records.problem() != null) {
        return records.problem();
      }
      return records.fields() == part.columns
          ? null
          : "%d fields where the header has %d".formatted(records.fields(), part.columns);
    }

    private GenericArrayData fields() {
      Object[] fields = new Object[records.fields()];
      for (int i = 0; i < fields.length; i++) {
        fields[i] = records.field(i);
      }
      return new GenericArrayData(fields);
    }
  }
}
