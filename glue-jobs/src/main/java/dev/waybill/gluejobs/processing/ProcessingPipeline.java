package dev.waybill.gluejobs.processing;

import dev.waybill.gluejobs.CleanedListings;
import dev.waybill.gluejobs.Output;
import dev.waybill.gluejobs.Partitions;
import dev.waybill.gluejobs.RowCount;
import dev.waybill.gluejobs.RunArguments;
import dev.waybill.gluejobs.RunRecord;
import dev.waybill.gluejobs.RunRecord.DataSet;
import dev.waybill.gluejobs.catalog.CatalogPartitions;
import dev.waybill.gluejobs.output.OutputFiles;
import dev.waybill.gluetracing.RowwiseSteps;
import dev.waybill.gluetracing.TracedJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The processing job's steps in their order. */
public final class ProcessingPipeline {

  private static final Logger LOG = LoggerFactory.getLogger(ProcessingPipeline.class);

  /** Text that makes a byte of Parquet. */
  private static final long PARQUET_SHRINKS = 8;

  private final TracedJob job;
  private final SparkSession spark;
  private final RunArguments run;
  private final Configuration hadoop;

  public ProcessingPipeline(TracedJob job, RunArguments run) {
    this.job = job;
    this.spark = job.spark();
    this.run = run;
    this.hadoop = spark.sessionState().newHadoopConf();
  }

  public void run() {
    RunRecord cleaned =
        job.step("read run record", () -> RunRecord.read(run, RunRecord.CLEANED, hadoop));
    OutputFiles outputs = new OutputFiles(run, cleaned.origin());
    Path input = run.prefix(Output.CLEANED);
    long bytes = sizeOf(input);
    Partitions.fit(spark, bytes * PARQUET_SHRINKS);

    long all = cleaned.rows().cleaned();
    RowwiseSteps listings =
        job.rowwise(
            "read cleaned",
            () ->
                spark
                    .read()
                    .schema(CleanedListings.SCHEMA)
                    // Else Spark may take the folder's name, run=…, for a column of its rows.
                    .option("recursiveFileLookup", true)
                    .parquet(input.toString()));
    Dataset<Row> costs = AddCosts.withCostPerNight(listings.rows());
    Dataset<Row> processed =
        listings
            .then("compute minimum total spend", AddCosts::withMinimumTotalSpend)
            .then("compute cost per night", AddCosts::withCostPerNight)
            .then("rank within neighbourhood", rows -> AddRanks.withinNeighbourhood(rows, all))
            .then("rank overall", rows -> AddRanks.asProportions(AddRanks.overall(rows, all), all))
            .counted();
    RowCount written = new RowCount();
    job.step("write processed", () -> outputs.write(written.of(processed), Output.PROCESSED));

    Dataset<Row> summary =
        job.step(
            "summarize neighbourhoods",
            SummarizeNeighbourhoods.columns(costs),
            SummarizeNeighbourhoods::apply);
    RowCount neighbourhoods = new RowCount();
    job.step(
        "write neighbourhood summary",
        () -> outputs.write(neighbourhoods.of(summary), Output.NEIGHBOURHOOD_SUMMARY));

    long rows = written.rows();
    job.step("check conservation", () -> check(all, rows));
    Map<String, DataSet> dataSets = new LinkedHashMap<>();
    dataSets.put(Output.PROCESSED.folder(), outputs.describe(Output.PROCESSED, rows, hadoop));
    dataSets.put(
        Output.NEIGHBOURHOOD_SUMMARY.folder(),
        outputs.describe(Output.NEIGHBOURHOOD_SUMMARY, neighbourhoods.rows(), hadoop));
    RunRecord whole = cleaned.processed(rows, dataSets, Instant.now());
    job.arguments()
        .find(CatalogPartitions.DATABASE)
        .ifPresent(database -> new CatalogPartitions(database).add(whole));
    whole.write(run, RunRecord.MANIFEST, hadoop);
    whole.index(run, hadoop);
    job.countInputBytes(bytes);
    job.countRows("processed", rows);
    LOG.info("{}: {} rows processed", run.key(), rows);
  }

  private static void check(long cleaned, long processed) {
    if (cleaned != processed) {
      throw new IllegalStateException(
          "rows were lost or doubled: %d cleaned, %d processed. The run's outputs are not to be used; run it again"
              .formatted(cleaned, processed));
    }
  }

  private long sizeOf(Path path) {
    try {
      return path.getFileSystem(hadoop).getContentSummary(path).getLength();
    } catch (IOException e) {
      throw new UncheckedIOException("can't read " + path, e);
    }
  }
}
