package dev.waybill.gluetracing;

import dev.waybill.gluetracing.JobSpans.Outcome;
import dev.waybill.gluetracing.Steps.Described;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.ReadableSpan;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a Spark job into a traced job. One call at the start of {@code main} opens it, one call
 * runs a named step, {@link #complete()} says that the job did what it should:
 *
 * <pre>{@code
 * public static void main(String[] args) {
 *   try (TracedJob job = TracedJob.start("count-orders", args)) {
 *     Dataset<Row> orders = job.step("read orders", () -> job.spark().read().parquet(path));
 *     Dataset<Row> large = job.step("filter large orders", orders, rows -> rows.where("total > 100"));
 *     job.step("write large orders", () -> large.write().parquet(target));
 *     job.complete();
 *   }
 * }
 * }</pre>
 *
 * <p>A step that only describes work ({@link #step(String, Dataset, UnaryOperator)}) costs no Spark
 * job and no extra pass: its rows are counted in the pass that Spark makes anyway, and its span
 * covers the stages which really ran it.
 *
 * <p>Telemetry never fails the job and never holds it up for longer than ten seconds at its end.
 *
 * <p>Arguments it reads, all optional: {@value #TRACE_HEADER}, {@value #OTLP_ENDPOINT}, {@value
 * #TELEMETRY_FOLDER}, {@value #EXECUTION_ARN}, {@value #STATE_NAME}, {@value #ATTEMPT}, {@value
 * #REDRIVE}, {@value #RUN_ID}, {@value #KEY}, and Glue's {@code JOB_RUN_ID}.
 */
public final class TracedJob implements AutoCloseable {

  /** The {@code X-Amzn-Trace-Id} under which the run was started. */
  public static final String TRACE_HEADER = "trace_header";

  /**
   * The base URL of the collector's OTLP/HTTP receiver, for example {@code
   * http://user:password@collector:4318}; a job that is given anything else keeps its telemetry,
   * and says so.
   */
  public static final String OTLP_ENDPOINT = "otlp_endpoint";

  /**
   * {@code off} lets the job run as if it were not traced: nothing is observed, counted or sent.
   * Its log lines stay on the console.
   */
  public static final String TELEMETRY = "telemetry";

  /**
   * A folder of any file system that Hadoop knows. What the collector did not take is there at the
   * job's end, below it in a folder of this job run; without it, on the driver's disk.
   */
  public static final String TELEMETRY_FOLDER = "telemetry_folder";

  public static final String EXECUTION_ARN = "execution_arn";
  public static final String STATE_NAME = "state_name";
  public static final String ATTEMPT = "attempt";
  public static final String REDRIVE = "redrive";
  public static final String RUN_ID = "run_id";
  public static final String KEY = "key";

  /**
   * A column by which a step turns rows away without dropping them: rows in which it is not null
   * don't count as the step's output. So one pass can both write what is good and keep what is not.
   */
  public static final String REJECTION = "rejection";

  private static final String JOB_RUN_ID = "JOB_RUN_ID";
  private static final Duration IN_PROGRESS_BOUND = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(TracedJob.class);

  private final String name;
  private final JobArguments arguments;
  private final Clock clock;
  private final Instant start;
  private final SpanContext headerParent;
  private final CompletableFuture<Optional<String>> lookup;
  private final JobTelemetry telemetry;
  private final JobSpans spans;
  private final SpanContext root;
  private final JobMetrics metrics;
  private final JobLogs logs;
  private final SparkSession spark;
  private final SparkEvents events = new SparkEvents();
  private final LongAdder rejected = new LongAdder();
  private final Steps steps;
  private final Optional<TelemetryFolder> telemetryFolder;
  private final Thread shutdownHook = new Thread(this::stopped, "waybill-shutdown");
  private Outcome outcome;
  private OpenStep open;
  private boolean closed;

  private TracedJob(String name, String[] args, String application) {
    this.name = name;
    this.clock = Clock.systemUTC();
    this.start = clock.instant();
    this.arguments = JobArguments.parse(args);
    Optional<TraceHeader> given = arguments.find(TRACE_HEADER).flatMap(TraceHeader::parse);
    TraceHeader header =
        given.orElseGet(() -> new TraceHeader(XrayIds.newTraceId(), SpanId.getInvalid(), true));
    this.headerParent = header.parent();
    boolean off = isOff();
    boolean sampled = header.sampled() && !off;
    this.lookup =
        given.isPresent() && sampled
            ? ParentLookup.begin(header, arguments)
            : CompletableFuture.completedFuture(Optional.empty());
    this.steps = off ? Steps.off() : Steps.of(events);
    FutureTask<JobTelemetry> starting =
        new FutureTask<>(() -> off ? JobTelemetry.off() : startTelemetry(sampled));
    // Both take their time, most of it loading classes: one does so beside the other.
    new Thread(starting, "waybill-telemetry").start();
    this.spark = SparkSession.builder().appName(name).getOrCreate();
    if (!off) {
      spark.sparkContext().addSparkListener(events);
    }
    this.telemetry = result(starting);
    this.spans = telemetry.spans(header.traceId(), sampled);
    this.root = spans.reserve();
    this.metrics = new JobMetrics(telemetry.meter(), name, root);
    this.logs = JobLogs.attach(telemetry.loggers(), System.out, application, root, logFields());
    if (given.isEmpty() && !off) {
      LOG.warn(
          "no usable --{} ({}): this job starts a trace of its own, {}",
          TRACE_HEADER,
          arguments.find(TRACE_HEADER).orElse("absent"),
          xrayTraceId());
    }
    lookup
        .copy()
        .completeOnTimeout(Optional.empty(), IN_PROGRESS_BOUND.toMillis(), TimeUnit.MILLISECONDS)
        .thenAccept(this::sendInProgress);
    this.telemetryFolder =
        TelemetryFolder.of(
            arguments,
            name + "-" + arguments.find(JOB_RUN_ID).orElse(root.getSpanId()),
            spark.sparkContext().hadoopConfiguration());
    Runtime.getRuntime().addShutdownHook(shutdownHook);
  }

  /**
   * Starts the job's trace, or rather its part of the run's trace, and its Spark session.
   *
   * @param name the job's name, lower case with hyphens; it becomes {@code service.name} and the
   *     root span's name
   * @param args what {@code main} was given
   */
  public static TracedJob start(String name, String... args) {
    String application =
        StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
            .getCallerClass()
            .getPackageName();
    return new TracedJob(name, args, application);
  }

  public SparkSession spark() {
    return spark;
  }

  public JobArguments arguments() {
    return arguments;
  }

  /** The run's trace id as X-Ray writes it, for messages to people. */
  public String xrayTraceId() {
    return TraceHeader.xrayTraceId(root.getTraceId());
  }

  /**
   * The {@code X-Amzn-Trace-Id} for a call that the job makes now, from the step that is running or
   * from the job.
   */
  public String traceHeader() {
    SpanContext current = Span.current().getSpanContext();
    return TraceHeader.of(current.isValid() ? current : root);
  }

  /**
   * Runs a step that describes what is to become of rows. Spark does it later, together with other
   * steps; the span says when, and how many rows went in and came out.
   *
   * @param name lower case, verb first
   * @return the step's rows; use these, not those that the transformation returned
   */
  public <T> Dataset<T> step(String name, Dataset<T> in, UnaryOperator<Dataset<T>> transformation) {
    Dataset<T> counted = steps.observe(in);
    SpanContext self = spans.reserve();
    Instant defined = clock.instant();
    Dataset<T> out = describe(name, self, () -> steps.observe(transformation.apply(counted)));
    steps.add(name, self, counted, out, defined);
    return out;
  }

  /**
   * Runs a step that is done when the call returns: an action, or anything besides Spark. A step
   * that returns a data set is the description of a source, and is measured like one that
   * describes.
   *
   * @param name lower case, verb first
   */
  @SuppressWarnings("unchecked") // observe keeps a data set's type
  public <T> T step(String name, Callable<T> work) {
    SpanContext self = spans.reserve();
    Instant began = clock.instant();
    T result = describe(name, self, work);
    if (result instanceof Dataset<?> rows) {
      return (T) steps.addSource(name, self, rows, began);
    }
    spans.write(self, root, name, began, clock.instant(), Attributes.empty(), Outcome.OK);
    return result;
  }

  /**
   * Begins steps that keep each row, the first of them a source; {@link RowwiseSteps} says why.
   *
   * @param name lower case, verb first
   */
  public RowwiseSteps rowwise(String name, Callable<Dataset<Row>> source) {
    return RowwiseSteps.from(this, steps, name, source);
  }

  /** Begins steps that keep each of these rows; {@link RowwiseSteps} says why. */
  public RowwiseSteps rowwise(Dataset<Row> rows) {
    return RowwiseSteps.of(this, steps, rows);
  }

  /** {@link #step(String, Callable)} for work without a result. */
  public void step(String name, Runnable work) {
    step(
        name,
        () -> {
          work.run();
          return null;
        });
  }

  /**
   * Counts rows in {@code waybill.rows} by what they came to: {@code read}, {@code cleaned}, {@code
   * processed} …
   */
  public void countRows(String outcome, long rows) {
    metrics.countRows(rows, outcome);
  }

  /** Counts rows in {@code waybill.rows} that were rejected for this reason. */
  public void countRejected(String reason, long rows) {
    metrics.countRejected(rows, reason);
    rejected.add(rows);
  }

  /**
   * Counts in {@code waybill.values.changed} the values that a step filled in or replaced; they
   * stand on the step's span, too. Values themselves are data, and go nowhere.
   *
   * @param step the name of a step that describes
   * @param values how many, by column and cause, of which there are few
   */
  public void countChanged(String step, Map<String, Map<String, Long>> values) {
    values.forEach(
        (column, causes) ->
            causes.forEach((cause, count) -> metrics.countChanged(count, column, cause)));
    steps.changed(step, values);
  }

  /** Counts the size of what the job reads, in bytes. */
  public void countInputBytes(long bytes) {
    metrics.countInputBytes(bytes);
  }

  /**
   * Says that the job did what it should. A job that is closed without this has failed, and its
   * trace says so.
   */
  public void complete() {
    LOG.debug("arguments that the job read: {}", arguments.asked());
    if (outcome == null) {
      outcome = Outcome.OK;
    }
  }

  /** Writes what is left of the trace and sends it, within a few seconds. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      writeTrace();
      removeHook();
      logs.detach();
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("the trace of this job is incomplete: {}", ErrorText.of(e));
    }
    telemetry.close(telemetryFolder).ifPresent(LOG::warn);
  }

  /**
   * Runs a step's description, whose span {@link Steps} writes; the span of one that fails, too.
   */
  Described describe(String step, Callable<Dataset<Row>> work) {
    SpanContext self = spans.reserve();
    Instant defined = clock.instant();
    return new Described(step, self, defined, describe(step, self, work), true);
  }

  private <T> T describe(String step, SpanContext self, Callable<T> work) {
    OpenStep enclosing = open;
    open = new OpenStep(step, self, clock.instant());
    spark.sparkContext().setLocalProperty(SparkEvents.STEP_PROPERTY, self.getSpanId());
    try (Scope scope = Context.current().with(Span.wrap(self)).makeCurrent()) {
      return work.call();
    } catch (Exception e) {
      throw failed(step, self, e);
    } finally {
      open = enclosing;
      spark
          .sparkContext()
          .setLocalProperty(
              SparkEvents.STEP_PROPERTY, enclosing == null ? null : enclosing.self.getSpanId());
    }
  }

  /**
   * Notes the error on the step and on the job, once each; only the innermost step's span carries
   * the exception.
   */
  private RuntimeException failed(String step, SpanContext self, Exception e) {
    Outcome failure = Outcome.of(e);
    boolean first = outcome == null || !outcome.failed();
    spans.write(
        self,
        root,
        step,
        open.began,
        clock.instant(),
        Attributes.empty(),
        first ? failure : failure.enclosing());
    if (first) {
      outcome = failure.enclosing();
      LOG.error("step '{}' failed: {}", step, failure.error());
    }
    return e instanceof RuntimeException runtime ? runtime : new StepFailed(step, e);
  }

  private void writeTrace() {
    long dropped = spark.sparkContext().isStopped() ? 0 : ListenerBus.drain(spark.sparkContext());
    if (outcome == null) {
      outcome =
          new Outcome(
              "the job ended without complete(): it threw outside a step, or it never calls it",
              null);
    }
    steps.write(spans, root);
    SparkSpans.write(events, spans, root);
    metrics.countOutputBytes(events.outputBytes());
    metrics.ended(Duration.between(start, clock.instant()), !outcome.failed());
    Span span = beginRoot(parent(lookup.getNow(Optional.empty())), rootAttributes(dropped));
    outcome.describe(span);
    span.end(clock.instant());
    lookup.complete(Optional.empty());
    if (dropped > 0) {
      LOG.warn(
          "Spark's listener queue dropped {} events: times and rows in this trace may be too low; "
              + "raise spark.scheduler.listenerbus.eventqueue.capacity",
          dropped);
    }
  }

  private Attributes rootAttributes(long dropped) {
    AttributesBuilder attributes = Attributes.builder().put(WaybillAttributes.JOB, name);
    arguments.find(RUN_ID).ifPresent(value -> attributes.put(WaybillAttributes.RUN_ID, value));
    arguments
        .find(KEY)
        .ifPresent(value -> attributes.put(WaybillAttributes.DATASET_KEY, ErrorText.cut(value)));
    arguments.find(STATE_NAME).ifPresent(value -> attributes.put(WaybillAttributes.STATE, value));
    attributes.put(WaybillAttributes.ATTEMPT, (long) arguments.number(ATTEMPT));
    if (rejected.sum() > 0) {
      attributes.put(WaybillAttributes.ROWS_REJECTED, rejected.sum());
    }
    if (dropped > 0) {
      attributes.put(WaybillAttributes.SPARK_EVENTS_DROPPED, dropped);
    }
    if (!events.lostExecutors().isEmpty()) {
      attributes.put(WaybillAttributes.SPARK_EXECUTORS_LOST, events.lostExecutors());
    }
    if (events.stagesOmitted() > 0) {
      attributes
          .put(WaybillAttributes.SPARK_STAGES_OMITTED, events.stagesOmitted())
          .put(WaybillAttributes.SPARK_STAGES_OMITTED_SECONDS, events.secondsOmitted());
    }
    return attributes.build();
  }

  /**
   * A long job is to be seen before it ends: X-Ray shows this copy as in progress until the whole
   * span comes.
   */
  private synchronized void sendInProgress(Optional<String> found) {
    if (closed || !root.isSampled()) {
      return;
    }
    Attributes attributes =
        rootAttributes(0).toBuilder().put(WaybillAttributes.XRAY_IN_PROGRESS, true).build();
    if (beginRoot(parent(found), attributes) instanceof ReadableSpan span) {
      telemetry.sendEarly(span.toSpanData());
    }
  }

  private Span beginRoot(SpanContext parent, Attributes attributes) {
    return spans.begin(root, parent, name, SpanKind.SERVER, start, attributes);
  }

  private SpanContext parent(Optional<String> found) {
    return found
        .map(
            id ->
                SpanContext.createFromRemoteParent(
                    root.getTraceId(), id, root.getTraceFlags(), root.getTraceState()))
        .orElse(headerParent);
  }

  private boolean isOff() {
    String given = arguments.find(TELEMETRY).orElse("on");
    if (!given.equals("on") && !given.equals("off")) {
      throw new IllegalArgumentException(
          "job argument --%s is '%s'; it must be on or off".formatted(TELEMETRY, given));
    }
    return given.equals("off");
  }

  private JobTelemetry startTelemetry(boolean sampled) {
    return new JobTelemetry(
        arguments.find(OTLP_ENDPOINT).orElse(JobTelemetry.DEFAULT_ENDPOINT),
        JobResource.of(name, arguments),
        sampled);
  }

  private static JobTelemetry result(FutureTask<JobTelemetry> starting) {
    try {
      return starting.get();
    } catch (ExecutionException e) {
      throw new IllegalArgumentException(
          "telemetry can't be started: " + ErrorText.of(e), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the job started", e);
    }
  }

  private Map<String, String> logFields() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("job", name);
    arguments.find(RUN_ID).ifPresent(value -> fields.put(RUN_ID, value));
    arguments.find(JOB_RUN_ID).ifPresent(value -> fields.put("job_run_id", value));
    return fields;
  }

  /**
   * The JVM was told to stop while the job ran: what is known of it is written and sent all the
   * same.
   */
  private void stopped() {
    if (outcome == null) {
      outcome =
          new Outcome(
              "the JVM was told to stop"
                  + (open == null ? "" : " while step '" + open.name + "' ran")
                  + " (timeout, cancelled run or lost machine)",
              null);
    }
    OpenStep step = open;
    if (step != null) {
      spans.write(
          step.self, root, step.name, step.began, clock.instant(), Attributes.empty(), outcome);
    }
    close();
  }

  private void removeHook() {
    if (Thread.currentThread() != shutdownHook) {
      try {
        Runtime.getRuntime().removeShutdownHook(shutdownHook);
      } catch (IllegalStateException e) {
        LOG.debug("the JVM is stopping; its hook finds this job closed");
      }
    }
  }

  /** A step's checked exception, named by the step that it broke. */
  static final class StepFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    StepFailed(String step, Exception cause) {
      super("step '" + step + "' failed: " + ErrorText.of(cause), cause);
    }
  }

  private record OpenStep(String name, SpanContext self, Instant began) {}
}
