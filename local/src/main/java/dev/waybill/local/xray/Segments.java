package dev.waybill.local.xray;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
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

  /** The trace of each segment that documents from outside may hang under. */
  private final Map<String, String> open = new HashMap<>();

  private final Consumer<JsonNode> passOn;

  /**
   * Begins with none.
   *
   * @param passOn takes each document once it is whole
   */
  public Segments(Consumer<JsonNode> passOn) {
    this.passOn = passOn;
  }

  /**
   * Takes a document.
   *
   * @throws IllegalArgumentException where it has no id or no trace id
   */
  public synchronized void put(JsonNode document) {
    String traceId = document.path("trace_id").asText();
    String id = document.path("id").asText();
    if (traceId.isEmpty() || id.isEmpty()) {
      throw new IllegalArgumentException("a segment document needs an id and a trace_id");
    }
    byTrace.computeIfAbsent(traceId, trace -> new LinkedHashMap<>()).put(id, document.deepCopy());
    if (!document.path("in_progress").asBoolean()) {
      passOn.accept(document);
    }
  }

  /**
   * Allows subsegments of a segment to come from outside.
   *
   * @param id the segment's, which only its own function knows yet
   */
  public synchronized void open(String traceId, String id) {
    open.put(id, traceId);
  }

  /**
   * Takes a document that came from outside, where it is a subsegment of an open segment; else does
   * nothing. So nobody who does not know that segment's id adds to a trace.
   */
  synchronized void putFromOutside(JsonNode document) {
    String traceId = open.get(document.path("parent_id").asText());
    if (traceId != null && traceId.equals(document.path("trace_id").asText())) {
      put(document);
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
    open.values().removeIf(traceId::equals);
  }
}
