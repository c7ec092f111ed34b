package dev.waybill.gluetracing;

import dev.waybill.gluetracing.internal.spark.ListenerBus;
import dev.waybill.gluetracing.internal.trace.Harmless;
import java.time.Duration;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job as Spark sees it: it begins and ends with its SparkContext. It stands back for a {@link
 * TracedJob}, before or after it began. Safe for use by several threads.
 */
final class NoCodeJob implements DriverPlugin {

  private static final Logger LOG = LoggerFactory.getLogger(WaybillPlugin.class);
  private static final Duration EVENTS_BOUND = Duration.ofSeconds(2);

  /** The one that traces, if one does. */
  private static NoCodeJob tracing;

  /** Whether a {@link TracedJob} traces in this JVM. */
  private static boolean standsBack;

  private final Harmless harmless = new Harmless(LOG);
  private JobStart job;
  private JobFailure failure;

  /** Leaves this JVM to a {@link TracedJob}. */
  static synchronized void standBack() {
    standsBack = true;
    if (tracing != null) {
      tracing.failure.ignore();
      tracing.job.end.abandon();
      tracing = null;
    }
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
      CommandLine command = CommandLine.of(System.getProperty("sun.java.command", ""));
      JobArguments arguments = command.arguments(context.getConf());
      job =
          new JobStart(
              arguments.find(JobArguments.JOB_NAME).orElse(context.appName()),
              arguments,
              command.application(),
              () -> context);
      failure = JobFailure.watch(Thread.currentThread());
      context.addSparkListener(failure);
      context.addSparkListener(new FirstJob());
      tracing = this;
    }
  }

  private void end() {
    synchronized (NoCodeJob.class) {
      if (tracing != this) {
        return;
      }
      tracing = null;
    }
    ListenerBus.drain(job.spark, EVENTS_BOUND);
    failure.ignore();
    failure.outcome().ifPresentOrElse(job.outcome::fail, job.outcome::complete);
    job.end.close();
  }

  /** Until Spark works, a {@link TracedJob} may come, and nothing be seen of this. */
  private final class FirstJob extends SparkListener {

    @Override
    public void onJobStart(SparkListenerJobStart event) {
      job.spark.removeSparkListener(this);
      synchronized (NoCodeJob.class) {
        if (tracing == NoCodeJob.this) {
          job.show();
        }
      }
    }
  }
}
