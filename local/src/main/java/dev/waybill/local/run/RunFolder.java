package dev.waybill.local.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.AwsClients;
import dev.waybill.local.Json;
import dev.waybill.local.LocalCloud;
import dev.waybill.local.collector.OtlpReceiver.Signal;
import dev.waybill.local.collector.Replay;
import dev.waybill.local.report.HtmlReport;
import dev.waybill.local.report.Trace;
import dev.waybill.local.run.ExecutionFollower.Ended;
import dev.waybill.local.run.RunSummary.Failure;
import dev.waybill.local.run.RunSummary.Rows;
import dev.waybill.local.run.RunSummary.TraceShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Writes down what is known of a run when it has ended: {@code run.json}, {@code report.html} and
 * its telemetry.
 */
public final class RunFolder {

  static final List<String> DATA_SETS =
      List.of("cleaned", "processed", "neighbourhood_summary", "quarantine");
  private static final String RUN_JSON = "run.json";
  private static final String REPORT = "report.html";
  private static final String SEGMENTS = "segments.jsonl";

  private final LocalCloud cloud;
  private final AwsClients aws;

  public RunFolder(LocalCloud cloud, AwsClients aws) {
    this.cloud = cloud;
    this.aws = aws;
  }

  /**
   * What a run is about.
   *
   * @param file what the user calls the input
   * @param traceId as X-Ray writes it
   * @param start when the upload began
   */
  record Upload(String file, long bytes, String traceId, Instant start) {}

  /**
   * Follows a run to its end and writes its folder. That it has started is noted there first, for
   * the case that nobody can note its end.
   */
  RunSummary follow(
      String execution,
      Upload upload,
      ExecutionFollower follower,
      BiConsumer<String, String> progress)
      throws InterruptedException {
    String runId = ExecutionFollower.runId(execution);
    new StartedRun(runId, upload.file, upload.bytes, upload.traceId, upload.start.toString())
        .write(cloud.runsFolder().resolve(runId));
    return write(follower.follow(execution, progress), upload);
  }

  private RunSummary write(Ended run, Upload upload) {
    String traceId = upload.traceId;
    Path folder = cloud.runsFolder().resolve(run.runId());
    List<JsonNode> segments = cloud.segments().ofTrace(traceId);
    Trace trace = Trace.of(segments, cloud.collector().ofRun(run.runId(), Signal.TRACES), traceId);
    Path report = folder.resolve(REPORT);
    RunSummary summary =
        new RunSummary(
            run.runId(),
            run.succeeded() ? "SUCCEEDED" : "FAILED",
            Failure.of(run),
            traceId,
            new RunSummary.Input(upload.file, upload.bytes),
            Rows.ofRun(aws, LocalCloud.BUCKET, run.runId()),
            outputs(run.runId()),
            run.jobs(),
            new TraceShape(
                trace.spans().size(),
                trace.roots().size(),
                trace.orphans().size(),
                trace.errors().size()),
            java.time.Duration.between(upload.start, run.end()).toMillis() / 1000.0,
            report.toString());
    try {
      Files.createDirectories(folder);
      writeLines(folder.resolve(SEGMENTS), segments);
      for (Signal signal : Signal.values()) {
        Path lines = folder.resolve(Replay.fileOf(signal));
        writeLines(lines, cloud.collector().ofRun(run.runId(), signal));
        Replay.noteSent(
            lines, cloud.collector().backend(), cloud.collector().passedOn(run.runId(), signal));
      }
      cloud.forget(run.runId(), traceId);
      Files.writeString(report, HtmlReport.of(summary, trace));
      write(folder, summary);
      StartedRun.ended(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("can't write the run's folder " + folder, e);
    }
    return summary;
  }

  /** Writes {@code run.json}: whole or not at all. */
  static void write(Path folder, RunSummary summary) throws IOException {
    Path unfinished = folder.resolve(RUN_JSON + ".unfinished");
    Files.writeString(unfinished, Json.pretty(summary) + "\n");
    Files.move(unfinished, folder.resolve(RUN_JSON), StandardCopyOption.ATOMIC_MOVE);
  }

  private Map<String, String> outputs(String runId) {
    Map<String, String> outputs = new LinkedHashMap<>();
    for (String name : DATA_SETS) {
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
