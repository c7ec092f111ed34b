package dev.waybill.local.lambda;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import dev.waybill.local.Json;
import dev.waybill.local.collector.OtlpReceiver;
import dev.waybill.local.collector.OtlpReceiver.Signal;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;

/**
 * What the function logs: every line goes to a file, and a JSON line that names its trace also
 * becomes an OTLP log record of that trace.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/logs/data-model/">OpenTelemetry log data
 *     model</a>
 */
final class FunctionLogs {

  /** Which fields of a line become attributes, and as what. */
  private static final Map<String, String> ATTRIBUTES =
      Map.of("key", "aws.s3.key", "request_id", "faas.invocation_id", "error", "exception.message");

  private final String function;
  private final BufferedReader lines;
  private final Path file;
  private final OtlpReceiver collector;
  private final Thread thread = new Thread(this::copy, "waybill-lambda-logs");

  private FunctionLogs(String function, BufferedReader lines, Path file, OtlpReceiver collector) {
    this.function = function;
    this.lines = lines;
    this.file = file;
    this.collector = collector;
  }

  static FunctionLogs start(
      String function, BufferedReader lines, Path file, OtlpReceiver collector) {
    FunctionLogs logs = new FunctionLogs(function, lines, file, collector);
    logs.thread.setDaemon(true);
    logs.thread.start();
    return logs;
  }

  /** Waits for the last line. */
  void join() throws InterruptedException {
    thread.join();
  }

  private void copy() {
    try (Writer out =
        Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (String line = next(); line != null; line = next()) {
        out.write(line + "\n");
        out.flush();
        deliver(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't copy the Lambda function's log to " + file, e);
    }
  }

  /** The next line, or null at the end: a sandbox that is stopped closes its stream. */
  private String next() {
    try {
      return lines.readLine();
    } catch (IOException closed) {
      return null;
    }
  }

  private void deliver(String line) {
    if (!line.startsWith("{") || !line.contains("\"trace_id\"")) {
      return;
    }
    try {
      collector.take(Signal.LOGS, request(Json.parse(line)));
    } catch (IllegalArgumentException notOurs) {
      // Another library's JSON, or half a line: the file has it all the same.
    }
  }

  private ExportLogsServiceRequest request(JsonNode line) {
    Instant now = Instant.now();
    LogRecord.Builder log =
        LogRecord.newBuilder()
            .setTimeUnixNano(now.getEpochSecond() * 1_000_000_000L + now.getNano())
            .setSeverityText(line.path("level").asText())
            .setSeverityNumber(
                line.path("level").asText().equals("ERROR")
                    ? SeverityNumber.SEVERITY_NUMBER_ERROR
                    : SeverityNumber.SEVERITY_NUMBER_INFO)
            .setBody(text(line.path("message").asText()))
            .setTraceId(
                ByteString.copyFrom(HexFormat.of().parseHex(line.path("trace_id").asText())));
    ATTRIBUTES.forEach(
        (field, attribute) -> {
          if (line.hasNonNull(field)) {
            log.addAttributes(attribute(attribute, line.path(field).asText()));
          }
        });
    ResourceLogs.Builder resource = ResourceLogs.newBuilder();
    resource
        .getResourceBuilder()
        .addAttributes(attribute("service.name", function))
        .addAttributes(attribute("service.namespace", "waybill"))
        .addAttributes(attribute("waybill.run_id", line.path("run_id").asText()));
    resource.addScopeLogsBuilder().addLogRecords(log);
    return ExportLogsServiceRequest.newBuilder().addResourceLogs(resource).build();
  }

  private static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder().setKey(key).setValue(text(value)).build();
  }

  private static AnyValue text(String value) {
    return AnyValue.newBuilder().setStringValue(value).build();
  }
}
