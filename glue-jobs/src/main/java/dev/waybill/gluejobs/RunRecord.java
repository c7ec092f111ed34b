package dev.waybill.gluejobs;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What is left of a run in {@code runs/}, as JSON. {@link #CLEANED} is there once the first job is
 * done, {@link #MANIFEST} once the run has ended: where it says {@link #SUCCEEDED}, all data sets
 * are complete. Of a run that fails the workflow writes it, because the jobs may be what failed, or
 * never began; {@code workflow/pipeline.asl.json} has the same fields.
 *
 * @param runId {@code run_id}
 * @param status {@link #RUNNING}, {@link #SUCCEEDED} or {@link #FAILED}
 * @param started ISO 8601, as all times
 * @param ended null until it has
 * @param traceId as X-Ray writes it
 * @param codeVersion null of a run that failed
 * @param rows how many rows came to what; null of a run that failed
 * @param values what the steps changed of the values; null of a run that failed
 * @param warnings sentences for a person
 * @param outputs the data sets, by folder name; empty of a run that failed
 * @param error why it failed, or null
 */
public record RunRecord(
    String runId,
    String status,
    String started,
    String ended,
    String traceId,
    Origin.Input input,
    String runDate,
    String codeVersion,
    Rows rows,
    Values values,
    List<String> warnings,
    Map<String, DataSet> outputs,
    Failure error) {

  public static final String CLEANED = "clean-listings.json";
  public static final String MANIFEST = "manifest.json";

  public static final String RUNNING = "RUNNING";
  public static final String SUCCEEDED = "SUCCEEDED";
  public static final String FAILED = "FAILED";

  /** Beside the runs' own folders: has a file for each run, with its manifest on one line. */
  public static final String INDEX = "index";

  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  /**
   * Rows of a run.
   *
   * @param processed null until the second job is done
   * @param rejected by reason, only reasons that occur
   */
  public record Rows(long read, long cleaned, Long processed, Map<String, Long> rejected) {}

  /**
   * Values of the rows in {@code cleaned/} that were filled in or replaced.
   *
   * @param changed how many, by column and {@link ChangeCause#text()}; only those that occur
   * @param examples of unreadable values as they stood in the file, by column; only where the run
   *     was asked for them
   */
  public record Values(Map<String, Map<String, Long>> changed, Map<String, List<String>> examples) {

    public static final Values NONE = new Values(Map.of(), Map.of());
  }

  /**
   * A data set that is complete.
   *
   * @param location the address of its folder
   * @param bytes of its files
   * @param schemaHash SHA-256 of its columns, as {@code docs/data-contract.md} says
   */
  public record DataSet(String location, long rows, long bytes, String schemaHash) {}

  /**
   * Why a run failed.
   *
   * @param type as the workflow names it
   * @param cause of a job that failed, Glue's description of the job run as JSON
   */
  public record Failure(String type, String cause) {}

  /** That of a run whose first job is done. */
  public static RunRecord cleaned(
      RunArguments run,
      Origin origin,
      Rows rows,
      Values values,
      List<String> warnings,
      Map<String, DataSet> outputs) {
    return new RunRecord(
        run.runId(),
        RUNNING,
        origin.started(),
        null,
        origin.traceId(),
        origin.input(),
        run.runDate().toString(),
        origin.codeVersion(),
        rows,
        values,
        warnings,
        outputs,
        null);
  }

  /** That of the run when all of it is done. */
  public RunRecord processed(long processed, Map<String, DataSet> more, Instant end) {
    Map<String, DataSet> all = new LinkedHashMap<>(outputs);
    all.putAll(more);
    return new RunRecord(
        runId,
        SUCCEEDED,
        started,
        end.toString(),
        traceId,
        input,
        runDate,
        codeVersion,
        new Rows(rows.read(), rows.cleaned(), processed, rows.rejected()),
        values,
        warnings,
        all,
        null);
  }

  /** What the first job found out, for the second. */
  public Origin origin() {
    return new Origin(started, traceId, input, codeVersion);
  }

  /** Writes it into the run's folder: whole or not at all, as far as the file system can. */
  public void write(RunArguments run, String name, Configuration hadoop) {
    write(new Path(run.prefix(Output.RUNS), name), hadoop, SerializationFeature.INDENT_OUTPUT);
  }

  /** Writes it as the run's line in the list of all runs. */
  public void index(RunArguments run, Configuration hadoop) {
    Path runs = run.prefix(Output.RUNS).getParent();
    write(new Path(new Path(runs, INDEX), runId + ".json"), hadoop);
  }

  private void write(Path path, Configuration hadoop, SerializationFeature... form) {
    try {
      // Before the file is opened: closing it after an error would leave half of it.
      String json = JSON.writer().withFeatures(form).writeValueAsString(this) + "\n";
      try (OutputStream out = path.getFileSystem(hadoop).create(path, true)) {
        out.write(json.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't write " + path, e);
    }
  }

  /** Reads it from the run's folder. */
  public static RunRecord read(RunArguments run, String name, Configuration hadoop) {
    Path path = new Path(run.prefix(Output.RUNS), name);
    try (InputStream in = path.getFileSystem(hadoop).open(path)) {
      return JSON.readValue(in, RunRecord.class);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "can't read " + path + ", which the first job leaves when it is done", e);
    }
  }
}
