package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.col;

import dev.waybill.gluejobs.InputObject;
import dev.waybill.gluejobs.ListingColumns;
import dev.waybill.gluejobs.Origin;
import dev.waybill.gluejobs.Output;
import dev.waybill.gluejobs.Partitions;
import dev.waybill.gluejobs.RejectReason;
import dev.waybill.gluejobs.RowCount;
import dev.waybill.gluejobs.RunArguments;
import dev.waybill.gluejobs.RunRecord;
import dev.waybill.gluejobs.RunRecord.DataSet;
import dev.waybill.gluejobs.csv.CsvCuts;
import dev.waybill.gluejobs.csv.CsvSource;
import dev.waybill.gluejobs.output.OutputFiles;
import dev.waybill.gluejobs.values.Visible;
import dev.waybill.gluetracing.RowwiseSteps;
import dev.waybill.gluetracing.TracedJob;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cleaning job's steps in their order. The file is read in each pass: to read and check a row
 * costs less than to keep it.
 */
public final class CleaningPipeline {

  private static final Logger LOG = LoggerFactory.getLogger(CleaningPipeline.class);

  private static final String FILL_MISSING_VALUES = "fill missing values";
  private static final String REDUCE_SKEWNESS = "reduce skewness";
  private static final String CORRECT_REVIEW_DATES = "correct review dates";

  /** The steps that change values, and of which columns. */
  private static final Map<String, Collection<String>> CHANGING =
      Map.of(
          FILL_MISSING_VALUES, FillMissingValues.CHANGES.keySet(),
          REDUCE_SKEWNESS, ListingColumns.REVIEW_FIGURES,
          CORRECT_REVIEW_DATES, List.of(ListingColumns.LAST_REVIEW));

  private final TracedJob job;
  private final SparkSession spark;
  private final RunArguments run;
  private final CleaningOptions options;
  private final List<String> warnings = new ArrayList<>();

  public CleaningPipeline(TracedJob job, RunArguments run) {
    this.job = job.rejectionColumn(Rejection.MARK);
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
    Origin origin = Origin.of(job, run, file.object(), file.bytes());
    OutputFiles outputs = new OutputFiles(run, origin);

    CsvCuts cuts = job.step("find records", () -> CsvCuts.of(spark, file.object(), file.bytes()));
    RowwiseSteps checked = check(file, cuts);
    Medians medians = job.step("find medians", () -> Medians.of(checked.counted(), run.runDate()));
    Map<String, List<String>> examples = examples(checked.rows(), medians);
    warnOfUnreadable(medians, examples);

    Dataset<Row> kept = Rejection.kept(checked.rows()).select(contractColumns());
    Dataset<Row> cleaned =
        job.rowwise(Partitions.fewer(kept, file.bytes()))
            .then(REDUCE_SKEWNESS, rows -> ReduceSkewness.apply(rows, medians))
            .then(
                CORRECT_REVIEW_DATES,
                rows -> CorrectReviewDates.apply(rows, medians, run.runDate()))
            .counted();
    RowCount written = new RowCount();
    job.step("write cleaned", () -> outputs.write(written.of(cleaned), Output.CLEANED));

    RowCount quarantined = new RowCount();
    Dataset<Row> rejected = Partitions.fewer(rejected(checked.rows()), file.bytes());
    job.step("write quarantine", () -> outputs.write(quarantined.of(rejected), Output.QUARANTINE));

    long rowsRead = cuts.rows();
    job.step(
        "check conservation",
        () -> Conservation.check(rowsRead, medians, written.rows(), quarantined.rows()));
    Configuration hadoop = spark.sessionState().newHadoopConf();
    Map<String, DataSet> dataSets = new LinkedHashMap<>();
    dataSets.put(Output.CLEANED.folder(), outputs.describe(Output.CLEANED, written.rows(), hadoop));
    dataSets.put(
        Output.QUARANTINE.folder(),
        outputs.describe(Output.QUARANTINE, quarantined.rows(), hadoop));
    RunRecord.cleaned(
            run,
            origin,
            new RunRecord.Rows(rowsRead, medians.kept(), null, rejectedByReason(medians)),
            new RunRecord.Values(medians.changes().asText(), examples),
            List.copyOf(warnings),
            dataSets)
        .write(run, RunRecord.CLEANED, hadoop);
    count(file, rowsRead, medians);
  }

  /** From the file to rows that are good or marked. */
  private RowwiseSteps check(ReadListings file, CsvCuts cuts) {
    RowwiseSteps bound =
        job.rowwise("read", () -> file.records(spark, cuts))
            .then("standardize columns", rows -> StandardizeColumns.apply(rows, file.header()))
            .then("drop columns", DropColumns::apply);
    Duplicates duplicates =
        job.step("find duplicates", () -> Duplicates.find(bound.rows(), cuts.rows()));
    return bound
        .then("remove duplicates", rows -> RemoveDuplicates.apply(rows, duplicates))
        .then(FILL_MISSING_VALUES, FillMissingValues::apply)
        .then("filter minimum nights", FilterMinimumNights::apply)
        .then("convert currency", ConvertCurrency::apply)
        .then("check values", CheckValues::apply);
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
    return Rejection.rejected(checked)
        .select(
            Stream.concat(Stream.of(col(CsvSource.RAW_RECORD)), Rejection.asColumns().stream())
                .toArray(Column[]::new));
  }

  private static Map<String, Long> rejectedByReason(Medians medians) {
    Map<String, Long> rejected = new LinkedHashMap<>();
    medians.rejected().forEach((reason, rows) -> rejected.put(reason.text(), rows));
    return rejected;
  }

  private void count(ReadListings file, long rowsRead, Medians medians) {
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
        rejectedByReason(medians),
        medians.changes().asText());
  }
}
