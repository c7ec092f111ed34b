package dev.waybill.gluetracing;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;

import dev.waybill.gluetracing.JobSpans.Outcome;
import dev.waybill.gluetracing.SparkEvents.Observed;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The steps of one job that only describe work, and what Spark then really did of them. Spark fuses
 * such steps and runs them at an action, so a step's rows are counted inside that same pass ({@link
 * Dataset#observe}), and its time is that of the stages which ran it.
 */
final class Steps {

  private final boolean off;
  private final SparkEvents events;
  private final List<Lazy> lazies = new ArrayList<>();
  private final Map<Dataset<?>, Count> countOf = new IdentityHashMap<>();
  private final Map<String, ChangedValues> changed = new HashMap<>();
  private int observations;

  private Steps(SparkEvents events, boolean off) {
    this.events = events;
    this.off = off;
  }

  static Steps of(SparkEvents events) {
    return new Steps(events, false);
  }

  /** Leaves data sets as they are, and writes nothing. */
  static Steps off() {
    return new Steps(new SparkEvents(), true);
  }

  /** Counts a data set's rows wherever it is computed; the result is to be used in its place. */
  synchronized <T> Dataset<T> observe(Dataset<T> rows) {
    return off || countOf.containsKey(rows) ? rows : observe(rows, List.of(aliveRows(rows)));
  }

  /**
   * Adds a step that makes rows, and counts them: those that it turns away at once came in.
   *
   * @return the observed rows
   */
  synchronized <T> Dataset<T> addSource(
      String name, SpanContext self, Dataset<T> rows, Instant defined) {
    if (off) {
      return rows;
    }
    boolean countsAll = canTurnAway(rows) && !countOf.containsKey(rows);
    Dataset<T> out =
        countsAll ? observe(rows, List.of(aliveRows(rows), count(lit(1)))) : observe(rows);
    Count kept = countOf.get(out);
    Count all = countsAll ? new Count(kept.observation, 1) : null;
    lazies.add(new Lazy(name, self, all, kept, defined));
    return out;
  }

  synchronized void add(
      String name, SpanContext self, Dataset<?> in, Dataset<?> out, Instant defined) {
    if (!off) {
      lazies.add(new Lazy(name, self, countOf.get(in), countOf.get(out), defined));
    }
  }

  /**
   * Adds steps that keep each row, counted in one observation.
   *
   * @param steps their names, spans and times, in their order
   * @param counts what counts the rows before the first and after each
   */
  synchronized <T> Dataset<T> addAll(List<Described> steps, Dataset<T> rows, List<Column> counts) {
    Dataset<T> observed = observe(rows, counts);
    int number = countOf.get(observed).observation;
    for (int i = 0; i < steps.size(); i++) {
      Described step = steps.get(i);
      lazies.add(
          new Lazy(
              step.name,
              step.self,
              step.hasInput ? new Count(number, i) : null,
              new Count(number, i + 1),
              step.defined));
    }
    return observed;
  }

  boolean isOff() {
    return off;
  }

  /** The first of the counts is the data set's own. */
  private <T> Dataset<T> observe(Dataset<T> rows, List<Column> counts) {
    int number = ++observations;
    Column[] named = new Column[counts.size()];
    for (int i = 0; i < named.length; i++) {
      named[i] = counts.get(i).as("rows_" + i);
    }
    Dataset<T> observed =
        rows.observe(
            "waybill-" + number,
            // Over no rows this is the number too, which max(lit(number)) would not be.
            count(lit(1)).multiply(lit(0)).plus(lit((long) number)).as("observation"),
            named);
    countOf.put(observed, new Count(number, 0));
    return observed;
  }

  /** Says what a step has changed of the values, by column and cause. */
  synchronized void changed(String step, Map<String, Map<String, Long>> values) {
    if (!values.isEmpty()) {
      changed.put(step, ChangedValues.of(values));
    }
  }

  /** Writes the span of every step, under the job's root. */
  synchronized void write(JobSpans spans, SpanContext root) {
    List<Ran> all = lazies.stream().map(this::ran).toList();
    for (Ran step : all) {
      spans.write(
          step.lazy.self,
          root,
          step.lazy.name,
          step.start,
          step.end,
          attributes(step, all),
          Outcome.OK,
          changed.getOrDefault(step.lazy.name, ChangedValues.NONE).events());
    }
  }

  private Attributes attributes(Ran step, List<Ran> all) {
    AttributesBuilder attributes = Attributes.builder();
    if (changed.containsKey(step.lazy.name)) {
      attributes.put(WaybillAttributes.STEP_VALUES_CHANGED, changed.get(step.lazy.name).asText());
    }
    if (step.in != null) {
      attributes.put(WaybillAttributes.STEP_ROWS_IN, step.in.rows(step.lazy.in.index));
    }
    if (step.out == null) {
      return attributes.put(WaybillAttributes.STEP_EXECUTED, false).build();
    }
    attributes.put(WaybillAttributes.STEP_ROWS_OUT, step.out.rows(step.lazy.out.index));
    String fused =
        all.stream()
            .filter(other -> other != step && other.stages.stream().anyMatch(step.stages::contains))
            .map(other -> other.lazy.name)
            .collect(Collectors.joining(", "));
    if (!fused.isEmpty()) {
      attributes.put(WaybillAttributes.STEP_FUSED_WITH, ErrorText.cut(fused));
    }
    return attributes.build();
  }

  /**
   * What Spark did of a step: the stage of its result, and the one of its input when a shuffle lies
   * between them.
   */
  private Ran ran(Lazy lazy) {
    Observed in = lazy.in == null ? null : events.observed(lazy.in.observation);
    Observed out = events.observed(lazy.out.observation);
    List<SparkStage> stages =
        Stream.of(in, out)
            .filter(Objects::nonNull)
            .map(Observed::stage)
            .filter(stage -> out != null && sameQuery(stage, out.stage()))
            .toList();
    List<Instant> times =
        Stream.concat(
                stages.stream().flatMap(stage -> Stream.of(stage.start(), stage.end())),
                events.endedJobs().stream()
                    .filter(job -> lazy.self.getSpanId().equals(job.step()))
                    .flatMap(job -> Stream.of(job.start(), job.end())))
            .sorted()
            .toList();
    return new Ran(
        lazy,
        in,
        out,
        stages.stream().map(SparkStage::id).collect(Collectors.toCollection(TreeSet::new)),
        times.isEmpty() ? lazy.defined : times.get(0),
        times.isEmpty() ? lazy.defined : times.get(times.size() - 1));
  }

  private static boolean sameQuery(SparkStage one, SparkStage other) {
    return one.job().sqlExecution().equals(other.job().sqlExecution());
  }

  private static Column aliveRows(Dataset<?> rows) {
    return canTurnAway(rows) ? count_if(col(TracedJob.REJECTION).isNull()) : count(lit(1));
  }

  static boolean canTurnAway(Dataset<?> rows) {
    return Arrays.asList(rows.columns()).contains(TracedJob.REJECTION);
  }

  /**
   * A step that was described.
   *
   * @param rows what it makes
   * @param hasInput whether it is known how many rows came in
   */
  record Described(
      String name, SpanContext self, Instant defined, Dataset<Row> rows, boolean hasInput) {

    Described withoutInput() {
      return new Described(name, self, defined, rows, false);
    }
  }

  /** Where a number of rows is found: as which of an observation's numbers. */
  private record Count(int observation, int index) {}

  private record Lazy(String name, SpanContext self, Count in, Count out, Instant defined) {}

  private record Ran(
      Lazy lazy, Observed in, Observed out, Set<Integer> stages, Instant start, Instant end) {}
}
