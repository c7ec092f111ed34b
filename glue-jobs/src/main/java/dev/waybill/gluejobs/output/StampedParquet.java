package dev.waybill.gluejobs.output;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.Job;
import org.apache.parquet.hadoop.ParquetOutputFormat;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.OutputWriterFactory;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.execution.datasources.parquet.ParquetWriteSupport;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.collection.immutable.Map;

/**
 * Spark's Parquet, with key-value pairs of the writer's in each file's footer, and with columns
 * that are not nullable. Spark has an option for neither: it makes all columns that it can't prove
 * to be there nullable, and its footers have its own two keys.
 *
 * <p>To be named as the format of a {@code DataFrameWriter}. Its options are {@link #SCHEMA}, and
 * the pairs, each under {@link #STAMP} and its key.
 */
public final class StampedParquet extends ParquetFileFormat {

  /** The rows' schema as JSON. A null in a column that is not nullable there fails the write. */
  static final String SCHEMA = "waybill.parquet.schema";

  /** What the options of the footer's pairs begin with. */
  static final String STAMP = "waybill.parquet.stamp.";

  private static final long serialVersionUID = 1;

  /** Spark makes it. */
  public StampedParquet() {}

  @Override
  public OutputWriterFactory prepareWrite(
      SparkSession spark, Job job, Map<String, String> options, StructType written) {
    OutputWriterFactory factory = super.prepareWrite(spark, job, options, written);
    Configuration configuration = job.getConfiguration();
    StructType schema = (StructType) DataType.fromJson(configuration.get(SCHEMA));
    if (!withoutMetadata(written).equals(schema.toNullable())) {
      throw new IllegalStateException(
          "the rows to write have the columns %s, and the data contract %s"
              .formatted(written.toDDL(), schema.toDDL()));
    }
    ParquetWriteSupport.setSchema(schema, configuration);
    ParquetOutputFormat.setWriteSupportClass(job, StampedWriteSupport.class);
    return factory;
  }

  private static StructType withoutMetadata(StructType schema) {
    StructType plain = new StructType();
    for (StructField column : schema.fields()) {
      plain = plain.add(column.name(), column.dataType(), true);
    }
    return plain;
  }
}
