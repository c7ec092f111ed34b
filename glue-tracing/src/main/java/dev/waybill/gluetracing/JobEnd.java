package dev.waybill.gluetracing;

import dev.waybill.gluetracing.internal.otlp.JobLogs;
import dev.waybill.gluetracing.internal.otlp.TelemetryFolder;
import dev.waybill.gluetracing.internal.spark.Executors;
import dev.waybill.gluetracing.internal.spark.ListenerBus;
import dev.waybill.gluetracing.internal.spark.SparkSpans;
import dev.waybill.gluetracing.internal.trace.Deadline;
import dev.waybill.gluetracing.internal.trace.Harmless;
import dev.waybill.gluetracing.internal.trace.Outcome;
import dev.waybill.gluetracing.internal.xray.ParentLookup;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkEnv;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what is left of a job's trace and sends it, once. All waits together are shorter than ten
 * seconds. Safe for use by several threads.
 */
final class JobEnd {

  /** Of all waits; the rest of the ten seconds is for the work between them. */
  static final Duration BOUND = Duration.ofSeconds(9);

  /** Of the wait for Spark's events. */
  static final Duration EVENTS_BOUND = Duration.ofSeconds(2);

  private static final Duration PARENT_BOUND = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(TracedJob.class);

  private final JobStart job;
  private final Harmless harmless;
  private final Optional<JobLogs> logs;
  private final Optional<ParentLookup> lookup;
  private final CompletableFuture<Optional<String>> parent;
  private final Optional<TelemetryFolder> folder;
  private Optional<StopHook> hook = Optional.empty();
  private boolean closed;

  JobEnd(
      JobStart job,
      Optional<ParentLookup> lookup,
      CompletableFuture<Optional<String>> parent,
      Optional<TelemetryFolder> folder) {
    this.job = job;
    this.harmless = job.harmless;
    this.logs = job.logs;
    this.lookup = lookup;
    this.parent = parent;
    this.folder = folder;
  }

  /** From now on, ends the job when the JVM is told to stop. */
  synchronized void register() {
    hook = Optional.of(StopHook.register(this::stopped));
  }

  /** Ends it without a word: another one traces what is left. */
  synchronized void abandon() {
    job.telemetry.sendNoMore();
    closed = true;
    harmless.run("let go of Spark", () -> job.spark.removeSparkListener(job.events));
    harmless.run("let go of log lines", () -> logs.ifPresent(JobLogs::detach));
    harmless.run("end", () -> job.telemetry.close(Optional.empty(), Deadline.in(BOUND)));
  }

  /** Ends it now. */
  void close() {
    close(job.clock.instant(), Deadline.in(BOUND));
  }

  /**
   * Ends it. An interrupted thread may wait here, too: its job is over.
   *
   * @param at when its work ended; what is waited for here is none of it
   * @param deadline of all waits, no later than {@link #BOUND} from now
   */
  synchronized void close(Instant at, Deadline deadline) {
    if (closed) {
      return;
    }
    closed = true;
    boolean interrupted = Thread.interrupted();
    try {
      harmless.run("write the trace", () -> write(at, deadline));
      logs.flatMap(JobLogs::trouble).ifPresent(e -> harmless.trouble("take a log line", e));
      harmless.run("let go of the JVM's end", () -> hook.ifPresent(StopHook::remove));
      harmless.run("let go of log lines", () -> logs.ifPresent(JobLogs::detach));
      harmless.run(
          "send the rest", () -> job.telemetry.close(folder, deadline).ifPresent(LOG::warn));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * The JVM was told to stop while the job ran: what is known of it is written and sent all the
   * same.
   */
  private void stopped() {
    harmless.run(
        "say that the job was stopped",
        () -> {
          job.outcome.stopped(
              JobOutcome.TOLD_TO_STOP.formatted(
                  job.running.names().map(" while %s ran"::formatted).orElse("")));
          job.running.stop(job.outcome.now());
        });
    close();
  }

  private void write(Instant at, Deadline deadline) {
    lookup.ifPresent(ParentLookup::askOnceMore);
    long dropped =
        job.spark == null || SparkEnv.get() == null
            ? 0
            : harmless.get(
                "wait for Spark's events",
                () -> ListenerBus.drain(job.spark, deadline.left(EVENTS_BOUND)),
                0L);
    harmless.run(
        "let go of Spark",
        () -> {
          if (job.spark != null) {
            job.spark.removeSparkListener(job.events);
          }
        });
    Outcome outcome = job.outcome.now();
    Instant end = job.events.endedAfter(at);
    harmless.run("write steps", () -> job.steps.write(job.spans));
    harmless.run(
        "write Spark's spans",
        () -> SparkSpans.write(job.events, job.steps, job.spans, job.root.context(), end));
    harmless.run(
        "write metrics",
        () -> {
          job.metrics.countOutputBytes(job.events.outputBytes());
          job.metrics.ended(Duration.between(job.root.start(), end), outcome);
        });
    harmless.run("say what the job cost", () -> cost(end));
    job.root.write(found(deadline.left(PARENT_BOUND)), outcome, end, dropped);
    if (dropped > 0) {
      LOG.warn(
          "Spark's listener queue dropped {} events: times and rows in this trace may be too low; "
              + "raise spark.scheduler.listenerbus.eventqueue.capacity",
          dropped);
    }
  }

  private void cost(Instant end) {
    Optional<JobCost> prices = JobCost.of(job.arguments);
    if (prices.isEmpty() || job.spark == null || job.spark.isStopped()) {
      return;
    }
    Instant start = job.root.start();
    Duration took = Duration.between(start, end);
    double dpuSeconds = prices.get().dpuSeconds(took, Executors.time(job.spark, start, end));
    double usd = prices.get().usd(dpuSeconds, took);
    job.metrics.countCost(usd);
    job.root.cost(dpuSeconds, usd);
  }

  private Optional<String> found(Duration bound) {
    try {
      return parent.get(bound.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
