package dev.waybill.local.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A whole trace, put together from X-Ray's segment documents and the jobs' OTLP spans, as a
 * collector's X-Ray exporter would put it together in X-Ray.
 *
 * @param spans in the order in which they began
 */
public record Trace(List<Span> spans) {

  private static final String JOB = "waybill.job";
  private static final String ROWS_IN = "waybill.step.rows_in";
  private static final String ROWS_OUT = "waybill.step.rows_out";

  /** Where a segment's metadata has what is Waybill's. */
  public static final String WAYBILL = "waybill";

  /**
   * True there on a segment whose parent is somebody else's: it is a root of what is known here.
   */
  public static final String PARENT_IS_OUTSIDE = "parent_is_outside";

  /**
   * A span, or a segment, or a subsegment.
   *
   * @param parentId null on a root
   * @param service who did it
   * @param start seconds since the epoch
   * @param error what went wrong, or null
   */
  public record Span(
      String id,
      String parentId,
      String name,
      String service,
      double start,
      double end,
      String error,
      Map<String, String> attributes) {}

  /**
   * Puts a trace together.
   *
   * @param segments X-Ray's documents
   * @param requests OTLP export requests as JSON; only the spans of the segments' trace count
   * @param traceId as X-Ray writes it
   */
  public static Trace of(List<JsonNode> segments, List<JsonNode> requests, String traceId) {
    Map<String, Span> byId = new LinkedHashMap<>();
    segments.forEach(segment -> addSegment(segment, null, segment.path("name").asText(), byId));
    String otlpId = traceId.substring(2).replace("-", "");
    for (JsonNode request : requests) {
      for (JsonNode resource : request.path("resourceSpans")) {
        String service = attributes(resource.path("resource")).getOrDefault("service.name", "");
        for (JsonNode span :
            resource.findValues("spans").stream().flatMap(JsonNode::valueStream).toList()) {
          if (span.path("traceId").asText().equals(otlpId)) {
            addSpan(span, service, byId);
          }
        }
      }
    }
    return new Trace(
        byId.values().stream().sorted(Comparator.comparingDouble(Span::start)).toList());
  }

  /**
   * What passed a step of a job.
   *
   * @param job its name
   * @param rowsIn null where the step reads no rows of another, or they were not counted
   * @param rowsOut null where they were not counted
   */
  public record Step(
      @JsonProperty("job") String job,
      @JsonProperty("step") String step,
      @JsonProperty("rows_in") Long rowsIn,
      @JsonProperty("rows_out") Long rowsOut) {}

  /** The steps of each job's last run that rows were counted at, in the order of their start. */
  public List<Step> steps() {
    Map<String, Span> jobRuns = new HashMap<>();
    Map<String, Span> lastRuns = new HashMap<>();
    Map<String, Span> byId = new HashMap<>();
    spans.forEach(span -> byId.put(span.id, span));
    for (Span span : spans) {
      Span jobRun = jobRun(span, byId);
      jobRuns.put(span.id, jobRun);
      lastRuns.put(job(jobRun), jobRun);
    }
    return spans.stream()
        .filter(
            span -> span.attributes.containsKey(ROWS_IN) || span.attributes.containsKey(ROWS_OUT))
        .filter(span -> jobRuns.get(span.id) == lastRuns.get(job(jobRuns.get(span.id))))
        .map(
            span ->
                new Step(
                    job(jobRuns.get(span.id)),
                    span.name,
                    number(span.attributes.get(ROWS_IN)),
                    number(span.attributes.get(ROWS_OUT))))
        .toList();
  }

  /** The span that its job run begins with. */
  private static Span jobRun(Span span, Map<String, Span> byId) {
    Span run = span;
    while (!run.attributes.containsKey(JOB)
        && byId.containsKey(run.parentId)
        && byId.get(run.parentId).service.equals(run.service)) {
      run = byId.get(run.parentId);
    }
    return run;
  }

