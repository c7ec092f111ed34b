package dev.waybill.gluejobs;

import dev.waybill.gluejobs.processing.ProcessingPipeline;
import dev.waybill.gluetracing.TracedJob;

/**
 * The second Glue job: takes a run's {@code cleaned/} rows to {@code processed/} and {@code
 * neighbourhood_summary/}, as the data contract says. Arguments: those of {@link CleanListings}.
 */
public final class ProcessListings {

  public static final String NAME = "process-listings";

  private ProcessListings() {}

  public static void main(String[] args) {
    try (TracedJob job = TracedJob.start(NAME, args)) {
      RunArguments run = RunArguments.of(job.arguments());
      new ProcessingPipeline(job, run).run();
      job.complete();
    }
  }
}
