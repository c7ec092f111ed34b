package dev.waybill.gluejobs.output;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.datasources.parquet.ParquetWriteSupport;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/** Writes one file of {@link StampedParquet}. Parquet makes it, and calls it from one thread. */
public final class StampedWriteSupport extends ParquetWriteSupport {

  private final Map<String, String> stamp = new HashMap<>();
  private StructType schema;
  private int[] required;

  /** Parquet makes it. */
  public StampedWriteSupport() {}

  @Override
  public WriteContext init(Configuration configuration) {
    schema = (StructType) DataType.fromJson(configuration.get(StampedParquet.SCHEMA));
    required =
        IntStream.range(0, schema.size())
            .filter(column -> !schema.apply(column).nullable())
            .toArray();
    configuration
        .getPropsWithPrefix(StampedParquet.STAMP)
        .forEach((key, value) -> stamp.put(key, value));
    return super.init(configuration);
  }

  /** Parquet would write a file that nobody can read right. */
  @Override
  public void write(InternalRow row) {
    for (int column : required) {
      if (row.isNullAt(column)) {
        throw new IllegalStateException(
            "a row to write has no %s, which the data contract guarantees; the step that makes it is wrong"
                .formatted(schema.apply(column).name()));
      }
    }
    super.write(row);
  }

  @Override
  public FinalizedWriteContext finalizeWrite() {
    return new FinalizedWriteContext(stamp);
  }
}
