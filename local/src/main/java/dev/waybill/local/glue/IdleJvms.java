package dev.waybill.local.glue;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * JVMs that wait for the next job of their run, by run id. One that gets none for a short time
 * ends: the run may have failed meanwhile. Safe for use by several threads.
 */
final class IdleJvms {

  /** The workflow sees a job's end, and starts the next, within a second. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Map<String, JobsJvm> idle = new ConcurrentHashMap<>();

  /** Keeps a JVM for the run's next job. */
  void keep(String runId, JobsJvm jvm) {
    JobsJvm other = idle.put(runId, jvm);
    if (other != null) {
      other.end();
    }
    CompletableFuture.delayedExecutor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              if (idle.remove(runId, jvm)) {
                jvm.end();
              }
            });
  }

  /** The run's JVM, where it can run this job. */
  Optional<JobsJvm> take(String runId, String job) {
    JobsJvm jvm = idle.remove(runId);
    if (jvm == null || jvm.takes(job)) {
      return Optional.ofNullable(jvm);
    }
    jvm.end();
    return Optional.empty();
  }
}
