package dev.waybill.local.glue;

import dev.waybill.gluetracing.JobArguments;
import dev.waybill.local.Installation;
import dev.waybill.workflow.GlueWorker;
import dev.waybill.workflow.Job;
import dev.waybill.workflow.Prices;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A job as deployment defines it in Glue.
 *
 * @param mainClass public, with a {@code main} method, on the jobs' class path
 * @param words what it is given before the arguments, such as a script
 * @param maxConcurrentRuns more runs than this wait, where queuing is on, or are refused
 * @param queuing Glue's job run queuing
 * @param timeout after which a run is stopped
 * @param defaultArguments with their leading hyphens; a run's own take their place
 */
public record JobDefinition(
    String name,
    String mainClass,
    List<String> words,
    int maxConcurrentRuns,
    boolean queuing,
    Duration timeout,
    Map<String, String> defaultArguments) {

  private static final Duration TIMEOUT = Duration.ofMinutes(60);
  private static final int CONCURRENT_RUNS = 10;

  /**
   * The pipeline's jobs.
   *
   * @param more arguments besides its own, by a job's name
   */
  public static List<JobDefinition> all(
      Installation installation, Function<String, Map<String, String>> more) {
    return installation.project().jobs().jobs().stream()
        .map(job -> of(installation, job, more.apply(job.name())))
        .toList();
  }

  private static JobDefinition of(Installation installation, Job job, Map<String, String> more) {
    Map<String, String> defaults = new HashMap<>(job.arguments());
    defaults.putAll(more);
    defaults.putAll(Prices.load().jobArguments(GlueWorker.DEFAULT, false));
    defaults.put("--" + JobArguments.OTLP_ENDPOINT, JobJvm.COLLECTOR);
    return new JobDefinition(
        job.name(),
        job.script() == null ? job.mainClass() : PythonSpark.RUNNER,
        job.script() == null ? List.of() : PythonSpark.words(installation, job),
        CONCURRENT_RUNS,
        true,
        TIMEOUT,
        defaults);
  }
}
