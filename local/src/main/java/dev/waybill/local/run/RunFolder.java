package dev.waybill.local.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.AwsClients;
import dev.waybill.local.Folders;
import dev.waybill.local.Json;
import dev.waybill.local.LocalCloud;
import dev.waybill.local.collector.OtlpReceiver;
import dev.waybill.local.collector.OtlpReceiver.Signal;
import dev.waybill.local.collector.Replay;
import dev.waybill.local.report.HtmlReport;
import dev.waybill.local.report.Trace;
import dev.waybill.local.run.ExecutionFollower.Ended;
import dev.waybill.local.run.ExecutionFollower.JobTry;
import dev.waybill.local.run.RunSummary.Failure;
import dev.waybill.local.run.RunSummary.Recorded;
import dev.waybill.local.run.RunSummary.TraceShape;
import dev.waybill.workflow.Jobs;
import dev.waybill.workflow.Prices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/**
 * Writes down what is known of a run when it has ended: {@code run.json}, {@code report.html} and
 * its telemetry.
 */
public final class RunFolder {

  private static final String RUN_JSON = "run.json";
  static final String REPORT = "report.html";
  private static final String SEGMENTS = "segments.jsonl";

  private final LocalCloud cloud;
  private final AwsClients aws;
  private final Prices prices = Prices.load();

  public RunFolder(LocalCloud cloud, AwsClients aws) {
    this.cloud = cloud;
    this.aws = aws;
  }

  /**
   * What a run is about.
   *
   * @param file what the user calls the input
   * @param key the object's
   * @param bytes how many were sent
   * @param traceId as X-Ray writes it
   * @param start when the upload began
   * @param changed what happened to the file while it was sent, or null
   */
  record Upload(
      String file, String key, long bytes, String traceId, Instant start, String changed) {}

  /**
   * Follows a run to its end and writes its folder. What is known of it so far stands there in the
   * meantime, for the case that nobody can note its end.
   */
  RunSummary follow(
      String execution,
      Upload upload,
      ExecutionFollower follower,
      BiConsumer<String, String> progress)
      throws InterruptedException {
    Path folder = cloud.runsFolder().resolve(ExecutionFollower.runId(execution));
    StartedRun started = StartedRun.of(ExecutionFollower.runId(execution), upload);
    started.write(folder);
    Ended ended =
        follower.follow(
            execution,
            new ExecutionFollower.Listener() {
              @Override
              public void hop(String name, String what) {
                progress.accept(name, what);
              }

              @Override
              public void jobs(List<JobTry> soFar) {
                started.with(soFar).write(folder);
              }
            });
    if (ended.status() == ExecutionStatus.ABORTED) {
      started.removeIncomplete(cloud.bucketFolder());
    }
    return write(ended, upload, folder);
  }

  private RunSummary write(Ended run, Upload upload, Path folder) {
    String traceId = upload.traceId;
    List<JsonNode> segments = cloud.segments().ofTrace(traceId);
    Trace trace = Trace.of(segments, cloud.collector().ofRun(run.runId(), Signal.TRACES), traceId);
    Path report = folder.resolve(REPORT);
    Failure failure = Failure.of(run, upload.changed);
    Recorded recorded = Recorded.ofRun(aws, LocalCloud.BUCKET, run.runId());
    Map<String, String> outputs = outputs(run.runId());
    RunSummary summary =
        new RunSummary(
            run.runId(),
            failure == null ? RunSummary.SUCCEEDED : RunSummary.FAILED,
            failure,
            traceId,
            new RunSummary.Input(upload.file, upload.bytes),
            recorded.rows(),
            trace.steps(),
            recorded.values(),
            warnings(run, recorded, outputs),
            outputs,
            run.jobs(),
            RunCost.of(run, segments, true, prices),
            TraceShape.of(trace),
            seconds(upload.start, trace, run.end()),
            report.toString());
    try {
      Files.createDirectories(folder);
      writeTelemetry(folder, segments, cloud.collector(), run.runId());
      cloud.forget(run.runId(), traceId);
      write(folder, summary, trace);
      if (run.status() == ExecutionStatus.ABORTED) {
        StartedRun.interrupted(folder);
      } else {
        StartedRun.ended(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't write the run's folder " + folder, e);
    }
    return summary;
  }

  /**
   * How long the run took: from the first thing that its trace shows, which may be before anybody
   * began to follow it.
   */
  private static double seconds(Instant upload, Trace trace, Instant end) {
    double first =
        trace.spans().stream().mapToDouble(Trace.Span::start).min().orElse(Double.MAX_VALUE);
    return Math.max(
        Duration.between(upload, end).toMillis() / 1000.0, end.toEpochMilli() / 1000.0 - first);
  }

  /** Writes what a run sent, and how much of it a real collector has. */
  static void writeTelemetry(
      Path folder, List<JsonNode> segments, OtlpReceiver collector, String runId)
      throws IOException {
    writeLines(folder.resolve(SEGMENTS), segments);
    for (Signal signal : Signal.values()) {
      Path lines = folder.resolve(Replay.fileOf(signal));
      writeLines(lines, collector.ofRun(runId, signal));
      Replay.noteSent(lines, collector.backend(), collector.passedOn(runId, signal));
    }
  }

  /** Writes {@code report.html}, then {@code run.json}, which is there whole or not at all. */
  static void write(Path folder, RunSummary summary, Trace trace) throws IOException {
    Files.writeString(folder.resolve(REPORT), HtmlReport.of(summary, trace));
    Path unfinished = folder.resolve(RUN_JSON + ".unfinished");
    Files.writeString(unfinished, Json.pretty(summary) + "\n");
    Files.move(unfinished, folder.resolve(RUN_JSON), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Those of the jobs, and what would fail on AWS, where jobs may write their own folders only. */
  private List<String> warnings(Ended run, Recorded recorded, Map<String, String> complete) {
    List<String> warnings = new ArrayList<>(recorded.warnings());
    try {
      for (Path folder : Folders.in(cloud.bucketFolder())) {
        String name = folder.getFileName().toString();
        if (Files.exists(folder.resolve("run=" + run.runId()))
            && !name.equals(Jobs.RUNS)
            && !cloud.outputs().contains(name)) {
          warnings.add(
              "the run wrote %s/, which no job names in its outputs in %s: on AWS it may not"
                  .formatted(name, Jobs.FILE));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't list " + cloud.bucketFolder(), e);
    }
    if (run.succeeded()) {
      cloud.outputs().stream()
          .filter(name -> !complete.containsKey(name))
          .map(name -> "no job wrote %s/, which %s names as output".formatted(name, Jobs.FILE))
          .forEach(warnings::add);
    }
    return warnings;
  }

  private Map<String, String> outputs(String runId) {
    Map<String, String> outputs = new LinkedHashMap<>();
    for (String name : cloud.outputs()) {
      Path prefix = cloud.bucketFolder().resolve(name).resolve("run=" + runId);
      if (Files.exists(prefix.resolve("_SUCCESS"))) {
        outputs.put(name, prefix.toString());
      }
    }
    return outputs;
  }

  private static void writeLines(Path path, List<JsonNode> lines) throws IOException {
    Files.write(path, lines.stream().map(JsonNode::toString).toList());
  }
}
