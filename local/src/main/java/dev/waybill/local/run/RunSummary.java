package dev.waybill.local.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.waybill.gluejobs.InvalidInput;
import dev.waybill.gluejobs.Output;
import dev.waybill.gluejobs.RunRecord;
import dev.waybill.local.AwsClients;
import dev.waybill.local.Json;
import dev.waybill.local.report.Trace;
import dev.waybill.local.run.ExecutionFollower.Ended;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/**
 * A run in a nutshell: {@code run.json}.
 *
 * @param runId null where nothing was started for the file
 * @param status SUCCEEDED or FAILED
 * @param error null where it succeeded
 * @param traceId as X-Ray writes it; null where nothing was sent
 * @param steps rows in and out of each step of the jobs, by the trace
 * @param values of the rows in {@code cleaned/} that were filled in or replaced
 * @param warnings of the jobs, in sentences
 * @param outputs by data set: of a local run the paths on this machine of those that are complete,
 *     of a deployed one their addresses in S3
 * @param cost null where the end is not known, and of a traced command
 * @param trace null where the trace is not on this machine
 * @param seconds from the upload to the end
 * @param report where to look: of a local run the path of report.html, of a deployed one the
 *     address of its trace in the AWS console; null where there is none
 */
@JsonPropertyOrder({
  "run_id",
  "status",
  "error",
  "trace_id",
  "input",
  "rows",
  "steps",
  "values",
  "warnings",
  "outputs",
  "jobs",
  "cost",
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
    @JsonProperty("steps") List<Trace.Step> steps,
    @JsonProperty("values") RunRecord.Values values,
    @JsonProperty("warnings") List<String> warnings,
    @JsonProperty("outputs") Map<String, String> outputs,
    @JsonProperty("jobs") List<ExecutionFollower.JobTry> jobs,
    @JsonProperty("cost") RunCost cost,
    @JsonProperty("trace") TraceShape trace,
    @JsonProperty("seconds") double seconds,
    @JsonProperty("report") String report) {

  static final String SUCCEEDED = "SUCCEEDED";
  static final String FAILED = "FAILED";

  /** Reads of the record what is asked for here, and no more. */
  private static final ObjectReader RECORD =
      Json.mapper()
          .readerFor(Recorded.class)
          .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /** What went wrong, in words for a person. */
  public record Failure(String type, String message) {

    /** The file could not be sent, or nothing was started for it. */
    static final String NOT_STARTED = "NotStarted";

    /** The file was written to while it was sent. */
    static final String FILE_CHANGED = "FileChanged";

    /** The run goes on, and can't be followed. */
    static final String NOT_FOLLOWED = "NotFollowed";

    /** The run was stopped, by a person or with what runs it. */
    static final String INTERRUPTED = "Interrupted";

    /** A command that was traced ended with another status than 0. */
    static final String EXIT_STATUS = "ExitStatus";

    /**
     * The words of the job where a job failed, else those of the workflow; null where nothing did.
     *
     * @param fileChanged what happened to the file while it was sent, or null
     */
    static Failure of(Ended run, String fileChanged) {
      if (run.status() == ExecutionStatus.ABORTED) {
        return new Failure(INTERRUPTED, "the run was stopped before its end");
      }
      if (run.succeeded()) {
        return fileChanged == null ? null : new Failure(FILE_CHANGED, fileChanged);
      }
      String message = ExecutionFollower.jobRun(run.cause()).path("ErrorMessage").asText("");
      if (message.isEmpty()) {
        return new Failure(String.valueOf(run.error()), String.valueOf(run.cause()));
      }
      String words = message.replaceFirst("^Exception in User Class: \\S+ : ", "");
      return new Failure(run.error(), words.replaceFirst("^" + InvalidInput.MARKER + ": ", ""));
    }
  }

  /**
   * What went in.
   *
   * @param file that was sent, or the command that was traced
   * @param bytes of the file; null for a command
   */
  public record Input(String file, Long bytes) {

    public boolean isCommand() {
      return bytes == null;
    }
  }

  /** Rows by what they came to; null where the run did not get so far. */
  public record Rows(Long read, Long cleaned, Long processed, Map<String, Long> rejected) {

    static final Rows NONE = new Rows(null, null, null, Map.of());

    /** All rejected rows, whatever the reason. */
    public long allRejected() {
      return rejected.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /** What the jobs left of a run in the bucket. */
  record Recorded(Rows rows, RunRecord.Values values, List<String> warnings) {

    static final Recorded NONE = new Recorded(Rows.NONE, RunRecord.Values.NONE, List.of());

    /** An older deployment's record has neither values nor warnings. */
    Recorded {
      values = values == null ? RunRecord.Values.NONE : values;
      warnings = warnings == null ? List.of() : warnings;
    }

    /** The manifest of a run that succeeded, or the first job's record. */
    static Recorded ofRun(AwsClients aws, String bucket, String runId) {
      for (String name : List.of(RunRecord.MANIFEST, RunRecord.CLEANED)) {
        try {
          String key = Output.RUNS.folder() + "/run=" + runId + "/" + name;
          String text =
              aws.s3().getObjectAsBytes(get -> get.bucket(bucket).key(key)).asUtf8String();
          Recorded recorded = RECORD.readValue(text);
          if (recorded.rows() != null) {
            return recorded;
          }
        } catch (NoSuchKeyException notThatFar) {
          continue;
        } catch (JsonProcessingException e) {
          throw new IllegalStateException("the run record of " + runId + " can't be read", e);
        }
      }
      return NONE;
    }
  }

  /** How whole the trace is: one root, no orphans. */
  public record TraceShape(int spans, int roots, int orphans, int errors) {

    static TraceShape of(Trace trace) {
      return new TraceShape(
          trace.spans().size(),
          trace.roots().size(),
          trace.orphans().size(),
          trace.errors().size());
    }
  }

  public boolean succeeded() {
    return status.equals(SUCCEEDED);
  }

  /** That of a file for which nothing was started. */
  static RunSummary notStarted(Path file, String message) {
    return new RunSummary(
        null,
        FAILED,
        new Failure(Failure.NOT_STARTED, message),
        null,
        new Input(file.toString(), 0L),
        Rows.NONE,
        List.of(),
        RunRecord.Values.NONE,
        List.of(),
        Map.of(),
        List.of(),
        null,
        null,
        0,
        null);
  }
}
