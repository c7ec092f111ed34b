package dev.waybill.gluetracing.internal.spark;

import dev.waybill.gluetracing.internal.spark.Detail.Rank;
import dev.waybill.gluetracing.internal.spark.Planning.Period;
import dev.waybill.gluetracing.internal.trace.JobSpans;
import dev.waybill.gluetracing.internal.trace.Outcome;
import dev.waybill.gluetracing.internal.trace.SparkAttributes;
import dev.waybill.gluetracing.internal.trace.WaybillAttributes;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The spans of Spark's own work, under the steps that launched it: stages, a Spark job where it ran
 * several of them, and what the driver did between. A job has room for so many spans; what failed
 * comes first, then the time that no other span covers, then what took longest. The rest is summed
 * up on the job's own span.
 */
public final class SparkSpans {

  /** The spans of a job, its own and its steps included: two jobs and the hops before make 60. */
  public static final int OF_A_JOB = 22;

  /** However many steps it has. */
  private static final int LEAST = 5;

  /** Of these, at most so many. */
  private static final int TASKS = 3;

  /** A job's time without a name comes first where it is more than one part in so many. */
  private static final int PARTS = 30;

  /** What is shorter is in the sums only. */
  private static final Duration SHORTEST = Duration.ofMillis(20);

  private final SparkEvents events;
  private final JobSpans spans;
  private final SpanContext root;
  private final Instant end;
  private final List<Detail> details = new ArrayList<>();
  private final Map<SpanContext, SparkStage> stages = new HashMap<>();

  private SparkSpans(SparkEvents events, JobSpans spans, SpanContext root, Instant end) {
    this.end = end;
    this.events = events;
    this.spans = spans;
    this.root = root;
  }

  /**
   * Writes them, after the steps.
   *
   * @param end of the job
   */
  public static void write(
      SparkEvents events, Steps steps, JobSpans spans, SpanContext root, Instant end) {
    SparkSpans writer = new SparkSpans(events, spans, root, end);
    writer.addStart();
    writer.addWorkOfTheDriver(steps.lazies());
    writer.addStages();
    writer.write();
  }

  private void addStart() {
    if (events.start() != null) {
      add(unnamed(events.start()), "start spark", events.start());
    }
  }

  private void addWorkOfTheDriver(Set<String> lazies) {
    List<Period> descriptions = Planning.descriptions(events.runs(), lazies);
    List<SparkJob> jobs = events.endedJobs();
    List<Period> plans = Planning.plans(jobs, events);
    List<Period> commits = Planning.commits(jobs, events);
    List<Period> described = Planning.placed(descriptions, events, lazies);
    described.stream()
        .filter(period -> isToldOnce(period, described))
        .forEach(period -> add(unnamed(period), "plan", period));
    Planning.placed(longestOfEachStep(plans), events, lazies).stream()
        .filter(period -> isToldOnce(period, described))
        .forEach(period -> add(rank(period), "plan", period));
    Planning.placed(longestOfEachStep(commits), events, lazies)
        .forEach(period -> add(rank(period), "commit", period));
    events.worked(Planning.time(descriptions, plans, jobs, lazies), Planning.union(commits));
  }

  /** Not within the description of other steps of the same parent. */
  private boolean isToldOnce(Period period, List<Period> described) {
    return described.stream()
        .noneMatch(
            other ->
                !other.equals(period)
                    && parentOf(other.step()).equals(parentOf(period.step()))
                    && other.covers(period));
  }

  private void addStages() {
    List<Detail> tasks = new ArrayList<>();
    for (SparkStage stage : events.stages()) {
      SpanContext self = spans.reserve();
      stages.put(self, stage);
      stage.tasks().forEach(task -> tasks.add(task(task, self)));
      details.add(
          new Detail(
              Rank.OTHER,
              self,
              parentOf(stage.job().step()),
              stage.name().text(events.executionOf(stage.job())),
              stage.start(),
              stage.end(),
              attributes(stage),
              stage.outcome()));
    }
    List<Detail> told = tasks.stream().sorted(Detail.ORDER).limit(TASKS).toList();
    details.replaceAll(detail -> detail.before(told));
    details.addAll(told);
  }

