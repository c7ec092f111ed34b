package dev.waybill.gluetracing;

import dev.waybill.gluetracing.JobArguments.Telemetry;
import dev.waybill.gluetracing.internal.aws.Aws;
import dev.waybill.gluetracing.internal.otlp.JobLogs;
import dev.waybill.gluetracing.internal.otlp.JobResource;
import dev.waybill.gluetracing.internal.otlp.JobTelemetry;
import dev.waybill.gluetracing.internal.otlp.OtlpTelemetry;
import dev.waybill.gluetracing.internal.otlp.TelemetryFolder;
import dev.waybill.gluetracing.internal.spark.SparkEvents;
import dev.waybill.gluetracing.internal.spark.Steps;
import dev.waybill.gluetracing.internal.trace.Deadline;
import dev.waybill.gluetracing.internal.trace.Harmless;
import dev.waybill.gluetracing.internal.trace.JobMetrics;
import dev.waybill.gluetracing.internal.trace.JobRun;
import dev.waybill.gluetracing.internal.trace.JobSpans;
import dev.waybill.gluetracing.internal.trace.Outcome;
import dev.waybill.gluetracing.internal.xray.ParentLookup;
import dev.waybill.gluetracing.internal.xray.XrayIds;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.resources.Resource;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a job: Spark and telemetry, one beside the other. Without Spark there is no job, but a
 * trace that says so; without telemetry there is a job, and a warning. For use by one thread.
 */
final class JobStart {

  private static final Duration IN_PROGRESS_BOUND = Duration.ofSeconds(5);

  /** As in {@code collector-config/aws.yaml}. */
  private static final String METRICS_NAMESPACE = "Waybill";

  private static final String METRICS_LOG_GROUP = "/waybill/metrics";
  private static final Logger LOG = LoggerFactory.getLogger(TracedJob.class);

  final JobArguments arguments;
  final Harmless harmless = new Harmless(LOG);
  final JobOutcome outcome = new JobOutcome();
  final SparkEvents events = new SparkEvents();
  final Clock clock = Clock.systemUTC();
  final SparkContext spark;
  final JobTelemetry telemetry;
  final JobSpans spans;
  final RootSpan root;
  final JobMetrics metrics;
  final Steps steps;
  final RunningSteps running;
  final Optional<JobLogs> logs;
  final JobEnd end;

  private final GivenTrace given;
  private final CompletableFuture<Optional<String>> parent;
  private final boolean off;

