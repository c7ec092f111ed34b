package dev.waybill.local.glue;

import dev.waybill.gluetracing.JobArguments;
import dev.waybill.workflow.Job;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * A job as deployment defines it in Glue.
 *
 * @param mainClass public, with a {@code main} method, in the deployable jar
 * @param maxConcurrentRuns more runs than this wait, where queuing is on, or are refused
 * @param queuing Glue's job run queuing
 * @param timeout after which a run is stopped
 * @param defaultArguments with their leading hyphens; a run's own take their place
 */
public record JobDefinition(
    String name,
    String mainClass,
    int maxConcurrentRuns,
    boolean queuing,
    Duration timeout,
    Map<String, String> defaultArguments) {

  private static final Duration TIMEOUT = Duration.ofMinutes(60);
  private static final int CONCURRENT_RUNS = 10;

  /**
   * A job of the pipeline.
   *
   * @param more arguments besides its own
   */
  public static JobDefinition of(Job job, Map<String, String> more) {
    Map<String, String> defaults = new HashMap<>(job.arguments());
    defaults.putAll(more);
    defaults.put("--" + JobArguments.OTLP_ENDPOINT, JobJvm.COLLECTOR);
    return new JobDefinition(job.name(), job.mainClass(), CONCURRENT_RUNS, true, TIMEOUT, defaults);
  }
}
