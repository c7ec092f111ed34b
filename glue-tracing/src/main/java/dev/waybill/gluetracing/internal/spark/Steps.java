package dev.waybill.gluetracing.internal.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;

import dev.waybill.gluetracing.internal.spark.LazyStep.Branch;
import dev.waybill.gluetracing.internal.spark.LazyStep.Count;
import dev.waybill.gluetracing.internal.spark.LazyStep.Input;
import dev.waybill.gluetracing.internal.trace.Harmless;
import dev.waybill.gluetracing.internal.trace.JobSpans;
import dev.waybill.gluetracing.internal.trace.Outcome;
import dev.waybill.gluetracing.internal.trace.StepSpan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;

/**
 * The steps of one job that only describe work, and what Spark then really did of them. Spark fuses
 * such steps and runs them at an action, so a step's rows are counted inside that same pass ({@link
 * Dataset#observe}), and its time is that of the stages which ran it. Safe for use by several
 * threads.
 */
public final class Steps {

  private final boolean off;
  private final SparkEvents events;
  private final Harmless harmless;
  private final List<LazyStep> lazies = new ArrayList<>();
  private final Map<Dataset<?>, Count> countOf = new IdentityHashMap<>();

  private final FilteredScans scans = new FilteredScans();

  /** The steps that made data sets, by their names. */
  private final Map<Dataset<?>, String> makers = new IdentityHashMap<>();

  private final Map<String, ChangedValues> changed = new HashMap<>();
  private String rejection;

  private Steps(SparkEvents events, Harmless harmless, boolean off) {
    this.events = events;
    this.harmless = harmless;
    this.off = off;
  }

  /** Begins without steps. */
  public static Steps of(SparkEvents events, Harmless harmless) {
    return new Steps(events, harmless, false);
  }

  /** Leaves data sets as they are, and writes nothing. */
  public static Steps off() {
    return new Steps(new SparkEvents(), null, true);
  }

  /** From now on, rows in which this column is not null don't count. */
  public synchronized void rejectionColumn(String name) {
    rejection = name;
  }

  public synchronized String rejectionColumn() {
    return rejection;
  }

  /**
   * Counts a data set's rows wherever it is computed; the result is to be used in its place. Rows
   * that can't be counted are left as they are.
   */
  public synchronized <T> Dataset<T> observe(Dataset<T> rows) {
    return off || countOf.containsKey(rows) ? rows : observe(rows, List.of(aliveRows(rows)));
  }

  /**
   * Adds a step that makes rows, and counts them: those that it turns away at once came in.
   *
   * @return the observed rows
   */
  public synchronized <T> Dataset<T> addSource(StepSpan step, Dataset<T> rows) {
    if (off) {
      return rows;
    }
    boolean countsAll = canReject(rows) && !countOf.containsKey(rows);
    Dataset<T> out =
        countsAll ? observe(rows, List.of(aliveRows(rows), count(lit(1)))) : observe(rows);
    Count kept = countOf.get(out);
    Count all = countsAll && kept != null ? new Count(kept.observation(), 1) : null;
    lazies.add(new LazyStep(step, Input.only(all), kept));
    makers.put(out, step.name());
    return out;
  }

  /**
   * Describes what becomes of observed rows. Spark pushes no filter through an observation, so one
   * of what a scan reads is put before it: then partitions are pruned, and the scan is counted by
   * what its stage reads.
   */
  public <T, U> Dataset<U> apply(
      Function<Dataset<T>, Dataset<U>> transformation, Dataset<T> observed) {
    Dataset<T> scan = scanOf(observed);
    if (scan != null) {
      Dataset<U> rows = transformation.apply(scan);
      if (isFiltered(rows, scan)) {
        return rows;
      }
    }
    return transformation.apply(observed);
  }

  /** What was observed, if that is a scan and no more; else null. */
  public synchronized <T> Dataset<T> scanOf(Dataset<T> observed) {
    return scans.of(observed);
  }

  /** Whether rows that were made of a scan are to be taken: the filter can go into it. */
  public synchronized boolean isFiltered(Dataset<?> rows, Dataset<?> scan) {
    return harmless.get("look at a plan", () -> scans.takes(rows, scan), false);
  }

  /**
   * Adds a step that makes rows of others.
   *
   * @return the observed rows
   */
  public synchronized <T> Dataset<T> add(StepSpan step, Dataset<?> in, Dataset<T> out) {
    if (off) {
      return out;
    }
    Dataset<T> observed = observe(out);
    Count counted = countOf.get(observed);
    Count before = scans.countBefore(out, counted, countOf.get(in));
    lazies.add(new LazyStep(step, Input.only(before), counted));
    makers.put(observed, step.name());
    return observed;
  }

