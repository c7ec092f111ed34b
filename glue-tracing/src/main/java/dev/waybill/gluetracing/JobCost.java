package dev.waybill.gluetracing;

import java.time.Duration;
import java.util.Optional;

/**
 * What Glue charges for a job run, as the job can tell: by the time of its driver and of its
 * executors. Glue's own figure, {@code DPUSeconds}, is known only after the run.
 *
 * @param workerDpus DPUs of each worker
 * @param dpuHourPrice US dollars
 * @see <a href="https://docs.aws.amazon.com/glue/latest/webapi/API_JobRun.html">JobRun</a>
 */
record JobCost(double workerDpus, double dpuHourPrice) {

  /** Of a shorter job run a minute is billed. */
  private static final double LEAST_BILLED_SECONDS = 60;

  private static final double SECONDS_OF_AN_HOUR = 3600;

  /**
   * The prices that the job was given; empty where it was given none.
   *
   * @throws IllegalArgumentException for what is not a number
   */
  static Optional<JobCost> of(JobArguments arguments) {
    Optional<Double> dpus = number(arguments, JobArguments.WORKER_DPUS);
    Optional<Double> price = number(arguments, JobArguments.DPU_HOUR_PRICE);
    return dpus.isPresent() && price.isPresent()
        ? Optional.of(new JobCost(dpus.get(), price.get()))
        : Optional.empty();
  }

  /** The driver is a worker, and each executor is one. */
  double dpuSeconds(Duration driver, Duration executors) {
    return workerDpus * seconds(driver.plus(executors));
  }

  /**
   * In US dollars.
   *
   * @param took from the job's start to its end
   */
  double usd(double dpuSeconds, Duration took) {
    double seconds = seconds(took);
    double billed =
        seconds > 0 && seconds < LEAST_BILLED_SECONDS
            ? dpuSeconds * LEAST_BILLED_SECONDS / seconds
            : dpuSeconds;
    return billed / SECONDS_OF_AN_HOUR * dpuHourPrice;
  }

  private static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }

  private static Optional<Double> number(JobArguments arguments, String name) {
    return arguments
        .find(name)
        .map(
            text -> {
              try {
                return Double.valueOf(text);
              } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                    "job argument --%s is '%s'; it must be a number".formatted(name, text));
              }
            });
  }
}
