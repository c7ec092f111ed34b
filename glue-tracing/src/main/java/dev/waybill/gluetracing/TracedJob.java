package dev.waybill.gluetracing;

import dev.waybill.gluetracing.internal.trace.Outcome;
import dev.waybill.gluetracing.internal.w3c.TraceParent;
import dev.waybill.gluetracing.internal.xray.TraceHeader;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext$;
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
 * <p>A step that only describes work ({@link #step(String, Dataset, Function)}) costs no Spark job
 * and no extra pass: its rows are counted in the pass that Spark makes anyway, and its span covers
 * the stages which really ran it.
 *
 * <p>Telemetry never fails the job, whatever goes wrong there, and never holds it up for longer
 * than ten seconds at its end.
 *
 * <p>Steps may run within steps, and on several threads at a time; then each is part of the step
 * that its own thread is in. All methods are safe for use by several threads. {@link JobArguments}
 * has the arguments that it reads.
 */
public final class TracedJob implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TracedJob.class);

  private final SparkSession spark;
  final JobStart job;

  private TracedJob(SparkSession spark, JobStart job) {
    this.spark = spark;
    this.job = job;
  }

  /**
   * Starts the job's trace, or rather its part of the run's trace, and its Spark session.
   *
   * @param name the job's name, lower case with hyphens; it becomes {@code service.name} and the
   *     root span's name
   * @param args what {@code main} was given; for what is not among them, Spark's configuration
   *     counts, as {@code spark.waybill.<name>}
   */
  public static TracedJob start(String name, String... args) {
    String application =
        StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
            .getCallerClass()
            .getPackageName();
    return start(name, List.of(args), application, SparkContext$.MODULE$.getActive().isEmpty());
  }

  /** Starts it; Spark is started by this call or was for it, or else was there before. */
  static TracedJob start(String name, List<String> args, String application, boolean startsSpark) {
    JobArguments arguments = CommandLine.arguments(new SparkConf(), args);
    Beginning beginning = Beginning.of(application, startsSpark);
    AtomicReference<SparkSession> session = new AtomicReference<>();
    JobStart job =
        new JobStart(
            name,
            arguments,
            application,
            Optional.of(System.out),
            beginning,
            () -> {
              session.set(SparkSession.builder().appName(name).getOrCreate());
              return session.get().sparkContext();
            });
    job.show();
    job.harmless.run("watch for the JVM's end", job.end::register);
    return new TracedJob(session.get(), job);
  }

  public SparkSession spark() {
    return spark;
  }

  public JobArguments arguments() {
    return job.arguments;
  }

  /** The run's trace id as X-Ray writes it, for messages to people. */
  public String xrayTraceId() {
    return TraceHeader.xrayTraceId(job.root.context().getTraceId());
  }

  /**
   * The {@code X-Amzn-Trace-Id} for a call that the job makes now, from the step that is running or
   * from the job.
   */
  public String traceHeader() {
    return TraceHeader.of(current());
  }

  /** The same as W3C Trace Context's {@code traceparent}. */
  public String traceparent() {
    return TraceParent.of(current()).get(TraceParent.TRACEPARENT);
  }

  /** W3C Trace Context's {@code tracestate} that the job was given, for such a call; or empty. */
  public Optional<String> tracestate() {
    return Optional.ofNullable(TraceParent.of(current()).get(TraceParent.TRACESTATE));
  }

  /**
   * Names the column by which steps from now on reject rows without dropping them: rows in which it
   * is not null don't count. So one pass can both write what is good and keep what is not. Without
   * this, no column has a meaning to Waybill.
   *
   * @return this job
   */
  public TracedJob rejectionColumn(String name) {
    job.steps.rejectionColumn(name);
    return this;
  }

  /**
   * Runs a step that describes what is to become of rows. Spark does it later, together with other
   * steps; the span says when, and how many rows went in and came out.
   *
   * @param name lower case, verb first
   * @param transformation describes what becomes of the rows; it may be called twice
   * @return the step's rows; use these, not those that the transformation returned
   */
  public <T, U> Dataset<U> step(
      String name, Dataset<T> in, Function<Dataset<T>, Dataset<U>> transformation) {
    Dataset<T> counted = job.steps.observe(in);
    return job.running.run(
        job.running.begin(name),
        () -> job.steps.apply(transformation, counted),
        (step, out) -> job.steps.add(step, counted, out));
  }

  /**
   * Runs a step that describes what is to become of two data sets, such as a join. The rows of each
   * are counted under the name of the step that made it, or else as {@code input_1} and {@code
   * input_2}.
   *
   * @param name lower case, verb first
   * @return the step's rows; use these, not those that the transformation returned
   */
  public <T, U, V> Dataset<V> step(
      String name,
      Dataset<T> one,
      Dataset<U> two,
      BiFunction<Dataset<T>, Dataset<U>, Dataset<V>> transformation) {
    Dataset<T> first = job.steps.observe(one);
    Dataset<U> second = job.steps.observe(two);
    return job.running.run(
        job.running.begin(name),
        () -> transformation.apply(first, second),
        (step, out) -> job.steps.add(step, job.steps.named(List.of(first, second)), out));
  }

  /**
   * Runs a step that describes what is to become of any number of data sets. The rows of each are
   * counted under its name.
   *
   * @param name lower case, verb first
   * @param in by names, which become parts of attributes
   * @return the step's rows; use these, not those that the transformation returned
   */
  public <T, U> Dataset<U> step(
      String name,
      Map<String, Dataset<T>> in,
      Function<Map<String, Dataset<T>>, Dataset<U>> transformation) {
    Map<String, Dataset<T>> counted = new LinkedHashMap<>();
    in.forEach((input, rows) -> counted.put(input, job.steps.observe(rows)));
    return job.running.run(
        job.running.begin(name),
        () -> transformation.apply(counted),
        (step, out) -> job.steps.add(step, counted, out));
  }

  /**
   * Runs a step that is done when the call returns: an action, or anything besides Spark. A step
   * that returns a data set is the description of a source, and is measured like one that
   * describes.
   *
   * @param name lower case, verb first
   */
  @SuppressWarnings("unchecked") // A source keeps its data set's type.
  public <T> T step(String name, Callable<T> work) {
    return job.running.run(
        job.running.begin(name),
        work,
        (step, result) -> {
          if (result instanceof Dataset<?> rows) {
            return (T) job.steps.addSource(step, rows);
          }
          job.running.write(step, Outcome.OK);
          return result;
        });
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
   * Begins steps that keep each row, the first of them a source; {@link RowwiseSteps} says why.
   *
   * @param name lower case, verb first
   */
  public RowwiseSteps rowwise(String name, Callable<Dataset<Row>> source) {
    return RowwiseSteps.from(job, name, source);
  }

  /** Begins steps that keep each of these rows; {@link RowwiseSteps} says why. */
  public RowwiseSteps rowwise(Dataset<Row> rows) {
    return RowwiseSteps.of(job, rows);
  }

  /**
   * Counts rows in {@code waybill.rows} by what they came to: {@code read}, {@code cleaned}, {@code
   * processed} …
   */
  public void countRows(String outcome, long rows) {
    job.harmless.run("count rows", () -> job.metrics.countRows(rows, outcome));
  }

  /** Counts rows in {@code waybill.rows} that were rejected for this reason. */
  public void countRejected(String reason, long rows) {
    job.harmless.run("count rejected rows", () -> job.metrics.countRejected(rows, reason));
    job.root.countRejected(rows);
  }

  /**
   * Counts in {@code waybill.values.changed} the values that a step filled in or replaced; they
   * stand on the step's span, too. Values themselves are data, and go nowhere.
   *
   * @param step the name of a step that describes
   * @param values how many, by column and cause, of which there are few
   */
  public void countChanged(String step, Map<String, Map<String, Long>> values) {
    job.harmless.run(
        "count changed values",
        () -> {
          job.metrics.countChanged(values);
          job.steps.changed(step, values);
        });
  }

  /** Counts the size of what the job reads, in bytes. */
  public void countInputBytes(long bytes) {
    job.harmless.run("count bytes", () -> job.metrics.countInputBytes(bytes));
  }

  /**
   * Says that the job did what it should. A job that is closed without this has failed, and its
   * trace says so: with the words of a step that failed, unless the job went on after it.
   */
  public void complete() {
    LOG.debug("arguments that the job read: {}", job.arguments.asked());
    job.outcome.complete();
  }

  /** Writes what is left of the trace and sends it, within a few seconds. */
  @Override
  public void close() {
    job.end.close();
  }

  private SpanContext current() {
    SpanContext current = Span.current().getSpanContext();
    return current.isValid() ? current : job.root.context();
  }
}
