package dev.waybill.gluejobs;

import dev.waybill.gluejobs.cleaning.CleaningOptions;
import dev.waybill.gluejobs.cleaning.CleaningPipeline;
import dev.waybill.gluetracing.TracedJob;

/**
 * The first Glue job: takes one uploaded CSV object to {@code cleaned/} and {@code quarantine/}, as
 * the data contract says. Arguments: {@code --run_id --bucket --key --run_date}, and those of
 * {@link CleaningOptions} and {@link TracedJob}.
 */
public final class CleanListings {

  public static final String NAME = "clean-listings";

  private CleanListings() {}

  public static void main(String[] args) {
    try (TracedJob job = TracedJob.start(NAME, args)) {
      RunArguments run = RunArguments.of(job.arguments());
      new CleaningPipeline(job, run).run();
      job.complete();
    }
  }
}
