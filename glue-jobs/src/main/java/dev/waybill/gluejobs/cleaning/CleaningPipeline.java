package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import dev.waybill.gluejobs.InputObject;
import dev.waybill.gluejobs.ListingColumns;
import dev.waybill.gluejobs.Output;
import dev.waybill.gluejobs.Partitions;
import dev.waybill.gluejobs.RejectReason;
import dev.waybill.gluejobs.RowCount;
import dev.waybill.gluejobs.RunArguments;
import dev.waybill.gluejobs.RunRecord;
import dev.waybill.gluejobs.csv.CsvSource;
import dev.waybill.gluejobs.values.Visible;
import dev.waybill.gluetracing.TracedJob;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cleaning job's steps in their order. The file is read once: what the checks leave is kept for
 * the rest.
 */
public final class CleaningPipeline {

  private static final Logger LOG = LoggerFactory.getLogger(CleaningPipeline.class);

  private static final String FILL_MISSING_VALUES = "fill missing values";
  private static final String REDUCE_SKEWNESS = "reduce skewness";
  private static final String CORRECT_REVIEW_DATES = "correct review dates";

  /** The steps that change values, and of which columns. */
  private static final Map<String, Set<String>> CHANGING =
      Map.of(
          FILL_MISSING_VALUES, FillMissingValues.CHANGES.keySet(),
          REDUCE_SKEWNESS, ReduceSkewness.FIGURES.keySet(),
          CORRECT_REVIEW_DATES, Set.of(ListingColumns.LAST_REVIEW));

  private final TracedJob job;
  private final SparkSession spark;
  private final RunArguments run;
  private final CleaningOptions options;
  private final List<String> warnings = new ArrayList<>();

  public CleaningPipeline(TracedJob job, RunArguments run) {
    this.job = job;
    this.spark = job.spark();
    this.run = run;
    this.options = CleaningOptions.of(job.arguments());
  }

  public void run() {
    ReadListings file =
        job.step(
            "check header", () -> ReadListings.open(spark, InputObject.of(run, job.arguments())));
    file.warnings().forEach(this::warn);
    Partitions.fit(spark, file.bytes());

    RowCount read = new RowCount();
    Dataset<Row> checked = check(file, read).persist(StorageLevel.MEMORY_AND_DISK());
    Medians medians = job.step("find medians", () -> Medians.of(checked, run.runDate()));
    Map<String, List<String>> examples = examples(checked, medians);
    warnOfUnreadable(medians, examples);

    Dataset<Row> kept = checked.where(not(Rejection.isMarked())).select(contractColumns());
    Dataset<Row> reduced =
        job.step(REDUCE_SKEWNESS, kept, rows -> ReduceSkewness.apply(rows, medians));
    Dataset<Row> cleaned =
        job.step(
            CORRECT_REVIEW_DATES,
            reduced,
            rows -> CorrectReviewDates.apply(rows, medians, run.runDate()));
    RowCount written = new RowCount();
    job.step("write cleaned", () -> write(cleaned, written, Output.CLEANED));

    RowCount quarantined = new RowCount();
    job.step("write quarantine", () -> write(rejected(checked), quarantined, Output.QUARANTINE));

    long rowsRead = read.rows();
    job.step(
        "check conservation",
        () -> Conservation.check(rowsRead, medians, written.rows(), quarantined.rows()));
    record(file, rowsRead, medians, examples);
  }