  /**
   * Starts them; throws what Spark threw.
   *
   * @param application the package of the job's own classes
   * @param console for log lines as JSON, or empty where the job's output is to stay what it is
   * @param startSpark gives the context, started by then
   */
  JobStart(
      String name,
      JobArguments arguments,
      String application,
      Optional<PrintStream> console,
      Beginning beginning,
      Callable<SparkContext> startSpark) {
    this.arguments = arguments;
    Telemetry wanted = arguments.telemetry();
    this.off = wanted == Telemetry.OFF;
    JobRun run = arguments.run(name);
    OtelArguments otel = new OtelArguments(arguments);
    this.given =
        harmless.get(
            "read the trace header",
            () -> GivenTrace.of(arguments),
            GivenTrace.begun("no trace header can be read"));
    boolean sampled = given.sampled() && !off;
    Optional<ParentLookup> lookup = lookup(run, sampled);
    CompletableFuture<Optional<String>> parent =
        lookup
            .map(ParentLookup::start)
            .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));

    FutureTask<JobTelemetry> starting =
        new FutureTask<>(
            () ->
                off
                    ? JobTelemetry.off()
                    : new OtlpTelemetry(
                        wanted == Telemetry.AWS ? aws(run) : otel.collector(),
                        resource(run, otel),
                        sampled));
    // Both take their time, most of it loading classes: one does so beside the other.
    Deadline.daemon("waybill-telemetry", starting);
    Throwable noSpark = null;
    SparkContext context = null;
    try {
      context = startSpark.call();
    } catch (Throwable e) {
      noSpark = e;
    }
    this.spark = context;
    events.started(beginning.at(), beginning.sparkReady().orElseGet(clock::instant));
    this.telemetry = harmless.get("start telemetry", () -> result(starting), JobTelemetry.off());
    this.spans = telemetry.spans(given.traceId(), sampled, given.parent().getTraceState());
    this.root = new RootSpan(run, spans, given.parent(), beginning.at(), events);
    SpanContext self = root.context();
    this.metrics = metrics(name, self);
    this.logs =
        harmless.get(
            "take log lines",
            () ->
                Optional.of(
                    JobLogs.attach(
                        telemetry.loggers(), lines(console, wanted), application, self, run)),
            Optional.empty());
    sayWhereTheTraceIs();
    this.steps = off ? Steps.off() : Steps.of(events, harmless);
    this.running = new RunningSteps(spans, self, outcome, harmless, clock, spark, events);
    this.parent = parent;
    this.end = new JobEnd(this, lookup, parent, folder(run));
    if (noSpark != null) {
      fail(noSpark);
    }
    if (!off) {
      harmless.run("listen to Spark", () -> spark.addSparkListener(events));
    }
  }

  /** Lets the job be seen while it runs. */
  void show() {
    parent
        .copy()
        .completeOnTimeout(Optional.empty(), IN_PROGRESS_BOUND.toMillis(), TimeUnit.MILLISECONDS)
        .thenAccept(found -> root.sendInProgress(telemetry, found));
  }

  private Optional<ParentLookup> lookup(JobRun run, boolean sampled) {
    // A redriven execution's calls are not told apart.
    boolean ask =
        given.isXray()
            && sampled
            && run.state().isPresent()
            && run.executionArn().isPresent()
            && arguments.number(JobArguments.REDRIVE) == 0;
    return ask
        ? Optional.of(new ParentLookup(given.traceId(), run.state().get(), run.attempt()))
        : Optional.empty();
  }

  private JobMetrics metrics(String name, SpanContext self) {
    harmless.run("measure the JVM", () -> JobMetrics.observeJvm(telemetry.meter()));
    return harmless.get(
        "start metrics",
        () -> new JobMetrics(telemetry.meter(), name, self),
        new JobMetrics(JobTelemetry.off().meter(), name, self));
  }

  /** Lines that no collector takes are printed, also where the job's output is another's. */
  private static Optional<JobLogs.Console> lines(Optional<PrintStream> console, Telemetry wanted) {
    return console
        .map(out -> new JobLogs.Console(out, JobLogs.Levels.RAISED))
        .or(
            () ->
                wanted == Telemetry.AWS
                    ? Optional.of(new JobLogs.Console(System.out, JobLogs.Levels.AS_THEY_ARE))
                    : Optional.empty());
  }

  private Aws aws(JobRun run) {
    String jobRun = run.job() + "-" + run.jobRunId().orElseGet(XrayIds::newSpanId);
    return new Aws(
        System.getenv(),
        arguments.find(JobArguments.METRICS_NAMESPACE).orElse(METRICS_NAMESPACE),
        arguments.find(JobArguments.METRICS_LOG_GROUP).orElse(METRICS_LOG_GROUP),
        jobRun.replaceAll("[:*]", "-"));
  }

  private void sayWhereTheTraceIs() {
    if (!off) {
      given.problem().ifPresent(LOG::warn);
    }
  }

  private Resource resource(JobRun run, OtelArguments otel) {
    return JobResource.of(
        run, harmless.get("describe the job as asked", otel::resourceAttributes, Map.of()));
  }

  private Optional<TelemetryFolder> folder(JobRun run) {
    String jobRun = run.job() + "-" + run.jobRunId().orElse(root.context().getSpanId());
    return arguments
        .find(JobArguments.TELEMETRY_FOLDER)
        .map(
            folder ->
                new TelemetryFolder(
                    folder + "/" + jobRun,
                    spark == null ? new Configuration() : spark.hadoopConfiguration()));
  }

  private void fail(Throwable noSpark) {
    Outcome failure = Outcome.of(noSpark);
    outcome.fail(failure);
    LOG.error("Spark did not start: {}", failure.error());
    end.close();
    JobStart.<RuntimeException>sneakyThrow(noSpark);
  }

  @SuppressWarnings("unchecked") // Scala throws checked exceptions that nothing declares.
  private static <E extends Throwable> void sneakyThrow(Throwable e) throws E {
    throw (E) e;
  }

  private static JobTelemetry result(FutureTask<JobTelemetry> starting) throws Exception {
    try {
      return starting.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }
}