  private static String job(Span run) {
    return run.attributes.getOrDefault(JOB, run.service);
  }

  public List<Span> roots() {
    return spans.stream().filter(span -> span.parentId == null).toList();
  }

  /** Spans whose parent is not in the trace. */
  public List<Span> orphans() {
    Set<String> ids = spans.stream().map(Span::id).collect(Collectors.toSet());
    return spans.stream()
        .filter(span -> span.parentId != null && !ids.contains(span.parentId))
        .toList();
  }

  public List<Span> errors() {
    return spans.stream().filter(span -> span.error != null).toList();
  }

  public List<Span> childrenOf(Span parent) {
    return spans.stream().filter(span -> parent.id.equals(span.parentId)).toList();
  }

  private static void addSegment(
      JsonNode segment, String parent, String service, Map<String, Span> byId) {
    String id = segment.path("id").asText();
    Map<String, String> attributes = new TreeMap<>();
    segment
        .path("annotations")
        .properties()
        .forEach(a -> attributes.put(a.getKey(), a.getValue().asText()));
    segment
        .path("metadata")
        .path("default")
        .properties()
        .forEach(a -> attributes.put(a.getKey(), a.getValue().asText()));
    segment
        .path("aws")
        .properties()
        .forEach(a -> attributes.put("aws." + a.getKey(), a.getValue().asText()));
    if (segment.has("origin")) {
      attributes.put("origin", segment.path("origin").asText());
    }
    boolean outside = segment.path("metadata").path(WAYBILL).path(PARENT_IS_OUTSIDE).asBoolean();
    if (outside) {
      attributes.put("parent_id", segment.path("parent_id").asText());
    }
    boolean failed = segment.path("fault").asBoolean() || segment.path("error").asBoolean();
    JsonNode exception = segment.path("cause").path("exceptions").path(0);
    double start = segment.path("start_time").asDouble();
    byId.put(
        id,
        new Span(
            id,
            segment.has("parent_id") && !outside ? segment.path("parent_id").asText() : parent,
            segment.path("name").asText(),
            service,
            start,
            segment.path("end_time").asDouble(start),
            failed ? exception.path("message").asText("failed") : null,
            attributes));
    segment.path("subsegments").forEach(child -> addSegment(child, id, service, byId));
  }

  /** The early copy of a root span gives way to the whole one. */
  private static void addSpan(JsonNode span, String service, Map<String, Span> byId) {
    String id = span.path("spanId").asText();
    Map<String, String> attributes = attributes(span);
    boolean early = attributes.containsKey("aws.xray.inprogress");
    if (early && byId.containsKey(id)) {
      return;
    }
    double start = seconds(span.path("startTimeUnixNano"));
    JsonNode status = span.path("status");
    byId.put(
        id,
        new Span(
            id,
            span.hasNonNull("parentSpanId") && !span.path("parentSpanId").asText().isEmpty()
                ? span.path("parentSpanId").asText()
                : null,
            span.path("name").asText(),
            service,
            start,
            Math.max(start, seconds(span.path("endTimeUnixNano"))),
            status.path("code").asText().equals("STATUS_CODE_ERROR")
                ? status.path("message").asText()
                : null,
            attributes));
  }

  private static Map<String, String> attributes(JsonNode holder) {
    Map<String, String> attributes = new TreeMap<>();
    for (JsonNode attribute : holder.path("attributes")) {
      List<String> value = new ArrayList<>();
      attribute
          .path("value")
          .forEach(each -> value.add(each.isValueNode() ? each.asText() : each.toString()));
      attributes.put(attribute.path("key").asText(), String.join(", ", value));
    }
    return attributes;
  }

  private static Long number(String text) {
    return text == null ? null : Long.valueOf(text);
  }

  private static double seconds(JsonNode nanos) {
    return nanos.asLong() / 1e9;
  }

  /** For error messages. */
  @Override
  public String toString() {
    return Json.mapper().valueToTree(spans).toPrettyString();
  }
}
