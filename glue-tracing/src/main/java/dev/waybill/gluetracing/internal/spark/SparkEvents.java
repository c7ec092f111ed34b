package dev.waybill.gluetracing.internal.spark;

import dev.waybill.gluetracing.internal.spark.ObservedRuns.Observed;
import dev.waybill.gluetracing.internal.spark.Planning.Period;
import dev.waybill.gluetracing.internal.trace.StepSpan;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.JobFailed;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.StageInfo;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataTypes;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Keeps what Spark tells of a job's Spark jobs and stages, in memory that does not grow with their
 * number: the slowest stages whole, of the others a sum. Times are the events' own. It writes
 * nothing and throws nothing: it runs on Spark's listener thread. Safe for use by several threads.
 */
public final class SparkEvents extends SparkListener {

  /** The local property that says which step launched a Spark job. */
  public static final String STEP_PROPERTY = "waybill.step";

  /** More stages than this have no span of their own: a job has no more spans. */
  static final int STAGES_KEPT = SparkSpans.OF_A_JOB;

  private static final String OBSERVED = "internal.metrics.collectMetricsAccumulator";
  private static final String SQL_EXECUTION = "spark.sql.execution.id";

  /** What Spark says of an executor that it gave back itself. */
  private static final String GIVEN_BACK = "Executor killed by driver.";

  private final SparkJobs jobs = new SparkJobs();
  private final Map<Integer, SparkJob> jobOfStage = new HashMap<>();
  private final Map<StageAttempt, TaskFigures> runningStages = new HashMap<>();
  private final Map<Integer, BitSet> partitionsRun = new HashMap<>();
  private final SqlExecutions executions = new SqlExecutions();
  private final ObservedRuns observed = new ObservedRuns();
  private final TreeSet<SparkStage> slowest =
      new TreeSet<>(
          Comparator.comparing(SparkStage::hasFailures)
              .thenComparing(SparkStage::duration)
              .thenComparing(SparkStage::id)
              .thenComparing(SparkStage::attempt));

  /** A session outlives a job: what another one marked or observed is told from ours by this. */
  private final long nonce = ThreadLocalRandom.current().nextLong();

  private long observations;
  private long outputBytes;
  private final SparkSummary summary = new SparkSummary();
  private final Map<String, StepRun> runs = new LinkedHashMap<>();
  private Period start;

  @Override
  public synchronized void onJobStart(SparkListenerJobStart event) {
    Properties properties = event.properties() == null ? new Properties() : event.properties();
    SparkJob job =
        new SparkJob(
            event.jobId(),
            stepOf(properties.getProperty(STEP_PROPERTY, "")),
            properties.getProperty(SQL_EXECUTION, "job " + event.jobId()),
            Instant.ofEpochMilli(event.time()));
    jobs.add(job);
    CollectionConverters.asJava(event.stageInfos())
        .forEach(stage -> jobOfStage.putIfAbsent(stage.stageId(), job));
  }

