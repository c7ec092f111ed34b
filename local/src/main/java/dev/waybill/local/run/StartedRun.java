package dev.waybill.local.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.waybill.gluejobs.RunRecord;
import dev.waybill.local.Folders;
import dev.waybill.local.Json;
import dev.waybill.local.report.Trace;
import dev.waybill.local.run.ExecutionFollower.JobTry;
import dev.waybill.local.run.RunFolder.Upload;
import dev.waybill.local.run.RunSummary.Failure;
import dev.waybill.local.run.RunSummary.Input;
import dev.waybill.local.run.RunSummary.Rows;
import dev.waybill.local.run.RunSummary.TraceShape;
import dev.waybill.workflow.Jobs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a run while it is under way, {@code runs/<run id>/started.json}. It is removed
 * at the run's end: where it is still there, the launcher was killed before. Of a run that was
 * interrupted it stays as {@code interrupted.json}, until its file runs again.
 *
 * @param runId names it
 * @param file what the user calls the input
 * @param key the input's in the bucket, or null where it is not known
 * @param bytes its size
 * @param traceId as X-Ray writes it
 * @param time when it started, ISO 8601
 * @param jobs its job runs so far
 */
record StartedRun(
    @JsonProperty("run_id") String runId,
    @JsonProperty("file") String file,
    @JsonProperty("key") String key,
    @JsonProperty("bytes") long bytes,
    @JsonProperty("trace_id") String traceId,
    @JsonProperty("time") String time,
    @JsonProperty("jobs") List<JobTry> jobs) {

  private static final String NAME = "started.json";
  private static final String INTERRUPTED = "interrupted.json";

  static StartedRun of(String runId, Upload upload) {
    return new StartedRun(
        runId,
        upload.file(),
        upload.key(),
        upload.bytes(),
        upload.traceId(),
        upload.start().toString(),
        List.of());
  }

  StartedRun with(List<JobTry> soFar) {
    return new StartedRun(runId, file, key, bytes, traceId, time, soFar);
  }

  /** Writes it into the run's folder. */
  void write(Path folder) {
    try {
      Files.createDirectories(folder);
      Path unfinished = folder.resolve(NAME + ".unfinished");
      Files.writeString(unfinished, Json.pretty(this) + "\n");
      Files.move(unfinished, folder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("can't write into the run's folder " + folder, e);
    }
  }

  /** Removes it: the run has ended. */
  static void ended(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(NAME));
  }

  /** The run was interrupted. */
  static void interrupted(Path folder) throws IOException {
    Files.move(
        folder.resolve(NAME), folder.resolve(INTERRUPTED), StandardCopyOption.REPLACE_EXISTING);
  }

  /** That of a run that has not ended. */
  static Optional<StartedRun> in(Path folder) throws IOException {
    return read(folder, NAME);
  }

  /** The run of this folder, where it was interrupted and its file did not run again. */
  static Optional<InterruptedRun> interruptedIn(Path folder) throws IOException {
    return read(folder, INTERRUPTED)
        .filter(run -> run.key != null)
        .map(run -> new InterruptedRun(run.runId, run.key, folder.resolve(INTERRUPTED)));
  }

  private static Optional<StartedRun> read(Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.mapper().readValue(file.toFile(), StartedRun.class));
    } catch (com.fasterxml.jackson.core.JacksonException halfWritten) {
      return Optional.of(
          new StartedRun(folder.getFileName().toString(), "?", null, 0, "?", "?", List.of()));
    }
  }

  /**
   * Ends it in the place of the launcher that was killed: complete data sets stay, incomplete ones
   * are removed, and {@code run.json} and {@code report.html} say that it was interrupted.
   *
   * @return what was found and done, for a person
   */
  String recover(Path folder, Path bucket) {
    String what =
        "run %s of %s (started %s, trace %s) was interrupted%s"
            .formatted(
                runId,
                file,
                time,
                traceId,
                isComplete(bucket)
                    ? " after its jobs: its data sets are complete, its telemetry is lost"
                    : ": its incomplete data sets are removed");
    try {
      removeIncomplete(bucket);
      RunFolder.write(
          folder,
          new RunSummary(
              runId,
              RunSummary.FAILED,
              new Failure(Failure.INTERRUPTED, what),
              traceId,
              new Input(file, bytes),
              Rows.NONE,
              List.of(),
              RunRecord.Values.NONE,
              List.of(),
              Map.of(),
              jobs.stream().map(JobTry::stopped).toList(),
              null,
              new TraceShape(0, 0, 0, 0),
              0,
              folder.resolve(RunFolder.REPORT).toString()),
          new Trace(List.of()));
      interrupted(folder);
      return what + "; " + nextStep(bucket);
    } catch (IOException e) {
      throw new UncheckedIOException("can't end the interrupted run in " + folder, e);
    }
  }

  /** How to run its file again: one that was dropped into the bucket is known by its key only. */
  private String nextStep(Path bucket) {
    return file.equals(key)
        ? "to run it again, start ./waybill watch --resume, or touch %s while it watches"
            .formatted(bucket.resolve(key))
        : "to run it again, start ./waybill run " + file;
  }

  /** Removes what it wrote, unless its jobs have ended and all of it is there. */
  void removeIncomplete(Path bucket) {
    if (isComplete(bucket)) {
      return;
    }
    try {
      for (Path folder : Folders.in(bucket)) {
        if (!folder.endsWith(Jobs.INPUT)) {
          Folders.delete(prefix(folder));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't remove the incomplete data sets of run " + runId, e);
    }
  }

  private boolean isComplete(Path bucket) {
    Path manifest = prefix(bucket.resolve(Jobs.RUNS)).resolve(RunRecord.MANIFEST);
    try {
      return Files.exists(manifest)
          && Json.mapper()
              .readTree(manifest.toFile())
              .path("status")
              .asText()
              .equals(RunRecord.SUCCEEDED);
    } catch (IOException halfWritten) {
      return false;
    }
  }

  private Path prefix(Path folder) {
    return folder.resolve("run=" + runId);
  }
}
