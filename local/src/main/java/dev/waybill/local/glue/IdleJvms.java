package dev.waybill.local.glue;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * JVMs that wait for the next job of their run, by run id. One that gets none for a short time
 * ends: the run may have failed meanwhile. Safe for use by several threads.
 */
final class IdleJvms {

  /** The workflow sees a job's end, and starts the next, within a second. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Map<String, JobsJvm> idle = new ConcurrentHashMap<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "waybill-idle-jvms");
            thread.setDaemon(true);
            return thread;
          });

  /** Keeps a JVM for the run's next job. */
  void keep(String runId, JobsJvm jvm) {
    JobsJvm other = idle.put(runId, jvm);
    if (other != null) {
      other.end();
    }
    clock.schedule(
        () -> {
          if (idle.remove(runId, jvm)) {
            jvm.end();
          }
        },
        PATIENCE.toMillis(),
        TimeUnit.MILLISECONDS);
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
