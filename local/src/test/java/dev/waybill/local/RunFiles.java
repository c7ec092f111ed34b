package dev.waybill.local;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.report.Trace;
import dev.waybill.local.run.RunSummary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a local run left in its folder. */
final class RunFiles {

  private RunFiles() {}

  /** A file of JSON lines, such as {@code logs.jsonl}. */
  static List<JsonNode> lines(RunSummary run, String file) {
    try {
      return Files.readAllLines(Path.of(run.report()).resolveSibling(file)).stream()
          .map(Json::parse)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Trace trace(RunSummary run) {
    return Trace.of(lines(run, "segments.jsonl"), lines(run, "traces.jsonl"), run.traceId());
  }

  /** The run's trace id as OTLP writes it. */
  static String otlpTraceId(RunSummary run) {
    return run.traceId().substring(2).replace("-", "");
  }
}