  /** From the file to rows that are good or marked. */
  private Dataset<Row> check(ReadListings file, RowCount read) {
    Dataset<Row> records = job.step("read", () -> read.ofOnePartition(file.records(spark)));
    Dataset<Row> standardized =
        job.step(
            "standardize columns", records, rows -> StandardizeColumns.apply(rows, file.header()));
    Dataset<Row> narrow = job.step("drop columns", standardized, DropColumns::apply);
    Dataset<Row> unique = job.step("remove duplicates", narrow, RemoveDuplicates::apply);
    Dataset<Row> filled = job.step(FILL_MISSING_VALUES, unique, FillMissingValues::apply);
    Dataset<Row> filtered = job.step("filter minimum nights", filled, FilterMinimumNights::apply);
    Dataset<Row> priced = job.step("convert currency", filtered, ConvertCurrency::apply);
    Dataset<Row> checked = job.step("check values", priced, CheckValues::apply);
    // A good row's raw text has served: it need not be kept.
    return checked.withColumn(
        CsvSource.RAW_RECORD, when(Rejection.isMarked(), col(CsvSource.RAW_RECORD)));
  }

  private void warn(String warning) {
    LOG.warn("{}: {}", Visible.text(run.key()), warning);
    warnings.add(warning);
  }

  /** Values out of the file are data: whoever runs the job asks for them, or nobody sees them. */
  private Map<String, List<String>> examples(Dataset<Row> checked, Medians medians) {
    List<Replaceable> unreadable =
        Medians.replaceable(run.runDate()).stream()
            .filter(column -> medians.changes().unreadable(column.column()) > 0)
            .toList();
    return options.withSamples() && !unreadable.isEmpty()
        ? job.step("find examples", () -> UnreadableValues.examples(checked, unreadable))
        : Map.of();
  }

  private void warnOfUnreadable(Medians medians, Map<String, List<String>> examples) {
    double percent = options.maxUnreadablePercent();
    UnreadableValues.warnings(medians, percent, examples).forEach(this::warn);
    if (options.failOnUnreadable()) {
      // Nothing is written yet. The error will stand in spans, where no value belongs.
      job.step(
          "check unreadable values",
          () ->
              UnreadableValues.refuse(
                  run.key(), UnreadableValues.warnings(medians, percent, Map.of()), percent));
    }
  }

  private static Column[] contractColumns() {
    return ListingColumns.REQUIRED.stream().map(name -> col(name)).toArray(Column[]::new);
  }

  private static Dataset<Row> rejected(Dataset<Row> checked) {
    return checked
        .where(Rejection.isMarked())
        .select(
            Stream.concat(Stream.of(col(CsvSource.RAW_RECORD)), Rejection.asColumns().stream())
                .toArray(Column[]::new));
  }

  private void write(Dataset<Row> rows, RowCount count, Output output) {
    count.of(rows).write().mode(SaveMode.Overwrite).parquet(run.prefix(output).toString());
  }

  private void record(
      ReadListings file, long rowsRead, Medians medians, Map<String, List<String>> examples) {
    Map<String, Long> rejected = new LinkedHashMap<>();
    medians.rejected().forEach((reason, rows) -> rejected.put(reason.text(), rows));
    Map<String, String> outputs = new LinkedHashMap<>();
    for (Output output : new Output[] {Output.CLEANED, Output.QUARANTINE}) {
      outputs.put(output.folder(), run.prefix(output).toString());
    }
    new RunRecord(
            run.runId(),
            run.key(),
            new RunRecord.Rows(rowsRead, medians.kept(), null, rejected),
            new RunRecord.Values(medians.changes().asText(), examples),
            List.copyOf(warnings),
            outputs)
        .write(run, RunRecord.CLEANED, spark.sessionState().newHadoopConf());
    job.countInputBytes(file.bytes());
    job.countRows("read", rowsRead);
    job.countRows("cleaned", medians.kept());
    for (RejectReason reason : medians.rejected().keySet()) {
      job.countRejected(reason.text(), medians.rejected().get(reason));
    }
    CHANGING.forEach((step, columns) -> job.countChanged(step, medians.changes().of(columns)));
    LOG.info(
        "{}: {} rows read, {} cleaned, {} rejected {}; values filled in or replaced: {}",
        run.key(),
        rowsRead,
        medians.kept(),
        medians.allRejected(),
        rejected,
        medians.changes().asText());
  }
}
