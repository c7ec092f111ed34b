package dev.waybill.gluetracing;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;

import dev.waybill.gluetracing.internal.spark.Steps.Described;
import dev.waybill.gluetracing.internal.trace.StepSpan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Steps that keep each row: they change, add or drop columns, and reject a row by marking it in
 * {@link TracedJob#rejectionColumn}. All of them are counted in one observation behind the last,
 * where {@link TracedJob#step(String, Dataset, Function)} makes one for each; an observation costs
 * Spark a copy of each row, and it stops its code generation and its pushing down of filters.
 *
 * <pre>{@code
 * RowwiseSteps steps = job.rowwise("read orders", () -> job.spark().read().parquet(path))
 *     .then("check amounts", rows -> rows.withColumn("rejection", …))
 *     .then("convert currency", rows -> rows.withColumn("amount", …));
 * Dataset<Row> counted = steps.counted();
 * }</pre>
 *
 * <p>A step that drops or adds rows is counted wrongly here. For use by one thread.
 */
public final class RowwiseSteps {

  private static final String KEPT = "waybill_kept_";

  private final JobStart job;
  private final List<Described> described = new ArrayList<>();
  private final List<Column> counts = new ArrayList<>();
  private final List<String> flags = new ArrayList<>();
  private Dataset<Row> rows;

  private RowwiseSteps(JobStart job) {
    this.job = job;
  }

  static RowwiseSteps of(JobStart job, Dataset<Row> rows) {
    RowwiseSteps begun = new RowwiseSteps(job);
    begun.rows = rows;
    begun.addCount();
    return begun;
  }

  static RowwiseSteps from(JobStart job, String name, Callable<Dataset<Row>> source) {
    RowwiseSteps begun = new RowwiseSteps(job);
    Described step = begun.describe(name, source);
    begun.described.add(job.steps.canReject(begun.rows) ? step : step.withoutInput());
    begun.counts.add(count(lit(1)));
    begun.addCount();
    return begun;
  }

  /**
   * Adds a step.
   *
   * @param name lower case, verb first
   * @param transformation describes what becomes of the rows; it may be called twice
   */
  public RowwiseSteps then(String name, UnaryOperator<Dataset<Row>> transformation) {
    Dataset<Row> in = rows;
    Described step = describe(name, () -> transformation.apply(in));
    if (!Arrays.asList(rows.columns()).containsAll(flags)) {
      // It keeps the columns that it knows: what was counted until here is counted before it.
      rows = in;
      rows = transformation.apply(counted());
      flags.clear();
      counts.clear();
      described.clear();
      counts.add(count(lit(1)));
      step = step.withoutInput();
    }
    described.add(step);
    addCount();
    return this;
  }

  /**
   * The rows as the last step leaves them, counted in whichever action runs them first. To be
   * called once, at the end.
   */
  public Dataset<Row> counted() {
    return job.steps
        .addAll(List.copyOf(described), rows, counts)
        .drop(flags.toArray(String[]::new));
  }

  /** The same rows for further actions, not counted again. */
  public Dataset<Row> rows() {
    return rows.drop(flags.toArray(String[]::new));
  }

  private Described describe(String name, Callable<Dataset<Row>> work) {
    StepSpan step = job.running.begin(name);
    rows = job.running.run(step, work, (self, out) -> out);
    return new Described(step, true);
  }

  private void addCount() {
    if (job.steps.isOff()) {
      return;
    }
    if (!job.steps.canReject(rows)) {
      counts.add(count(lit(1)));
      return;
    }
    String flag = KEPT + flags.size();
    Dataset<Row> flagged =
        job.harmless.get(
            "mark rows that a step turns away",
            () -> rows.withColumn(flag, col(job.steps.rejectionColumn()).isNull()),
            rows);
    if (flagged == rows) {
      counts.add(count(lit(1)));
      return;
    }
    rows = flagged;
    flags.add(flag);
    counts.add(count_if(col(flag)));
  }
}
