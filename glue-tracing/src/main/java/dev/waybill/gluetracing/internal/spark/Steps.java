package dev.waybill.gluetracing.internal.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;

import dev.waybill.gluetracing.internal.spark.LazyStep.Branch;
import dev.waybill.gluetracing.internal.spark.LazyStep.Count;
import dev.waybill.gluetracing.internal.trace.Harmless;
import dev.waybill.gluetracing.internal.trace.JobSpans;
import dev.waybill.gluetracing.internal.trace.Outcome;
import dev.waybill.gluetracing.internal.trace.StepSpan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
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
  private final String rejection;
  private final Harmless harmless;
  private final List<LazyStep> lazies = new ArrayList<>();
  private final Map<Dataset<?>, Count> countOf = new IdentityHashMap<>();

  /** Observed data sets that do nothing but read, as they were before. */
  private final Map<Dataset<?>, Dataset<?>> scans = new IdentityHashMap<>();

  /** Data sets that filter what such a one reads, by whether nothing but that. */
  private final Map<Dataset<?>, Boolean> filtered = new IdentityHashMap<>();

  /** The observations of what filters a scan in its stead, by the scan's own. */
  private final Map<Long, List<Branch>> branches = new HashMap<>();

  private final Map<String, ChangedValues> changed = new HashMap<>();

  private Steps(SparkEvents events, String rejection, Harmless harmless, boolean off) {
    this.events = events;
    this.rejection = rejection;
    this.harmless = harmless;
    this.off = off;
  }

  /**
   * Begins without steps.
   *
   * @param rejection the column that marks rows which a step turns away
   */
  public static Steps of(SparkEvents events, String rejection, Harmless harmless) {
    return new Steps(events, rejection, harmless, false);
  }

  /** Leaves data sets as they are, and writes nothing. */
  public static Steps off() {
    return new Steps(new SparkEvents(), "", null, true);
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
    boolean countsAll = canTurnAway(rows) && !countOf.containsKey(rows);
    Dataset<T> out =
        countsAll ? observe(rows, List.of(aliveRows(rows), count(lit(1)))) : observe(rows);
    Count kept = countOf.get(out);
    Count all = countsAll && kept != null ? new Count(kept.observation(), 1) : null;
    lazies.add(new LazyStep(step, all, kept));
    return out;
  }

  /**
   * Describes what becomes of observed rows. Spark pushes no filter through an observation, so one
   * of what a scan reads is put before it: then partitions are pruned, and the scan is counted by
   * what its stage reads.
   */
  public <T> Dataset<T> apply(UnaryOperator<Dataset<T>> transformation, Dataset<T> observed) {
    Dataset<T> scan = scanOf(observed);
    if (scan != null) {
      Dataset<T> rows = transformation.apply(scan);
      if (isFiltered(rows, scan)) {
        return rows;
      }
    }
    return transformation.apply(observed);
  }

  @SuppressWarnings("unchecked") // It has the type of what was observed.
  private synchronized <T> Dataset<T> scanOf(Dataset<T> observed) {
    return (Dataset<T>) scans.get(observed);
  }

  private synchronized boolean isFiltered(Dataset<?> rows, Dataset<?> scan) {
    boolean isFiltered = harmless.get("look at a plan", () -> ScanPlans.filters(rows, scan), false);
    if (isFiltered) {
      filtered.put(rows, ScanPlans.isScan(rows));
    }
    return isFiltered;
  }

  /**
   * Adds a step that makes rows of others.
   *
   * @return the observed rows
   */
  public synchronized <T> Dataset<T> add(StepSpan step, Dataset<T> in, Dataset<T> out) {
    if (off) {
      return out;
    }
    Boolean alone = filtered.remove(out);
    Dataset<T> observed = observe(out);
    Count counted = countOf.get(observed);
    Count before = countOf.get(in);
    if (alone != null && counted != null) {
      branches
          .computeIfAbsent(before.observation(), scan -> new ArrayList<>())
          .add(new Branch(counted.observation(), alone));
      before = alone ? new Count(counted.observation(), LazyStep.READ) : null;
    }
    lazies.add(new LazyStep(step, before, counted));
    return observed;
  }

  /**
   * Adds steps that keep each row, counted in one observation.
   *
   * @param steps their names, spans and times, in their order
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
              ? new LazyStep(step, null, null)
              : new LazyStep(
                  step,
                  steps.get(i).hasInput ? new Count(last.observation(), i) : null,
                  new Count(last.observation(), i + 1)));
    }
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
      if (harmless.get("look at a plan", () -> ScanPlans.isScan(rows), false)
          && !canTurnAway(rows)) {
        scans.put(observed, rows);
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
    List<RanStep> all = lazies.stream().map(this::ran).toList();
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

  private RanStep ran(LazyStep lazy) {
    List<Branch> own =
        lazy.out() == null ? List.of() : branches.getOrDefault(lazy.out().observation(), List.of());
    return RanStep.of(lazy, own, events);
  }

  private Column aliveRows(Dataset<?> rows) {
    return canTurnAway(rows) ? count_if(col(rejection).isNull()) : count(lit(1));
  }

  public boolean canTurnAway(Dataset<?> rows) {
    return Arrays.asList(rows.columns()).contains(rejection);
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
