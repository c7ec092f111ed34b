package dev.waybill.gluejobs;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What the jobs leave of a run in {@code runs/run=<run id>/}, as JSON. {@link #CLEANED} is there
 * once the first job is done, {@link #MANIFEST} once the whole run is: readers that wait for it see
 * complete data sets only.
 *
 * @param runId {@code run_id}
 * @param input the input's {@code key}
 * @param rows how many rows came to what
 * @param values what the steps changed of the values
 * @param warnings sentences for a person
 * @param outputs the data sets' prefixes, by folder name
 */
public record RunRecord(
    String runId,
    String input,
    Rows rows,
    Values values,
    List<String> warnings,
    Map<String, String> outputs) {

  public static final String CLEANED = "clean-listings.json";
  public static final String MANIFEST = "manifest.json";

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .setPropertyNamingStrategy(
              com.fasterxml.jackson.databind.PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT);

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

  /** Writes it into the run's folder: whole or not at all, as far as the file system can. */
  public void write(RunArguments run, String name, Configuration hadoop) {
    Path path = new Path(run.prefix(Output.RUNS), name);
    try {
      // Before the file is opened: closing it after an error would leave half of it.
      byte[] json = JSON.writeValueAsBytes(this);
      try (OutputStream out = path.getFileSystem(hadoop).create(path, true)) {
        out.write(json);
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
