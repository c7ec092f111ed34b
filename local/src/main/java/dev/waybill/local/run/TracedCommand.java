package dev.waybill.local.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.gluejobs.RunRecord;
import dev.waybill.local.Folders;
import dev.waybill.local.Ids;
import dev.waybill.local.Json;
import dev.waybill.local.TraceHeader;
import dev.waybill.local.collector.Backend;
import dev.waybill.local.collector.OtlpReceiver;
import dev.waybill.local.collector.OtlpReceiver.Signal;
import dev.waybill.local.report.Trace;
import dev.waybill.local.run.RunSummary.Failure;
import dev.waybill.local.run.RunSummary.Rows;
import dev.waybill.local.run.RunSummary.TraceShape;
import dev.waybill.local.xray.DaemonClient;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Runs any Spark job of the user's with a collector beside it, and leaves what a run of the
 * pipeline leaves: {@code run.json}, {@code report.html} and the telemetry.
 *
 * @param runs gets the run's folder
 * @param tracingJar the published library
 * @param pythonFolder has {@code waybill_tracing.py}
 */
public record TracedCommand(Path runs, Path tracingJar, Path pythonFolder) {

  private static final String ROOT_SPAN = "waybill trace";
  private static final String PLUGIN = "dev.waybill.gluetracing.WaybillPlugin";
  private static final String PYTHON_PATH = "PYTHONPATH";
  private static final String SETTING = "spark.waybill.";
  private static final int LONGEST_NAME = 48;
  private static final Duration LOOK = Duration.ofMillis(200);

  /** A job is held up by its telemetry for ten seconds at most. */
  private static final Duration LAST_TELEMETRY = Duration.ofSeconds(15);

  /**
   * What came of a command.
   *
   * @param status its exit status
   */
  public record Ended(RunSummary summary, int status) {

    /** Whether a Spark job was traced. */
    public boolean hasJob() {
      return summary.trace().spans() > 1;
    }
  }

  /**
   * Runs it to its end.
   *
   * @param backend gets a copy of the telemetry
   * @param started takes the process, to stop it
   * @throws IllegalArgumentException where the command can't be started
   */
  public Ended run(
      SparkCommand command, Backend backend, Consumer<Process> started, Consumer<String> warnings)
      throws InterruptedException {
    TraceHeader header = new TraceHeader(Ids.traceId(), Ids.segmentId(), true);
    String runId = runId(command, header);
    Path folder = runs.resolve(runId);
    if (!Files.isRegularFile(tracingJar)) {
      throw new IllegalStateException(tracingJar + " is missing: build it, by ./waybill trace --");
    }
    try (OtlpReceiver collector = OtlpReceiver.startFor(runId, backend.otlpEndpoint(), warnings);
        DaemonClient daemon = new DaemonClient(backend.xrayDaemon(), warnings)) {
      Instant start = Instant.now();
      int status = await(command, settings(collector, runId, header), started);
      Instant end = Instant.now();
      JsonNode segment = segment(header, start, end, status);
      daemon.send(segment);
      List<JsonNode> spans = collector.ofRun(runId, Signal.TRACES);
      Trace trace = Trace.of(List.of(segment), spans, header.root());
      Failure failure = status == 0 ? null : failure(trace, header, status);
      RunSummary summary =
          new RunSummary(
              runId,
              failure == null ? RunSummary.SUCCEEDED : RunSummary.FAILED,
              failure,
              header.root(),
              new RunSummary.Input(command.text(), null),
              Rows.NONE,
              trace.steps(),
              RunRecord.Values.NONE,
              List.of(),
              Map.of(),
              List.of(),
              null,
              TraceShape.of(trace),
              Duration.between(start, end).toMillis() / 1000.0,
              folder.resolve(RunFolder.REPORT).toString());
      Files.createDirectories(folder);
      RunFolder.writeTelemetry(folder, List.of(segment), collector, runId);
      RunFolder.write(folder, summary, trace);
      return new Ended(summary, status);
    } catch (IOException e) {
      throw new IllegalStateException(
          "can't write the run's folder %s: %s".formatted(folder, Folders.reason(e)), e);
    }
  }

  private Map<String, String> settings(OtlpReceiver collector, String runId, TraceHeader header) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("spark.plugins", PLUGIN);
    settings.put("spark.driver.extraClassPath", tracingJar.toString());
    settings.put("spark.executor.extraClassPath", tracingJar.toString());
    settings.put(SETTING + "otlp_endpoint", collector.url());
    settings.put(SETTING + "run_id", runId);
    settings.put(SETTING + "trace_header", header.toString());
    return settings;
  }

  private static String path(String first, String second) {
    return first.isEmpty() ? second : first + File.pathSeparator + second;
  }

  private int await(SparkCommand command, Map<String, String> settings, Consumer<Process> started)
      throws InterruptedException {
    Process process;
    try {
      ProcessBuilder builder = command.with(settings).inheritIO();
      builder.environment().merge(PYTHON_PATH, pythonFolder.toString(), TracedCommand::path);
      process = builder.start();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "can't start %s: is it on the PATH, or at that place? (%s)"
              .formatted(command.words().get(0), e.getMessage()));
    }
    started.accept(process);
    Set<ProcessHandle> children = new HashSet<>();
    do {
      process.descendants().forEach(children::add);
    } while (!process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS));
    awaitAll(children);
    return process.exitValue();
  }

  /** PySpark's JVM ends after the program that started it, and sends its telemetry then. */
  private static void awaitAll(Set<ProcessHandle> children) throws InterruptedException {
    try {
      CompletableFuture.allOf(
              children.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
          .get(LAST_TELEMETRY.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException goesOn) {
      return;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ObjectNode segment(TraceHeader header, Instant start, Instant end, int status) {
    ObjectNode segment =
        Json.object()
            .put("id", header.parent())
            .put("trace_id", header.root())
            .put("name", ROOT_SPAN)
            .put("start_time", start.toEpochMilli() / 1000.0)
            .put("end_time", end.toEpochMilli() / 1000.0);
    segment.putObject("annotations").put("exit_status", status);
    return status == 0 ? segment : segment.put("fault", true);
  }

  /** In the words of the job that failed; of other failures the command's own output tells. */
  private static Failure failure(Trace trace, TraceHeader header, int status) {
    String ended = "the command ended with status " + status;
    return new Failure(
        Failure.EXIT_STATUS,
        trace.spans().stream()
            .filter(span -> header.parent().equals(span.parentId()) && span.error() != null)
            .map(span -> "%s (%s)".formatted(span.error(), ended))
            .findFirst()
            .orElse(ended + "; its output says why"));
  }

  /** What was run, for people, and the trace's digits. */
  private static String runId(SparkCommand command, TraceHeader header) {
    String[] words = command.text().split(" ");
    String name =
        words[words.length - 1]
            .toLowerCase(Locale.ROOT)
            .replaceAll("\\.[a-z]+$", "")
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    String cut =
        name.isEmpty() ? "command" : name.substring(0, Math.min(LONGEST_NAME, name.length()));
    return cut + "-" + header.root().substring(header.root().length() - 16);
  }
}
