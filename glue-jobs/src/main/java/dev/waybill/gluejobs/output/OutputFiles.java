package dev.waybill.gluejobs.output;

import dev.waybill.gluejobs.Contract;
import dev.waybill.gluejobs.Origin;
import dev.waybill.gluejobs.Output;
import dev.waybill.gluejobs.RunArguments;
import dev.waybill.gluejobs.RunRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;

/**
 * A run's data sets, as Parquet files that say what they were made of: their footers have the run,
 * its trace, its input and the code, by the keys {@code waybill.run_id}, {@code waybill.trace_id},
 * {@code waybill.input_key}, {@code waybill.input_version_id} and {@code waybill.code_version}.
 */
public final class OutputFiles {

  private final RunArguments run;
  private final Map<String, String> stamp;

  /**
   * Those of a run.
   *
   * @param origin what is known of the run so far
   */
  public OutputFiles(RunArguments run, Origin origin) {
    this.run = run;
    this.stamp =
        Map.of(
            "waybill.run_id", run.runId(),
            "waybill.trace_id", origin.traceId(),
            "waybill.input_key", origin.input().key(),
            "waybill.input_version_id", origin.input().versionId(),
            "waybill.code_version", origin.codeVersion());
  }

  /** Writes a data set in the place of what an earlier attempt left of it. */
  public void write(Dataset<Row> rows, Output output) {
    rows.write()
        .mode(SaveMode.Overwrite)
        .format(StampedParquet.class.getName())
        .options(
            stamp.entrySet().stream()
                .collect(
                    Collectors.toMap(
                        pair -> StampedParquet.STAMP + pair.getKey(), Map.Entry::getValue)))
        .option(StampedParquet.SCHEMA, Contract.schema(output).json())
        .save(run.prefix(output).toString());
  }

  /**
   * What was written.
   *
   * @param rows that Spark counted on their way
   */
  public RunRecord.DataSet describe(Output output, long rows, Configuration hadoop) {
    Path path = run.prefix(output);
    try {
      long bytes = path.getFileSystem(hadoop).getContentSummary(path).getLength();
      return new RunRecord.DataSet(path.toString(), rows, bytes, schemaHash(output));
    } catch (IOException e) {
      throw new UncheckedIOException("can't read " + path, e);
    }
  }

  /**
   * SHA-256, in hexadecimal digits, of the columns: a line for each with name, type and, where
   * every row has it, {@code not null}, parted by line feeds.
   */
  static String schemaHash(Output output) {
    String text =
        Contract.columns(output).stream()
            .map(
                column ->
                    column.name() + " " + column.type() + (column.nullable() ? "" : " not null"))
            .collect(Collectors.joining("\n"));
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
