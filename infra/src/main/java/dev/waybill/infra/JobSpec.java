package dev.waybill.infra;

import java.util.List;
import java.util.Map;

/**
 * A job of the pipeline. One record adds a job to the deployment; the workflow says where it
 * stands, with {@code "JobName": "${<state>JobName}"}.
 *
 * @param name the job's name, lower case with hyphens, as {@code TracedJob.start} has it
 * @param mainClass public, with {@code main(String[])}, in the glue-jobs jar
 * @param state the workflow's state that runs it
 * @param arguments of every run, with their hyphens, besides those that the workflow passes
 */
public record JobSpec(String name, String mainClass, String state, Map<String, String> arguments) {

  /** The job that reads the file's values: {@link Settings} have arguments of its own. */
  static final JobSpec CLEAN_LISTINGS =
      new JobSpec(
          "clean-listings", "dev.waybill.gluejobs.CleanListings", "CleanListings", Map.of());

  /** The jobs that are deployed. */
  public static final List<JobSpec> ALL =
      List.of(
          CLEAN_LISTINGS,
          new JobSpec(
              "process-listings",
              "dev.waybill.gluejobs.ProcessListings",
              "ProcessListings",
              Map.of()));

  /** What the workflow calls the job that is deployed for {@link #state}. */
  String placeholder() {
    return state + "JobName";
  }
}
