package dev.waybill.local.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.waybill.gluejobs.Output;
import dev.waybill.gluejobs.RunRecord;
import dev.waybill.local.Folders;
import dev.waybill.local.Json;
import dev.waybill.local.run.RunSummary.Failure;
import dev.waybill.local.run.RunSummary.Input;
import dev.waybill.local.run.RunSummary.Rows;
import dev.waybill.local.run.RunSummary.TraceShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is written down of a run at its start, {@code runs/<run id>/started.json}, and removed at
 * its end: where it is still there, the launcher was killed amid the run.
 *
 * @param runId names it
 * @param file what the user calls the input
 * @param bytes its size
 * @param traceId as X-Ray writes it
 * @param time when it started, ISO 8601
 */
record StartedRun(
    @JsonProperty("run_id") String runId,
    @JsonProperty("file") String file,
    @JsonProperty("bytes") long bytes,
    @JsonProperty("trace_id") String traceId,
    @JsonProperty("time") String time) {

  private static final String NAME = "started.json";

  /** Writes it into the run's folder. */
  void write(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(NAME), Json.pretty(this) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("can't write into the run's folder " + folder, e);
    }
  }

  /** Removes it: the run has ended. */
  static void ended(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(NAME));
  }

  /** That of a run that has not ended. */
  static Optional<StartedRun> in(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.mapper().readValue(file.toFile(), StartedRun.class));
    } catch (com.fasterxml.jackson.core.JacksonException halfWritten) {
      return Optional.of(new StartedRun(folder.getFileName().toString(), "?", 0, "?", "?"));
    }
  }

  /**
   * Puts right what is left of it: whole data sets stay, half-written ones go, and {@code run.json}
   * says that it failed.
   *
   * @return what was found and done, for a person
   */
  String interrupted(Path folder, Path bucket) {
    boolean whole = Files.exists(prefix(bucket, Output.RUNS).resolve(RunRecord.MANIFEST));
    String what =
        "run %s of %s (%s, trace %s) was interrupted%s; run the file again"
            .formatted(
                runId,
                file,
                time,
                traceId,
                whole
                    ? " after its jobs: its data sets are whole, its report is missing"
                    : ": what it had written is removed");
    try {
      if (!whole) {
        for (Output output : Output.values()) {
          Folders.delete(prefix(bucket, output));
        }
      }
      RunFolder.write(
          folder,
          new RunSummary(
              runId,
              "FAILED",
              new Failure("Interrupted", what),
              traceId,
              new Input(file, bytes),
              new Rows(null, null, null, Map.of()),
              Map.of(),
              List.of(),
              new TraceShape(0, 0, 0, 0),
              0,
              null));
      ended(folder);
      return what;
    } catch (IOException e) {
      throw new UncheckedIOException("can't put right the interrupted run in " + folder, e);
    }
  }

  private Path prefix(Path bucket, Output output) {
    return bucket.resolve(output.folder()).resolve("run=" + runId);
  }
}
