package dev.waybill.gluetracing;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Optional;

/**
 * When a job began: with its JVM, where that was started for it and had no job before; else when it
 * said so.
 *
 * @param sparkReady when Spark was ready, if it was started before
 */
record Beginning(Instant at, Optional<Instant> sparkReady) {

  private static boolean jvmHadJob;

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
