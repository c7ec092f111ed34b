package dev.waybill.local.glue;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * JVMs that wait for a job: the next of their run, or, where that is complete, one of any other
 * run. One that gets none for a short time ends. Safe for use by several threads.
 */
final class IdleJvms {

  /** The workflow sees a job's end, and starts the next, within a second. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final int jobs;

  /** Each with what will end it. */
  private final Map<JobsJvm, CompletableFuture<Void>> idle = new LinkedHashMap<>();

  /**
   * With none that waits.
   *
   * @param jobs how many a complete run has
   */
  IdleJvms(int jobs) {
    this.jobs = jobs;
  }

  /** Keeps a JVM for another job. */
  synchronized void keep(JobsJvm jvm) {
    idle.put(
        jvm,
        CompletableFuture.runAsync(
            () -> endAll(waiting -> waiting == jvm),
            CompletableFuture.delayedExecutor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)));
  }

  /**
   * The run's JVM, or one of this size whose run is complete. Where there is none, those whose runs
   * are complete end: they keep memory that the new one needs.
   */
  synchronized Optional<JobsJvm> take(String runId, String job, JobSize size) {
    endAll(jvm -> !jvm.takes(runId, job));
    Optional<JobsJvm> taken =
        first(jvm -> jvm.isOf(runId)).or(() -> first(jvm -> isFree(jvm) && jvm.size() == size));
    taken.ifPresentOrElse(jvm -> idle.remove(jvm).cancel(false), () -> endAll(this::isFree));
    return taken;
  }

  private boolean isFree(JobsJvm jvm) {
    return jvm.jobs() == jobs;
  }

  private Optional<JobsJvm> first(Predicate<JobsJvm> which) {
    return idle.keySet().stream().filter(which).findFirst();
  }

  private synchronized void endAll(Predicate<JobsJvm> which) {
    List<JobsJvm> ended = idle.keySet().stream().filter(which).toList();
    for (JobsJvm jvm : ended) {
      idle.remove(jvm).cancel(false);
      jvm.end();
    }
  }
}
