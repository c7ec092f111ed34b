package dev.waybill.gluetracing;

import dev.waybill.gluetracing.internal.trace.Outcome;
import java.lang.Thread.UncaughtExceptionHandler;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.scheduler.JobFailed;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart;
import org.apache.spark.util.ShutdownHookManager;

/**
 * Why a job failed that does not say so: the exception that its main thread did not catch, else
 * that its JVM was told to stop, else the exit code that Spark was told, else the error of the last
 * query or Spark job that failed, unless another one began and succeeded after it. Safe for use by
 * several threads.
 */
final class JobFailure extends SparkListener implements UncaughtExceptionHandler {

  private static final String MAIN = "main";
  private static final String SQL_EXECUTION = "spark.sql.execution.id";

  private final Thread starter;
  private final UncaughtExceptionHandler next = Thread.getDefaultUncaughtExceptionHandler();
  private Throwable uncaught;
  private int exitCode;

  private final Map<Integer, String> queryOfJob = new HashMap<>();

  /** Queries, and Spark jobs that are part of none. */
  private final Set<String> running = new HashSet<>();

  private Outcome last;
  private String lastFailed;

  /** What ran when the last one failed: its success does not follow the failure. */
  private Set<String> beside = Set.of();

  private JobFailure(Thread starter) {
    this.starter = starter;
  }

  /**
   * Looks for one from now on.
   *
   * @param starter the thread that starts Spark, the job's main thread unless another is called so
   */
  static JobFailure watch(Thread starter) {
    JobFailure failure = new JobFailure(starter);
    Thread.setDefaultUncaughtExceptionHandler(failure);
    return failure;
  }

  /** Looks no more. */
  void ignore() {
    if (Thread.getDefaultUncaughtExceptionHandler() == this) {
      Thread.setDefaultUncaughtExceptionHandler(next);
    }
  }

  /** How the job failed, or empty where nothing says that it did. */
  synchronized Optional<Outcome> outcome() {
    if (uncaught != null) {
      return Optional.of(Outcome.of(uncaught));
    }
    if (isToldToStop()) {
      return Optional.of(Outcome.failed(JobOutcome.TOLD_TO_STOP.formatted("")));
    }
    if (exitCode != 0 && last == null) {
      return Optional.of(Outcome.failed("the job ended with exit code " + exitCode));
    }
    return Optional.ofNullable(last);
  }

  /** Whether the JVM ends although its main thread neither ended nor asked for it. */
  private static boolean isToldToStop() {
    return ShutdownHookManager.inShutdown()
        && Thread.getAllStackTraces().entrySet().stream()
            .filter(thread -> thread.getKey().getName().equals(MAIN))
            .anyMatch(
                thread ->
                    Stream.of(thread.getValue())
                        .map(StackTraceElement::getClassName)
                        .noneMatch(Runtime.class.getName()::equals));
  }

  @Override
  public void uncaughtException(Thread thread, Throwable e) {
    synchronized (this) {
      if (thread == starter || thread.getName().equals(MAIN)) {
        uncaught = e;
      }
    }
    if (next != null) {
      next.uncaughtException(thread, e);
    } else {
      System.err.print("Exception in thread \"" + thread.getName() + "\" ");
      e.printStackTrace();
    }
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart event) {
    String query =
        event.properties() == null ? null : event.properties().getProperty(SQL_EXECUTION);
    if (query == null) {
      running.add(job(event.jobId()));
    } else {
      queryOfJob.put(event.jobId(), query);
    }
  }

  /** A query may succeed although a Spark job of it failed, and tells that itself. */
  @Override
  public synchronized void onJobEnd(SparkListenerJobEnd event) {
    String query = queryOfJob.remove(event.jobId());
    if (event.jobResult() instanceof JobFailed failed) {
      failed(query == null ? job(event.jobId()) : query, Outcome.of(failed.exception()));
    } else if (query == null) {
      succeeded(job(event.jobId()));
    }
  }

  @Override
  public synchronized void onOtherEvent(SparkListenerEvent event) {
    if (event instanceof SparkListenerSQLExecutionStart start) {
      running.add(String.valueOf(start.executionId()));
    } else if (event instanceof SparkListenerSQLExecutionEnd end) {
      String query = String.valueOf(end.executionId());
      if (end.errorMessage().forall(String::isEmpty)) {
        succeeded(query);
      } else if (!query.equals(lastFailed)) {
        failed(query, Outcome.failed(end.errorMessage().get()));
      }
      running.remove(query);
    }
  }

  private static String job(int id) {
    return "job " + id;
  }

  private void failed(String which, Outcome failure) {
    running.remove(which);
    last = failure;
    lastFailed = which;
    beside = Set.copyOf(running);
  }

  private void succeeded(String which) {
    running.remove(which);
    if (!beside.contains(which)) {
      last = null;
      lastFailed = null;
    }
  }

  @Override
  public synchronized void onApplicationEnd(SparkListenerApplicationEnd event) {
    exitCode = event.exitCode().isEmpty() ? 0 : (Integer) event.exitCode().get();
  }
}
