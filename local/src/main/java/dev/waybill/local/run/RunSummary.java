package dev.waybill.local.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.waybill.gluejobs.InvalidInput;
import dev.waybill.gluejobs.Output;
import dev.waybill.gluejobs.RunRecord;
import dev.waybill.local.AwsClients;
import dev.waybill.local.Json;
import dev.waybill.local.run.ExecutionFollower.Ended;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * A run in a nutshell: {@code run.json}.
 *
 * @param status SUCCEEDED or FAILED
 * @param error null where it succeeded
 * @param traceId as X-Ray writes it
 * @param outputs by data set, paths on this machine; only those that are complete
 * @param seconds from the upload to the end
 * @param report where report.html is
 */
@JsonPropertyOrder({
  "run_id",
  "status",
  "error",
  "trace_id",
  "input",
  "rows",
  "outputs",
  "jobs",
  "trace",
  "seconds",
  "report"
})
public record RunSummary(
    @JsonProperty("run_id") String runId,
    @JsonProperty("status") String status,
    @JsonProperty("error") Failure error,
    @JsonProperty("trace_id") String traceId,
    @JsonProperty("input") Input input,
    @JsonProperty("rows") Rows rows,
    @JsonProperty("outputs") Map<String, String> outputs,
    @JsonProperty("jobs") List<ExecutionFollower.JobTry> jobs,
    @JsonProperty("trace") TraceShape trace,
    @JsonProperty("seconds") double seconds,
    @JsonProperty("report") String report) {

  /** What went wrong, in words for a person. */
  public record Failure(String type, String message) {

    /**
     * The words of the job where a job failed, else those of the workflow; null where nothing did.
     */
    static Failure of(Ended run) {
      if (run.succeeded()) {
        return null;
      }
      String message = ExecutionFollower.jobRun(run.cause()).path("ErrorMessage").asText("");
      if (message.isEmpty()) {
        return new Failure(String.valueOf(run.error()), String.valueOf(run.cause()));
      }
      String words = message.replaceFirst("^Exception in User Class: \\S+ : ", "");
      return new Failure(run.error(), words.replaceFirst("^" + InvalidInput.MARKER + ": ", ""));
    }
  }

  /** The file that was sent. */
  public record Input(String file, long bytes) {}

  /** Rows by what they came to; null where the run did not get so far. */
  public record Rows(Long read, Long cleaned, Long processed, Map<String, Long> rejected) {

    /** What the jobs left in the bucket: the whole run's manifest, or the first job's record. */
    static Rows ofRun(AwsClients aws, String bucket, String runId) {
      for (String name : List.of(RunRecord.MANIFEST, RunRecord.CLEANED)) {
        try {
          String key = Output.RUNS.folder() + "/run=" + runId + "/" + name;
          String text =
              aws.s3().getObjectAsBytes(get -> get.bucket(bucket).key(key)).asUtf8String();
          return Json.mapper().treeToValue(Json.parse(text).path("rows"), Rows.class);
        } catch (NoSuchKeyException notThatFar) {
          continue;
        } catch (JsonProcessingException e) {
          throw new IllegalStateException("the run record of " + runId + " can't be read", e);
        }
      }
      return new Rows(null, null, null, Map.of());
    }

    /** All rejected rows, whatever the reason. */
    public long allRejected() {
      return rejected.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /** How whole the trace is: one root, no orphans. */
  public record TraceShape(int spans, int roots, int orphans, int errors) {}

  public boolean succeeded() {
    return status.equals("SUCCEEDED");
  }
}
