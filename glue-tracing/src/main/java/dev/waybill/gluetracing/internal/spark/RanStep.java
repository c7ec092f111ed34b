package dev.waybill.gluetracing.internal.spark;

import dev.waybill.gluetracing.internal.spark.LazyStep.Branch;
import dev.waybill.gluetracing.internal.spark.LazyStep.Count;
import dev.waybill.gluetracing.internal.spark.ObservedRuns.Observed;
import dev.waybill.gluetracing.internal.trace.ErrorText;
import dev.waybill.gluetracing.internal.trace.WaybillAttributes;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What Spark did of a step: the stage of its result, and the one of its input when a shuffle lies
 * between them.
 *
 * @param ran whether a stage is known that ran it
 */
record RanStep(
    LazyStep lazy,
    List<RowsIn> in,
    OptionalLong rowsOut,
    boolean ran,
    Set<Integer> stages,
    Instant start,
    Instant end) {

  /** How many rows came in by an input, where that is known. */
  record RowsIn(String name, OptionalLong rows) {}

  /**
   * Finds it.
   *
   * @param branches what filters this step's scan before its count
   * @param jobs that this step launched itself, those that have ended
   */
  static RanStep of(LazyStep lazy, List<Branch> branches, List<SparkJob> jobs, SparkEvents events) {
    List<Observed> ins =
        lazy.in().stream()
            .map(input -> observed(input.rows(), events))
            .filter(Objects::nonNull)
            .toList();
    Observed out = observed(lazy.out(), events);
    OptionalLong rowsOut = rows(out, lazy.out());
    for (Branch branch : branches) {
      if (out == null) {
        out = events.observed(branch.observation());
        rowsOut = out != null && branch.alone() ? out.read() : OptionalLong.empty();
      }
    }
    SparkStage result = out == null ? null : out.stage();
    List<SparkStage> stages =
        Stream.concat(ins.stream(), Stream.ofNullable(out))
            .map(Observed::stage)
            .filter(stage -> result != null && sameQuery(stage, result))
            .toList();
    List<Instant> times =
        Stream.concat(
                stages.stream().flatMap(stage -> Stream.of(stage.start(), stage.end())),
                jobs.stream().flatMap(job -> Stream.of(job.start(), job.end())))
            .sorted()
            .toList();
    return new RanStep(
        lazy,
        lazy.in().stream()
            .map(in -> new RowsIn(in.name(), rows(observed(in.rows(), events), in.rows())))
            .toList(),
        rowsOut,
        out != null,
        stages.stream().map(SparkStage::id).collect(Collectors.toCollection(TreeSet::new)),
        times.isEmpty() ? lazy.step().began() : times.get(0),
        times.isEmpty() ? lazy.step().began() : times.get(times.size() - 1));
  }

  String name() {
    return lazy.step().name();
  }

  /**
   * Its span's attributes.
   *
   * @param all the job's steps, some of which may have run in the same stages
   */
  Attributes attributes(List<RanStep> all, ChangedValues changed) {
    AttributesBuilder attributes = Attributes.builder();
    if (!changed.counts().isEmpty()) {
      attributes.put(WaybillAttributes.STEP_VALUES_CHANGED, changed.asText());
    }
    putRowsIn(attributes);
    rowsOut.ifPresent(rows -> attributes.put(WaybillAttributes.STEP_ROWS_OUT, rows));
    if (!ran && lazy.out() != null) {
      attributes.put(WaybillAttributes.STEP_EXECUTED, false);
    }
    String fused =
        all.stream()
            .filter(other -> other != this && other.stages.stream().anyMatch(stages::contains))
            .map(RanStep::name)
            .collect(Collectors.joining(", "));
    if (!fused.isEmpty()) {
      attributes.put(WaybillAttributes.STEP_FUSED_WITH, ErrorText.cut(fused));
    }
    return attributes.build();
  }

  /** Those of several inputs also by the input's name. */
  private void putRowsIn(AttributesBuilder attributes) {
    if (!in.isEmpty() && in.stream().allMatch(input -> input.rows.isPresent())) {
      attributes.put(
          WaybillAttributes.STEP_ROWS_IN,
          in.stream().mapToLong(input -> input.rows.getAsLong()).sum());
    }
    if (in.size() > 1) {
      for (RowsIn input : in) {
        input.rows.ifPresent(
            rows -> attributes.put(WaybillAttributes.stepInputRows(input.name), rows));
      }
    }
  }

  private static Observed observed(Count count, SparkEvents events) {
    return count == null ? null : events.observed(count.observation());
  }

  private static OptionalLong rows(Observed observed, Count count) {
    if (observed == null) {
      return OptionalLong.empty();
    }
    return count.index() == LazyStep.READ
        ? observed.read()
        : OptionalLong.of(observed.rows(count.index()));
  }

  private static boolean sameQuery(SparkStage one, SparkStage other) {
    return one.job().sqlExecution().equals(other.job().sqlExecution());
  }
}
