package dev.waybill.gluetracing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a job left in files, for no collector took it. */
final class KeptTelemetry {

  private static final ObjectMapper JSON = new ObjectMapper();

  private KeptTelemetry() {}

  /** A field of every record in a signal's file. */
  static List<String> kept(Path folder, String signal, String field) {
    List<String> found = new ArrayList<>();
    try (Stream<String> lines = Files.lines(folder.resolve(signal + ".jsonl"))) {
      for (String line : lines.toList()) {
        for (JsonNode resource : JSON.readTree(line).iterator().next()) {
          for (String list : List.of("scopeSpans", "scopeMetrics", "scopeLogs")) {
            for (JsonNode scope : resource.path(list)) {
              for (String records : List.of("spans", "metrics", "logRecords")) {
                scope.path(records).forEach(one -> found.add(one.at(field).asText()));
              }
            }
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }
}
