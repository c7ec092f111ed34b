package dev.waybill.infra;

import dev.waybill.workflow.GlueWorker;
import dev.waybill.workflow.Prices;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.glue.CfnJob;
import software.amazon.awscdk.services.glue.ScalaSparkEtlJob;
import software.amazon.awscdk.services.glue.WorkerConfiguration;
import software.amazon.awscdk.services.glue.WorkerType;

/**
 * What Glue gives each job.
 *
 * @param workerType by Glue's own name, such as {@code G.1X}
 * @param workers the most that a run scales to; one of them is the driver
 * @param minutes after which Glue stops a run
 * @param concurrentRuns of each job; others wait in Glue's queue, or in the workflow with {@code
 *     flex}
 * @param flex whether runs take spare capacity, for less money and with no promise of when
 * @see <a href="https://docs.aws.amazon.com/glue/latest/dg/worker-types.html">Glue's worker
 *     types</a>
 */
record JobCapacity(String workerType, int workers, int minutes, int concurrentRuns, boolean flex) {

  private static final List<String> FLEX_TYPES = List.of("G.1X", "G.2X");

  /** Glue's own bounds for G.1X. */
  private static final int LEAST_WORKERS = 2;

  private static final int MOST_WORKERS = 299;

  /** The workflow's states wait six hours, for a place in the queue and for the run. */
  private static final int MOST_MINUTES = 300;

  private static final int MOST_RUNS = 1000;

  static JobCapacity of(Switches switches) {
    JobCapacity capacity =
        new JobCapacity(
            switches
                .text(
                    "workerType",
                    Pattern.compile(String.join("|", GlueWorker.names()).replace(".", "\\.")),
                    "one of " + String.join(", ", GlueWorker.names()))
                .orElse(GlueWorker.DEFAULT.glueName()),
            switches
                .number(
                    "workers",
                    LEAST_WORKERS,
                    MOST_WORKERS,
                    "2 to 299 workers, of which one is the driver")
                .orElse(10),
            switches
                .number(
                    "jobTimeout",
                    1,
                    MOST_MINUTES,
                    "1 to 300 minutes; the workflow waits for a job six hours, its place in the"
                        + " queue included")
                .orElse(60),
            switches
                .number("jobConcurrency", 1, MOST_RUNS, "1 to 1000 runs of each job")
                .orElse(10),
            switches.flag("flex"));
    if (capacity.flex && !FLEX_TYPES.contains(capacity.workerType)) {
      throw new IllegalArgumentException(
          "context switches flex and workerType exclude each other: Glue's flex execution takes %s, not %s"
              .formatted(String.join(" or ", FLEX_TYPES), capacity.workerType));
    }
    return capacity;
  }

  /** By which a job knows what it costs, as Glue charges it. */
  Map<String, String> priceArguments(Prices prices) {
    return prices.jobArguments(GlueWorker.of(workerType), flex);
  }

  /** Sets it for a job that is being built. */
  ScalaSparkEtlJob.Builder on(ScalaSparkEtlJob.Builder job) {
    return job.workerConfiguration(
            WorkerConfiguration.builder()
                .workerType(WorkerType.valueOf(workerType.replace('.', '_')))
                .numberOfWorkers(workers)
                .build())
        .timeout(Duration.minutes(minutes))
        .maxConcurrentRuns(concurrentRuns)
        .jobRunQueuingEnabled(!flex);
  }

  /** The CDK has another class for flex, whose builder is another type. */
  void execute(ScalaSparkEtlJob job) {
    if (flex) {
      ((CfnJob) job.getNode().getDefaultChild()).setExecutionClass("FLEX");
    }
  }
}
