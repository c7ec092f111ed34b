package dev.waybill.gluetracing;

import dev.waybill.gluetracing.internal.otlp.JobLogs;
import dev.waybill.gluetracing.internal.trace.ErrorText;
import dev.waybill.gluetracing.internal.trace.ForeignError;
import dev.waybill.gluetracing.internal.trace.Outcome;
import dev.waybill.gluetracing.internal.trace.WaybillAttributes;
import io.opentelemetry.api.common.Attributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.spark.sql.Dataset;

/**
 * A {@link TracedJob} for {@code waybill_tracing.py}, which calls this over Py4J: Python's
 * functions run in Python, so a step is begun and ended by two calls. Not for use by others. Safe
 * for use by several threads; a step is its thread's, as PySpark has a thread of Java's for each of
 * Python's.
 */
public final class PythonJob {

  private final TracedJob job;

  private PythonJob(TracedJob job) {
    this.job = job;
  }

  /**
   * Starts it on the session that PySpark has started.
   *
   * @param startedSpark whether it did so for this job
   */
  public static PythonJob start(String name, List<String> args, boolean startedSpark) {
    return new PythonJob(TracedJob.start(name, args, "", startedSpark));
  }

  /** The job in whose name all else is called. */
  public TracedJob job() {
    return job;
  }

  /** Rows that are counted wherever they are computed. */
  public Dataset<?> observe(Dataset<?> rows) {
    return job.job.steps.observe(rows);
  }

  /** Lets this thread be in a step. */
  public Step begin(String name) {
    return new Step(job.job.running.enter(job.job.running.begin(name)));
  }

  /** A Python error. Use the same object wherever the same error is reported. */
  public Throwable error(String type, String message, String stack) {
    return new ForeignError(type, message, stack);
  }

  /** The job ended by an error. */
  public void failed(Throwable error) {
    job.job.outcome.failedOutside(Outcome.of(error));
  }

  /**
   * Takes a line of Python's logging.
   *
   * @param level {@code INFO}, {@code WARN} …
   * @param error type of the exception that it logs, or null
   */
  public void log(
      String logger, String level, long millis, String text, String error, String stack) {
    Attributes exception =
        error == null
            ? Attributes.empty()
            : Attributes.of(
                WaybillAttributes.EXCEPTION_TYPE, error,
                WaybillAttributes.EXCEPTION_MESSAGE, ErrorText.cut(lastLine(stack)),
                WaybillAttributes.EXCEPTION_STACKTRACE, stack);
    job.job.logs.ifPresent(
        logs ->
            logs.take(
                new JobLogs.Line(
                    millis, Level.toLevel(level, Level.INFO), logger, text, exception)));
  }

  private static String lastLine(String stack) {
    List<String> lines = stack.strip().lines().toList();
    return lines.get(lines.size() - 1);
  }

  /** A step that its thread is in, until one of its last four methods is called. */
  public final class Step {

    private final RunningSteps.Entered entered;

    private Step(RunningSteps.Entered entered) {
      this.entered = entered;
    }

    /** See {@code Steps.apply}: what to describe first, or null. */
    public Dataset<?> scan(Dataset<?> observed) {
      return job.job.steps.scanOf(observed);
    }

    /** Whether rows that were made of the scan are to be taken. */
    public boolean filters(Dataset<?> rows, Dataset<?> scan) {
      return job.job.steps.isFiltered(rows, scan);
    }

    /** It was done. */
    public void done() {
      try (entered) {
        entered.end(
            null,
            (step, none) -> {
              job.job.running.write(step, Outcome.OK);
              return null;
            });
      }
    }

    /** It described a source; gives the rows to go on with. */
    public Dataset<?> read(Dataset<?> out) {
      try (entered) {
        return entered.end(out, (step, rows) -> job.job.steps.addSource(step, rows));
      }
    }

    /**
     * It described what becomes of rows; gives the rows to go on with.
     *
     * @param names of the inputs, or none where those that made them name them
     */
    public Dataset<?> made(List<String> names, List<Dataset<?>> in, Dataset<?> out) {
      try (entered) {
        return entered.end(
            out,
            (step, rows) ->
                in.size() == 1
                    ? job.job.steps.add(step, in.get(0), rows)
                    : job.job.steps.add(
                        step, names.isEmpty() ? job.job.steps.named(in) : named(names, in), rows));
      }
    }

    /** It failed. */
    public void failed(Throwable error) {
      try (entered) {
        entered.fail(error);
      }
    }

    private static Map<String, Dataset<?>> named(List<String> names, List<Dataset<?>> in) {
      Map<String, Dataset<?>> named = new LinkedHashMap<>();
      for (int i = 0; i < in.size(); i++) {
        named.put(names.get(i), in.get(i));
      }
      return named;
    }
  }
}
