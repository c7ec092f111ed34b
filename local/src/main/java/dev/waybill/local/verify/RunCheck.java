package dev.waybill.local.verify;

import dev.waybill.local.run.RunSummary;
import dev.waybill.local.run.RunSummary.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Whether a run ended well and left what it should in the bucket. */
final class RunCheck {

  private static final String SUCCESS = "_SUCCESS";
  private static final String CHECKLIST =
      "docs/operating.md, \"Check the first deployment\", says what a failure here means";

  private RunCheck() {}

  /** Whether the execution succeeded. */
  static Check ended(RunSummary run) {
    return run.error() == null
        ? Check.holds("run", "%s in %.0f s".formatted(run.runId(), run.seconds()))
        : Check.fails(
            "run",
            "%s: %s".formatted(run.error().type(), run.error().message()),
            run.report() == null ? CHECKLIST : "its trace: " + run.report() + "; " + CHECKLIST);
  }

  /** Whether the rows of the run's record add up; a pipeline of one's own may leave no record. */
  static Check rows(RunSummary run) {
    Rows rows = run.rows();
    if (rows.read() == null) {
      return Check.of(
          "rows",
          run.succeeded(),
          "the run left no record of rows",
          "the jobs' role must be allowed to write runs/ (DataBucket.grantJobs)");
    }
    boolean adds =
        rows.cleaned() != null
            && rows.read() == rows.cleaned() + rows.allRejected()
            && Objects.equals(rows.cleaned(), rows.processed());
    return Check.of(
        "rows",
        adds,
        "%,d read, %,d cleaned, %,d rejected, %,d processed"
            .formatted(
                rows.read(),
                rows.cleaned() == null ? 0 : rows.cleaned(),
                rows.allRejected(),
                rows.processed() == null ? 0 : rows.processed()),
        "rows read must be rows cleaned plus rows rejected, and all cleaned ones processed");
  }

  /**
   * Whether each data set is complete, and has data where rows were processed.
   *
   * @param outputs folders of the bucket
   */
  static List<Check> outputs(S3Client s3, String bucket, RunSummary run, List<String> outputs) {
    List<Check> checks = new ArrayList<>();
    for (String output : outputs) {
      String prefix = "%s/run=%s/".formatted(output, run.runId());
      List<S3Object> objects = objects(s3, bucket, prefix);
      boolean complete = objects.stream().anyMatch(object -> object.key().endsWith(SUCCESS));
      long data = objects.stream().filter(object -> object.key().endsWith(".parquet")).count();
      checks.add(
          Check.of(
              "output " + output,
              complete && data > 0,
              complete
                  ? "complete, %d Parquet file%s".formatted(data, data == 1 ? "" : "s")
                  : "there is no %s%s".formatted(prefix, SUCCESS),
              "the job that writes it failed, or its role may not write there"));
    }
    return checks;
  }

  /** Whether the jobs delivered all their telemetry: what they could not is in the bucket. */
  static Check telemetry(S3Client s3, String bucket, RunSummary run) {
    String prefix = "runs/run=%s/telemetry/".formatted(run.runId());
    int left = objects(s3, bucket, prefix).size();
    return Check.of(
        "telemetry delivered",
        left == 0,
        left == 0 ? "all of it" : "%d files are left in s3://%s/%s".formatted(left, bucket, prefix),
        "see the alarms collector-down and undelivered-telemetry in docs/operating.md; ./waybill replay sends it again");
  }

  private static List<S3Object> objects(S3Client s3, String bucket, String prefix) {
    return s3.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix)).contents().stream()
        .toList();
  }
}
