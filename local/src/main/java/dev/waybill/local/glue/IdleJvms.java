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

  /** The run's JVM, where it can run this job. */
  synchronized Optional<JobsJvm> takeOf(String runId, String job) {
    endAll(jvm -> jvm.isOf(runId) && !jvm.takes(runId, job));
    return take(jvm -> jvm.isOf(runId));
  }

  /**
   * One of this size whose run is complete. Where there is none, those of other sizes end: they
   * keep memory that a new one may need.
   */
  synchronized Optional<JobsJvm> takeFree(JobSize size) {
    Optional<JobsJvm> taken = take(jvm -> isFree(jvm) && jvm.size() == size);
    if (taken.isEmpty()) {
      endAll(this::isFree);
    }
    return taken;
  }

  private boolean isFree(JobsJvm jvm) {
    return jvm.jobs() == jobs;
  }

  private Optional<JobsJvm> take(Predicate<JobsJvm> which) {
    Optional<JobsJvm> taken = idle.keySet().stream().filter(which).findFirst();
    taken.ifPresent(jvm -> idle.remove(jvm).cancel(false));
    return taken;
  }

  private synchronized void endAll(Predicate<JobsJvm> which) {
    List<JobsJvm> ended = idle.keySet().stream().filter(which).toList();
    for (JobsJvm jvm : ended) {
      idle.remove(jvm).cancel(false);
      jvm.end();
    }
  }
}
