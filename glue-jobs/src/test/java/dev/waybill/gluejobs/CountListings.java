package dev.waybill.gluejobs;

import dev.waybill.gluetracing.TracedJob;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The job of one's own that docs/operating.md shows, word for word. */
public final class CountListings {

  private CountListings() {}

  public static void main(String[] args) {
    try (TracedJob job = TracedJob.start("count-listings", args)) {
      RunArguments run = RunArguments.of(job.arguments());
      long least = Long.parseLong(job.arguments().require("least_rows"));
      String processed = run.prefix(Output.PROCESSED).toString();
      Dataset<Row> listings =
          job.step("read processed", () -> job.spark().read().parquet(processed));
      long rows = job.step("count rows", listings::count);
      job.step("check rows", () -> check(run.key(), rows, least));
      job.complete();
    }
  }

  private static void check(String key, long rows, long least) {
    if (rows < least) {
      throw new InvalidInput(key, rows + " rows are left, expected " + least + " at least");
    }
  }
}