  private Detail task(SparkTask task, SpanContext stage) {
    boolean failed = task.outcome().failed();
    return new Detail(
        failed ? Rank.FAILED : Rank.SLOW_TASK,
        spans.reserve(),
        stage,
        failed ? "failed task" : "slow task",
        task.start(),
        task.end(),
        task.attributes(),
        task.outcome());
  }

  private void write() {
    int room = Math.max(LEAST, OF_A_JOB - 1 - spans.written());
    details.sort(Detail.ORDER);
    List<Detail> shown = new ArrayList<>(details.subList(0, Math.min(room, details.size())));
    while (shown.size() + jobsOf(shown).size() > room) {
      shown.remove(shown.size() - 1);
    }
    details.stream()
        .skip(shown.size())
        .map(detail -> stages.get(detail.self()))
        .filter(stage -> stage != null)
        .forEach(events::omit);
    Map<Integer, SpanContext> jobs = writeJobs(shown);
    shown.sort(Comparator.comparing(Detail::start));
    for (Detail detail : shown) {
      SparkStage stage = stages.get(detail.self());
      spans.write(
          detail.self(),
          stage == null ? detail.parent() : jobs.getOrDefault(stage.job().id(), detail.parent()),
          detail.name(),
          detail.start(),
          detail.end(),
          detail.attributes(),
          detail.outcome());
    }
  }

  /** A Spark job has a span where several of its stages have. */
  private Map<Integer, SpanContext> writeJobs(List<Detail> shown) {
    Map<Integer, SpanContext> written = new HashMap<>();
    for (SparkJob job : jobsOf(shown)) {
      SpanContext self = spans.reserve();
      written.put(job.id(), self);
      spans.write(
          self,
          parentOf(job.step()),
          "spark job",
          job.start(),
          job.end(),
          Attributes.of(
              SparkAttributes.JOB_ID, (long) job.id(),
              SparkAttributes.JOB_STAGES, (long) job.stagesRun()),
          job.failed() ? Outcome.failed("Spark job " + job.id() + " failed") : Outcome.OK);
    }
    return written;
  }

  /** Those of which several stages are shown. */
  private List<SparkJob> jobsOf(List<Detail> shown) {
    return events.endedJobs().stream()
        .filter(
            job ->
                shown.stream()
                        .map(detail -> stages.get(detail.self()))
                        .filter(stage -> stage != null && stage.job() == job)
                        .count()
                    > 1)
        .toList();
  }

  /** In a step, it is part of a time that has a name. */
  private Rank rank(Period period) {
    return parentOf(period.step()).equals(root) ? unnamed(period) : Rank.OTHER;
  }

  private Rank unnamed(Period period) {
    return events.start() == null
            || period
                    .took()
                    .multipliedBy(PARTS)
                    .compareTo(Duration.between(events.start().start(), end))
                >= 0
        ? Rank.UNNAMED_TIME
        : Rank.OTHER;
  }

  private void add(Rank rank, String name, Period period) {
    if (period.took().compareTo(SHORTEST) >= 0) {
      details.add(
          new Detail(
              rank,
              spans.reserve(),
              parentOf(period.step()),
              name,
              period.start(),
              period.end(),
              Attributes.empty(),
              Outcome.OK));
    }
  }

  private Attributes attributes(SparkStage stage) {
    StageName.Place place = stage.name().place(events.executionOf(stage.job()));
    return place == null
        ? stage.figures()
        : stage.figures().toBuilder()
            .put(WaybillAttributes.CODE_FILE_PATH, place.file())
            .put(WaybillAttributes.CODE_LINE_NUMBER, place.line())
            .build();
  }

  private SpanContext parentOf(String step) {
    return step == null
        ? root
        : SpanContext.create(root.getTraceId(), step, root.getTraceFlags(), root.getTraceState());
  }

  /** All of those outside of steps. */
  private static List<Period> longestOfEachStep(List<Period> periods) {
    Set<String> told = new HashSet<>();
    return periods.stream()
        .sorted(Comparator.comparing(Period::took).reversed())
        .filter(period -> period.step() == null || told.add(period.step()))
        .toList();
  }
}
