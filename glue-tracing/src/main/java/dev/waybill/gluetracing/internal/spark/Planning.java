package dev.waybill.gluetracing.internal.spark;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * When the driver worked while no stage ran: it described and planned queries, or committed what
 * they wrote.
 */
final class Planning {

  /** Descriptions of steps are one where no more than this lies between them. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  private Planning() {}

  /**
   * A time in which the driver worked.
   *
   * @param step the span id of the step, or null where it is the job itself
   */
  record Period(String step, Instant start, Instant end) {

    Duration took() {
      return Duration.between(start, end);
    }

    boolean covers(Period other) {
      return !other.start.isBefore(start) && !other.end.isAfter(end);
    }
  }

  /**
   * Each as part of what lies around it in time: its step, what that step is part of, and so on up
   * to the job. A step that only described work does not: its bar covers the stages that ran it.
   */
  static List<Period> placed(List<Period> periods, SparkEvents events, Set<String> lazies) {
    return periods.stream()
        .map(period -> new Period(around(period, events, lazies), period.start, period.end))
        .distinct()
        .toList();
  }

  /** How long at least one of them lasted. */
  static Duration union(List<Period> periods) {
    Duration sum = Duration.ZERO;
    Instant counted = Instant.MIN;
    for (Period period : periods.stream().sorted(Comparator.comparing(Period::start)).toList()) {
      Instant from = later(period.start, counted);
      if (period.end.isAfter(from)) {
        sum = sum.plus(Duration.between(from, period.end));
        counted = period.end;
      }
    }
    return sum;
  }

  /** How long queries were described and planned, where no Spark job of a description ran. */
  static Duration time(
      List<Period> descriptions, List<Period> plans, List<SparkJob> jobs, Set<String> lazies) {
    List<Period> left = descriptions;
    for (SparkJob job : jobs) {
      if (job.step() != null && lazies.contains(job.step())) {
        left = left.stream().flatMap(period -> without(period, job)).toList();
      }
    }
    return union(Stream.concat(left.stream(), plans.stream()).toList());
  }

  private static Stream<Period> without(Period period, SparkJob job) {
    if (!job.start().isBefore(period.end) || !job.end().isAfter(period.start)) {
      return Stream.of(period);
    }
    return Stream.of(
            new Period(period.step, period.start, job.start()),
            new Period(period.step, job.end(), period.end))
        .filter(part -> part.start.isBefore(part.end));
  }

  private static String around(Period period, SparkEvents events, Set<String> lazies) {
    String step = period.step;
    StepRun run = events.run(step);
    // What has not returned is a step that still runs, or the job.
    while (run != null
        && (lazies.contains(step)
            || !new Period(step, run.step().began(), run.ended()).covers(period))) {
      step = run.step().parent().getSpanId();
      run = events.run(step);
    }
    return step;
  }

  /** Steps that only describe work, one after the other, by what they are part of. */
  static List<Period> descriptions(List<StepRun> runs, Set<String> lazies) {
    List<Period> periods = new ArrayList<>();
    Map<String, List<StepRun>> byParent =
        runs.stream().collect(Collectors.groupingBy(run -> run.step().parent().getSpanId()));
    byParent.forEach(
        (parent, steps) -> {
          Period open = null;
          steps.sort(Comparator.comparing(run -> run.step().began()));
          for (StepRun run : steps) {
            if (!lazies.contains(run.step().self().getSpanId())) {
              open = null;
            } else if (open != null && !run.step().began().isAfter(open.end.plus(PAUSE))) {
              periods.remove(open);
              open = new Period(parent, open.start, later(open.end, run.ended()));
              periods.add(open);
            } else {
              open = new Period(parent, run.step().began(), run.ended());
              periods.add(open);
            }
          }
        });
    return periods;
  }

  /** Before the first Spark job of each SQL execution, and between its jobs. */
  static List<Period> plans(List<SparkJob> jobs, SparkEvents events) {
    List<Period> periods = new ArrayList<>();
    byExecution(jobs)
        .forEach(
            (id, ofExecution) -> {
              SqlExecution execution = events.executionOf(ofExecution.get(0));
              if (execution == null) {
                return;
              }
              Instant before = execution.planning();
              for (SparkJob job : ofExecution) {
                Instant start = later(before, began(events.run(job.step())));
                if (job.start().isAfter(start)) {
                  periods.add(new Period(job.step(), start, job.start()));
                }
                before = later(before, job.end());
              }
            });
    return periods;
  }

  /** Long ago where that is unknown. */
  private static Instant began(StepRun run) {
    return run == null ? Instant.EPOCH : run.step().began();
  }

  /** After the last Spark job of each SQL execution that writes. */
  static List<Period> commits(List<SparkJob> jobs, SparkEvents events) {
    List<Period> periods = new ArrayList<>();
    byExecution(jobs)
        .forEach(
            (id, ofExecution) -> {
              SparkJob last = ofExecution.get(ofExecution.size() - 1);
              SqlExecution execution = events.executionOf(last);
              Instant end =
                  ofExecution.stream().map(SparkJob::end).max(Comparator.naturalOrder()).get();
              if (execution != null
                  && execution.writes()
                  && execution.end() != null
                  && execution.end().isAfter(end)) {
                periods.add(new Period(last.step(), end, execution.end()));
              }
            });
    return periods;
  }

  private static Map<String, List<SparkJob>> byExecution(List<SparkJob> jobs) {
    return jobs.stream()
        .collect(Collectors.groupingBy(SparkJob::sqlExecution, TreeMap::new, Collectors.toList()));
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
