package dev.waybill.local.xray;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The segment documents that were sent, by trace; a document that is sent again takes its earlier
 * form's place. A whole one, no longer in progress, is also passed on.
 */
public final class Segments {

  private final Map<String, Map<String, JsonNode>> byTrace = new LinkedHashMap<>();

  private final Consumer<JsonNode> passOn;

  /**
   * Begins with none.
   *
   * @param passOn takes each document once it is whole
   */
  public Segments(Consumer<JsonNode> passOn) {
    this.passOn = passOn;
  }

  public synchronized void put(JsonNode document) {
    byTrace
        .computeIfAbsent(document.path("trace_id").asText(), id -> new LinkedHashMap<>())
        .put(document.path("id").asText(), document.deepCopy());
    if (!document.path("in_progress").asBoolean()) {
      passOn.accept(document);
    }
  }

  /**
   * A trace's documents, in the order in which they first came.
   *
   * @param traceId as X-Ray writes it
   */
  public synchronized List<JsonNode> ofTrace(String traceId) {
    return List.copyOf(byTrace.getOrDefault(traceId, Map.of()).values());
  }

  /** Lets go of a trace, once it is written down. */
  public synchronized void forget(String traceId) {
    byTrace.remove(traceId);
  }
}