  /**
   * Adds a step that makes rows of several data sets.
   *
   * @param in the observed inputs, by their names
   * @return the observed rows
   */
  public synchronized <T> Dataset<T> add(
      StepSpan step, Map<String, ? extends Dataset<?>> in, Dataset<T> out) {
    if (off) {
      return out;
    }
    List<Input> inputs = new ArrayList<>();
    in.forEach((name, rows) -> inputs.add(new Input(name, countOf.get(rows))));
    Dataset<T> observed = observe(out);
    lazies.add(new LazyStep(step, inputs, countOf.get(observed)));
    makers.put(observed, step.name());
    return observed;
  }

  /** Names inputs by the steps that made them, or else by their place: {@code input_2}. */
  public synchronized Map<String, Dataset<?>> named(List<? extends Dataset<?>> inputs) {
    Map<String, Dataset<?>> named = new LinkedHashMap<>();
    for (Dataset<?> input : inputs) {
      String place = "input_" + (named.size() + 1);
      String maker = makers.getOrDefault(input, place);
      named.put(named.containsKey(maker) ? place : maker, input);
    }
    return named;
  }

  /**
   * Adds steps that keep each row, counted in one observation.
   *
   * @param steps in their order
   * @param counts what counts the rows before the first and after each
   */
  public synchronized <T> Dataset<T> addAll(
      List<Described> steps, Dataset<T> rows, List<Column> counts) {
    if (off) {
      return rows;
    }
    Dataset<T> observed = observe(rows, counts);
    Count last = countOf.get(observed);
    for (int i = 0; i < steps.size(); i++) {
      StepSpan step = steps.get(i).step;
      lazies.add(
          last == null
              ? new LazyStep(step, List.of(), null)
              : new LazyStep(
                  step,
                  Input.only(steps.get(i).hasInput ? new Count(last.observation(), i) : null),
                  new Count(last.observation(), i + 1)));
    }
    makers.put(observed, steps.get(steps.size() - 1).step.name());
    return observed;
  }

  public boolean isOff() {
    return off;
  }

  /** The first of the counts is the data set's own. */
  private <T> Dataset<T> observe(Dataset<T> rows, List<Column> counts) {
    long number = events.newObservation();
    Column[] named = new Column[counts.size()];
    for (int i = 0; i < named.length; i++) {
      named[i] = counts.get(i).as("rows_" + i);
    }
    Dataset<T> observed =
        harmless.get(
            "count the rows of a step",
            () ->
                rows.observe(
                    "waybill-" + Long.toHexString(number),
                    // Over no rows this is the number too, which max(lit(number)) would not be.
                    count(lit(1)).multiply(lit(0)).plus(lit(number)).as("observation"),
                    named),
            rows);
    if (observed != rows) {
      countOf.put(observed, new Count(number, 0));
      if (harmless.get("look at a plan", () -> ScanPlans.isScan(rows), false) && !canReject(rows)) {
        scans.add(observed, rows);
      }
    }
    return observed;
  }

  /** The span ids of the steps. */
  synchronized Set<String> lazies() {
    return lazies.stream().map(lazy -> lazy.step().self().getSpanId()).collect(Collectors.toSet());
  }

  /** Says what a step has changed of the values, by column and cause. */
  public synchronized void changed(String step, Map<String, Map<String, Long>> values) {
    if (!values.isEmpty()) {
      changed.put(step, ChangedValues.of(values));
    }
  }

  /** Writes the span of every step. */
  public synchronized void write(JobSpans spans) {
    Map<String, List<SparkJob>> jobs =
        events.endedJobs().stream()
            .filter(job -> job.step() != null)
            .collect(Collectors.groupingBy(SparkJob::step));
    List<RanStep> all = lazies.stream().map(lazy -> ran(lazy, jobs)).toList();
    for (RanStep step : all) {
      ChangedValues values = changed.getOrDefault(step.name(), ChangedValues.NONE);
      spans.write(
          step.lazy().step().self(),
          step.lazy().step().parent(),
          step.name(),
          step.start(),
          step.end(),
          step.attributes(all, values),
          Outcome.OK,
          values.events());
    }
  }

  private RanStep ran(LazyStep lazy, Map<String, List<SparkJob>> jobs) {
    List<Branch> own = lazy.out() == null ? List.of() : scans.branches(lazy.out().observation());
    return RanStep.of(
        lazy, own, jobs.getOrDefault(lazy.step().self().getSpanId(), List.of()), events);
  }

  private Column aliveRows(Dataset<?> rows) {
    return canReject(rows) ? count_if(col(rejection).isNull()) : count(lit(1));
  }

  public synchronized boolean canReject(Dataset<?> rows) {
    return rejection != null && Arrays.asList(rows.columns()).contains(rejection);
  }

  /**
   * A step that was described.
   *
   * @param hasInput whether it is known how many rows came in
   */
  public record Described(StepSpan step, boolean hasInput) {

    public Described withoutInput() {
      return new Described(step, false);
    }
  }
}
