package dev.waybill.gluejobs;

import dev.waybill.gluejobs.values.Visible;
import dev.waybill.gluetracing.JobArguments;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import org.apache.hadoop.fs.Path;

/**
 * What the workflow tells both jobs of their run.
 *
 * @param runId names the run's own prefixes
 * @param bucket holds the input and all outputs
 * @param key the input object's key, decoded
 * @param runDate the day of the upload, UTC; later review dates are wrong
 */
public record RunArguments(String runId, String bucket, String key, LocalDate runDate) {

  public static final String BUCKET = "bucket";
  public static final String RUN_DATE = "run_date";

  /** When the run began, ISO 8601; the first job's start where nobody said. */
  public static final String STARTED = "started";

  /** Which code the jobs are: of the job's definition, for what is written about the run. */
  public static final String CODE_VERSION = "code_version";

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException naming the argument that is missing or unreadable
   */
  public static RunArguments of(JobArguments arguments) {
    return new RunArguments(
        arguments.require(JobArguments.RUN_ID),
        arguments.require(BUCKET),
        arguments.require(JobArguments.KEY),
        date(arguments.require(RUN_DATE)));
  }

  /** The run's own prefix in a data set. */
  public Path prefix(Output output) {
    return new Path("s3://" + bucket + "/" + output.folder() + "/run=" + runId);
  }

  private static LocalDate date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "job argument --"
              + RUN_DATE
              + " is '"
              + Visible.text(text)
              + "', which is no date of the form yyyy-MM-dd",
          e);
    }
  }
}
