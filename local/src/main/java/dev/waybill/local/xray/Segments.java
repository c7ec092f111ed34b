package dev.waybill.local.xray;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The segment documents that were sent, by trace; a document that is sent again takes its earlier
 * form's place.
 */
public final class Segments {

  private final Map<String, Map<String, JsonNode>> byTrace = new LinkedHashMap<>();

  public synchronized void put(JsonNode document) {
    byTrace
        .computeIfAbsent(document.path("trace_id").asText(), id -> new LinkedHashMap<>())
        .put(document.path("id").asText(), document.deepCopy());
  }

  /**
   * A trace's documents, in the order in which they first came.
   *
   * @param traceId as X-Ray writes it
   */
  public synchronized List<JsonNode> ofTrace(String traceId) {
    return List.copyOf(byTrace.getOrDefault(traceId, Map.of()).values());
  }
}
