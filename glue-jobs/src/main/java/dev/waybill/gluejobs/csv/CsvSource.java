package dev.waybill.gluejobs.csv;

import dev.waybill.gluejobs.InputObject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.SupportsRead;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.connector.catalog.TableProvider;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.connector.read.Batch;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.sql.connector.read.Scan;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.connector.read.SupportsPushDownRequiredColumns;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A Spark data source of a CSV object's records after the header: the raw text of each, its fields
 * by the names of their columns, and what is wrong with it. Only columns that a query uses are
 * made. Spark's own reader keeps the raw text of malformed records only, and does not notice a
 * quote that is never closed.
 *
 * <p>A record can span lines: {@link CsvCuts} says where tasks can begin.
 */
public final class CsvSource implements TableProvider {

  /** string: the record as it stands in the file. */
  public static final String RAW_RECORD = "raw_record";

  /** long: where the record begins in the object, in bytes; no two records have the same. */
  public static final String RECORD_OFFSET = "record_offset";

  /** string: why the record can't be bound to the header, or null. */
  public static final String PROBLEM = "problem";

  private static final String URI = "uri";
  private static final String KEY = "key";
  private static final String SCHEMA = "schema";
  private static final String FIELDS = "fields";
  private static final String CUTS = "cuts";

  /** In a column's metadata: which of a record's fields it is, from 0, or one of those below. */
  private static final String PLACE = "place";

  static final int PLACE_OF_RAW_RECORD = -1;
  static final int PLACE_OF_OFFSET = -2;
  static final int PLACE_OF_PROBLEM = -3;

  /** Spark makes it by its class name. */
  public CsvSource() {}

  /**
   * The records of an object: {@code raw_record} string, {@code record_offset} long, {@code
   * problem} string, and the columns, string each, null where there is a problem.
   *
   * @param fields how many the header has
   * @param columns names of those that can be asked for, and which of a record's fields each is,
   *     from 0
   * @param cuts one partition each
   */
  public static Dataset<Row> records(
      SparkSession spark,
      InputObject object,
      int fields,
      Map<String, Integer> columns,
      CsvCuts cuts) {
    StructType schema =
        new StructType()
            .add(column(RAW_RECORD, DataTypes.StringType, PLACE_OF_RAW_RECORD))
            .add(column(RECORD_OFFSET, DataTypes.LongType, PLACE_OF_OFFSET))
            .add(column(PROBLEM, DataTypes.StringType, PLACE_OF_PROBLEM));
    for (Map.Entry<String, Integer> each : columns.entrySet()) {
      schema = schema.add(column(each.getKey(), DataTypes.StringType, each.getValue()));
    }
    return spark
        .read()
        .format(CsvSource.class.getName())
        .option(URI, object.uri())
        .option(KEY, object.key())
        .option(InputObject.VERSION_ID, object.versionId())
        .option(InputObject.ETAG, object.etag())
        .option(InputObject.SIZE, object.size())
        .option(SCHEMA, schema.json())
        .option(FIELDS, fields)
        .option(CUTS, cuts.text())
        .load();
  }

  private static StructField column(String name, DataType type, int place) {
    return new StructField(
        name,
        type,
        !type.equals(DataTypes.LongType),
        new MetadataBuilder().putLong(PLACE, place).build());
  }

  @Override
  public StructType inferSchema(CaseInsensitiveStringMap options) {
    return (StructType) DataType.fromJson(options.get(SCHEMA));
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
            schema,
            options.getInt(FIELDS, 0),
            CsvCuts.parse(options.get(CUTS)),
            new SerializableConfiguration(
                SparkSession.active().sparkContext().hadoopConfiguration())));
  }

  private record CsvTable(CsvObject object) implements Table, SupportsRead {

    @Override
    public String name() {
      return object.input.uri();
    }

    @Override
    @SuppressWarnings("deprecation") // Spark asks for the schema by this method still
    public StructType schema() {
      return object.columns;
    }

    @Override
    public Set<TableCapability> capabilities() {
      return Set.of(TableCapability.BATCH_READ);
    }

    @Override
    public ScanBuilder newScanBuilder(CaseInsensitiveStringMap options) {
      return new Columns(object);
    }
  }

  /** Takes the columns that a query uses. */
  private static final class Columns implements ScanBuilder, SupportsPushDownRequiredColumns {

    private CsvObject object;

    private Columns(CsvObject object) {
      this.object = object;
    }

    @Override
    public void pruneColumns(StructType required) {
      object = new CsvObject(object.input, required, object.fields, object.pieces, object.hadoop);
    }

    @Override
    public Scan build() {
      return new CsvScan(object);
    }
  }

  private record CsvScan(CsvObject object) implements Scan, Batch {

    @Override
    public StructType readSchema() {
      return object.columns;
    }

    @Override
    public Batch toBatch() {
      return this;
    }

    @Override
    public InputPartition[] planInputPartitions() {
      int[] places =
          Arrays.stream(object.columns.fields())
              .mapToInt(column -> (int) column.metadata().getLong(PLACE))
              .toArray();
      return object.pieces.stream()
          .map(piece -> new Part(object.input, places, object.fields, piece, object.hadoop))
          .toArray(InputPartition[]::new);
    }

    @Override
    public PartitionReaderFactory createReaderFactory() {
      return CsvReader::open;
    }
  }

  /**
   * What is read.
   *
   * @param columns each with its place
   * @param fields of a good record
   */
  private record CsvObject(
      InputObject input,
      StructType columns,
      int fields,
      List<CsvPiece> pieces,
      SerializableConfiguration hadoop) {}

  /**
   * What one task reads.
   *
   * @param places of the columns
   * @param fields of a good record
   */
  record Part(
      InputObject input, int[] places, int fields, CsvPiece piece, SerializableConfiguration hadoop)
      implements InputPartition {
    private static final long serialVersionUID = 1;
  }
}
