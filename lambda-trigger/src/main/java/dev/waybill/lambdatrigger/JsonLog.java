package dev.waybill.lambdatrigger;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** Log lines as JSON objects, each with the trace and the run that it is about. */
final class JsonLog {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final LambdaLogger logger;
  private final String requestId;
  private final String traceId;

  JsonLog(LambdaLogger logger, String requestId, String traceId) {
    this.logger = logger;
    this.requestId = requestId;
    this.traceId = traceId;
  }

  void info(String message, String runId, String key) {
    write("INFO", message, runId, key, null);
  }

  void error(String message, String runId, String key, Throwable error) {
    write("ERROR", message, runId, key, error.toString());
  }

  private void write(String level, String message, String runId, String key, String error) {
    Map<String, String> line = new LinkedHashMap<>();
    line.put("level", level);
    line.put("message", message);
    line.put("trace_id", traceId.substring(2).replace("-", ""));
    line.put("xray_trace_id", traceId);
    line.put("run_id", runId);
    line.put("key", key);
    line.put("request_id", requestId);
    if (error != null) {
      line.put("error", error);
    }
    try {
      logger.log(JSON.writeValueAsString(line) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of strings has a JSON form", e);
    }
  }
}