  @Override
  public synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
    runningStages.put(StageAttempt.of(event.stageInfo()), new TaskFigures());
  }

  /** A task may end after its stage, which then was tried again or had enough. */
  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
    if (event.reason() instanceof Success$ && jobOfStage.containsKey(event.stageId())) {
      partitionsRun
          .computeIfAbsent(event.stageId(), id -> new BitSet())
          .set(Math.max(0, event.taskInfo().partitionId()));
    }
    TaskFigures figures =
        runningStages.get(new StageAttempt(event.stageId(), event.stageAttemptId()));
    if (figures != null) {
      figures.add(event.taskInfo(), event.taskMetrics(), event.reason());
    }
  }

  @Override
  public synchronized void onStageCompleted(SparkListenerStageCompleted event) {
    StageInfo info = event.stageInfo();
    TaskFigures tasks = runningStages.remove(StageAttempt.of(info));
    SparkJob job = jobOfStage.get(info.stageId());
    if (job == null || info.submissionTime().isEmpty() || info.completionTime().isEmpty()) {
      return;
    }
    job.ranStage();
    outputBytes +=
        info.taskMetrics() == null ? 0 : info.taskMetrics().outputMetrics().bytesWritten();
    SparkStage stage = SparkStage.of(job, info, tasks == null ? new TaskFigures() : tasks);
    BitSet partitions = partitionsRun.remove(info.stageId());
    CollectionConverters.asJava(info.accumulables().values())
        .forEach(
            accumulable ->
                observe(stage, accumulable, partitions == null ? new BitSet() : partitions));
    keep(stage);
  }

  @Override
  public synchronized void onJobEnd(SparkListenerJobEnd event) {
    SparkJob job = jobs.of(event.jobId());
    if (job == null) {
      return;
    }
    job.end(Instant.ofEpochMilli(event.time()), event.jobResult() instanceof JobFailed);
    jobOfStage.values().removeIf(job::equals);
    partitionsRun.keySet().retainAll(jobOfStage.keySet());
    if (jobs.areTooMany()) {
      List<SparkJob> old =
          jobs.forget(
              slowest.stream().map(SparkStage::job).collect(Collectors.toSet()),
              executions::isOver);
      worked(
          Planning.union(Planning.plans(old, this)), Planning.union(Planning.commits(old, this)));
    }
  }

  @Override
  public synchronized void onExecutorRemoved(SparkListenerExecutorRemoved event) {
    if (!event.reason().equals(GIVEN_BACK)) {
      summary.lost(event.executorId(), event.reason());
    }
  }

  /** SQL executions, which are no events of Spark's core. */
  @Override
  public synchronized void onOtherEvent(SparkListenerEvent event) {
    executions.take(event);
  }

  /** A number for a new observation, the first value of its row. */
  synchronized long newObservation() {
    return nonce + ++observations;
  }

  /** What marks a step's Spark jobs, as {@link #STEP_PROPERTY}. */
  public String mark(SpanContext step) {
    return owner() + step.getSpanId();
  }

  /** What an observation counted and which stage ran it, or null where no stage has yet. */
  synchronized Observed observed(long observation) {
    return observed.of(observation);
  }

  /** The Spark jobs that have ended and are still known, in the order in which they began. */
  synchronized List<SparkJob> endedJobs() {
    return jobs.ended();
  }

  /** The stages that have a span of their own, in the order in which they began. */
  synchronized List<SparkStage> stages() {
    List<SparkStage> stages = new ArrayList<>(slowest);
    stages.sort(Comparator.comparingInt(SparkStage::id).thenComparing(SparkStage::attempt));
    return stages;
  }

  /** The SQL execution that launched a Spark job, or null. */
  synchronized SqlExecution executionOf(SparkJob job) {
    return executions.of(job.sqlExecution());
  }

  /** Spark was started, within the job's own time. */
  public synchronized void started(Instant from, Instant to) {
    start = new Period(null, from, to);
  }

  /** The job's end, or that of a Spark job that ended while its events were awaited. */
  public synchronized Instant endedAfter(Instant end) {
    return Stream.concat(Stream.of(end), endedJobs().stream().map(SparkJob::end))
        .max(Comparator.naturalOrder())
        .get();
  }

  /** When Spark was started, or null. */
  synchronized Period start() {
    return start;
  }

  /** The call of a step has returned. */
  public synchronized void ran(StepSpan step, Instant ended) {
    runs.put(step.self().getSpanId(), new StepRun(step, ended));
  }

  /** Steps whose calls have returned. */
  synchronized List<StepRun> runs() {
    return new ArrayList<>(runs.values());
  }

  /** The call of a step, or null where it has not returned. */
  synchronized StepRun run(String step) {
    return runs.get(step);
  }

  /** Has no room for the span of a stage. */
  synchronized void omit(SparkStage stage) {
    summary.omit(stage);
  }

  /** How much longer the driver worked while no stage ran. */
  synchronized void worked(Duration planned, Duration committed) {
    summary.worked(planned, committed);
  }

  /** The executors that were lost, and why. */
  synchronized List<String> lostExecutors() {
    return summary.lostExecutors();
  }

  /** What the job's own span says of Spark, once the others are written. */
  public synchronized Attributes summary() {
    return summary.attributes();
  }

  /** What all stages wrote, in bytes. */
  public synchronized long outputBytes() {
    return outputBytes;
  }

  private void keep(SparkStage stage) {
    slowest.add(stage);
    if (slowest.size() > STAGES_KEPT) {
      omit(slowest.pollFirst());
    }
  }

  /**
   * Notes what a {@code Dataset.observe} counted in this stage. Its accumulator holds the observed
   * row: our observation's number, then the counts. The row of anybody else's begins otherwise.
   */
  private void observe(SparkStage stage, AccumulableInfo accumulable, BitSet partitions) {
    if (accumulable.name().contains(OBSERVED)
        && accumulable.value().isDefined()
        && accumulable.value().get() instanceof InternalRow row
        && row.numFields() >= 2
        && row.get(0, DataTypes.LongType) instanceof Long observation
        && isOurs(observation)) {
      long[] counts = new long[row.numFields() - 1];
      for (int i = 0; i < counts.length; i++) {
        counts[i] = row.getLong(i + 1);
      }
      observed.add(observation, accumulable.id(), counts, partitions, stage);
    }
  }

  private boolean isOurs(long observation) {
    return observation - nonce > 0 && observation - nonce <= observations;
  }

  private String stepOf(String mark) {
    return mark.startsWith(owner()) ? mark.substring(owner().length()) : null;
  }

  private String owner() {
    return Long.toHexString(nonce) + "/";
  }

  private record StageAttempt(int stage, int attempt) {

    private static StageAttempt of(StageInfo info) {
      return new StageAttempt(info.stageId(), info.attemptNumber());
    }
  }
}
