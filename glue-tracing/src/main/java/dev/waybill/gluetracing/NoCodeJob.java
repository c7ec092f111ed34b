package dev.waybill.gluetracing;

import dev.waybill.gluetracing.internal.spark.ListenerBus;
import dev.waybill.gluetracing.internal.trace.Deadline;
import dev.waybill.gluetracing.internal.trace.Harmless;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerApplicationStart;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job as Spark sees it: it begins with its JVM, and ends with its SparkContext. It stands back
 * for a {@link TracedJob}, before or after it began. Safe for use by several threads.
 */
final class NoCodeJob implements DriverPlugin {

  private static final Logger LOG = LoggerFactory.getLogger(WaybillPlugin.class);

  /** The one that traces, if one does. */
  private static NoCodeJob tracing;

  /** Whether a {@link TracedJob} traces in this JVM. */
  private static boolean standsBack;

  private final Harmless harmless = new Harmless(LOG);
  private JobStart job;
  private JobFailure failure;
  private Instant sparkReady;
  private volatile Instant sparkEnded;
  private boolean sparkWorked;

  /**
   * Leaves this JVM to a {@link TracedJob}; gives when that began, if Spark was started for it and
   * did nothing yet.
   */
  static synchronized Optional<Beginning> standBack() {
    standsBack = true;
    if (tracing == null) {
      return Optional.empty();
    }
    NoCodeJob before = tracing;
    tracing = null;
    before.failure.ignore();
    before.job.end.abandon();
    return before.sparkWorked
        ? Optional.empty()
        : Optional.of(new Beginning(before.job.root.start(), Optional.of(before.sparkReady)));
  }

  @Override
  public Map<String, String> init(SparkContext context, PluginContext plugin) {
    harmless.run("trace this job", () -> begin(context));
    return Map.of();
  }

  @Override
  public void shutdown() {
    harmless.run("end the trace", this::end);
  }

  private void begin(SparkContext context) {
    synchronized (NoCodeJob.class) {
      if (standsBack) {
        return;
      }
      CommandLine command = CommandLine.ofJvm();
      JobArguments arguments = command.arguments(context.getConf());
      job =
          new JobStart(
              arguments.find(JobArguments.JOB_NAME).orElse(context.appName()),
              arguments,
              command.application(),
              Optional.empty(),
              Beginning.now(true),
              () -> context);
      sparkReady = job.clock.instant();
      failure = JobFailure.watch(Thread.currentThread());
      context.addSparkListener(failure);
      context.addSparkListener(new Life());
      tracing = this;
    }
  }

  private void end() {
    Instant now = job == null ? null : job.clock.instant();
    synchronized (NoCodeJob.class) {
      if (tracing != this) {
        return;
      }
      tracing = null;
    }
    Deadline deadline = Deadline.in(JobEnd.BOUND);
    ListenerBus.drain(job.spark, deadline.left(JobEnd.EVENTS_BOUND));
    failure.ignore();
    failure.outcome().ifPresentOrElse(job.outcome::fail, job.outcome::complete);
    job.end.close(sparkEnded == null ? now : sparkEnded, deadline);
  }

  /** Spark's events at the start and end of the application. */
  private final class Life extends SparkListener {

    @Override
    public void onApplicationStart(SparkListenerApplicationStart event) {
      synchronized (NoCodeJob.class) {
        sparkReady = job.clock.instant();
        job.events.started(job.root.start(), sparkReady);
      }
    }

    /** Until Spark works, a {@link TracedJob} may come, and nothing be seen of this. */
    @Override
    public void onJobStart(SparkListenerJobStart event) {
      synchronized (NoCodeJob.class) {
        if (tracing == NoCodeJob.this && !sparkWorked) {
          job.show();
        }
        sparkWorked = true;
      }
    }

    @Override
    public void onApplicationEnd(SparkListenerApplicationEnd event) {
      sparkEnded = Instant.ofEpochMilli(event.time());
    }
  }
}
