package dev.waybill.gluetracing;

import dev.waybill.gluetracing.internal.trace.Harmless;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When a job began: with its JVM, where that was started for it and had no job before; else when it
 * said so.
 *
 * @param sparkReady when Spark was ready, if it was started before
 */
record Beginning(Instant at, Optional<Instant> sparkReady) {

  private static final Logger LOG = LoggerFactory.getLogger(TracedJob.class);

  private static boolean jvmHadJob;

  /**
   * That of a {@link TracedJob} that starts now; Spark's plugin leaves the JVM to it.
   *
   * @param application the package of the job's own classes
   * @param startsSpark whether Spark is started by that call, or was for it
   */
  static Beginning of(String application, boolean startsSpark) {
    return new Harmless(LOG)
        .get("take over from Spark's plugin", NoCodeJob::standBack, Optional.<Beginning>empty())
        .orElseGet(() -> now(startsSpark && CommandLine.ofJvm().starts(application)));
  }

  /**
   * That of a job that says so now.
   *
   * @param ownJvm whether the JVM was started for it
   */
  static synchronized Beginning now(boolean ownJvm) {
    boolean first = !jvmHadJob;
    jvmHadJob = true;
    Instant now = Instant.now();
    Instant jvm = Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());
    return new Beginning(ownJvm && first && jvm.isBefore(now) ? jvm : now, Optional.empty());
  }
}
