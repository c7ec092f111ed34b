package dev.waybill.gluetracing.internal.aws;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.gluetracing.internal.trace.WaybillAttributes;
import dev.waybill.gluetracing.internal.xray.TraceHeader;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.semconv.TelemetryAttributes;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A span as X-Ray's segment document, in the form that the collector's X-Ray exporter gives it: a
 * job's span is a segment, what it has below are subsegments that come by themselves.
 *
 * @param id the span's
 * @param json no longer than X-Ray takes
 * @see <a
 *     href="https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html">X-Ray
 *     segment documents</a>
 */
record SegmentDocument(String id, String json) {

  /** Those by which X-Ray finds a trace; the same as in {@code collector-config/aws.yaml}. */
  static final Set<String> ANNOTATIONS =
      Set.of(
          WaybillAttributes.RUN_ID.getKey(),
          WaybillAttributes.S3_KEY.getKey(),
          WaybillAttributes.JOB_NAME.getKey(),
          WaybillAttributes.STATE.getKey(),
          WaybillAttributes.ATTEMPT.getKey());

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LARGEST = 64_000;
  private static final int LONGEST_NAME = 200;
  private static final String NOT_IN_NAMES = "[^ 0-9\\p{L}_.:/%&#=+\\-@]";
  private static final String RESOURCE = "otel.resource.";

  static SegmentDocument of(SpanData span) {
    ObjectNode document = document(span);
    String json = document.toString();
    if (json.getBytes(StandardCharsets.UTF_8).length > LARGEST) {
      SegmentCause.shorten(document);
      json = document.toString();
    }
    return new SegmentDocument(span.getSpanId(), json);
  }

  /**
   * The request that sends some of them.
   *
   * @param documents 50 at most
   */
  static byte[] request(List<SegmentDocument> documents) {
    ObjectNode request = JSON.createObjectNode();
    ArrayNode list = request.putArray("TraceSegmentDocuments");
    documents.forEach(document -> list.add(document.json));
    try {
      return JSON.writeValueAsBytes(request);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON can be written", e);
    }
  }

  private static ObjectNode document(SpanData span) {
    boolean isSegment = span.getKind() == SpanKind.SERVER || !span.getParentSpanContext().isValid();
    ObjectNode document =
        JSON.createObjectNode()
            .put("name", name(span))
            .put("id", span.getSpanId())
            .put("trace_id", TraceHeader.xrayTraceId(span.getTraceId()))
            .put("start_time", seconds(span.getStartEpochNanos()));
    if (span.getParentSpanContext().isValid()) {
      document.put("parent_id", span.getParentSpanId());
    }
    if (!isSegment) {
      document.put("type", "subsegment");
    }
    if (Boolean.TRUE.equals(span.getAttributes().get(WaybillAttributes.XRAY_IN_PROGRESS))) {
      document.put("in_progress", true);
    } else {
      document.put("end_time", seconds(span.getEndEpochNanos()));
    }
    if (span.getStatus().getStatusCode() == StatusCode.ERROR) {
      document.put("fault", true);
    }
    SegmentCause.put(document, span);
    putAttributes(document, span, isSegment);
    putLinks(document, span.getLinks());
    return document;
  }

  /** A segment is named as its service, whose work it is; all else by what it does. */
  private static String name(SpanData span) {
    String service = span.getResource().getAttribute(WaybillAttributes.SERVICE_NAME);
    if (span.getKind() == SpanKind.SERVER && service != null && !service.isEmpty()) {
      return service;
    }
    String name = span.getName().replaceAll(NOT_IN_NAMES, "");
    return name.isEmpty() ? "span" : name.substring(0, Math.min(name.length(), LONGEST_NAME));
  }

  private static void putAttributes(ObjectNode document, SpanData span, boolean isSegment) {
    ObjectNode annotations = JSON.createObjectNode();
    ObjectNode metadata = JSON.createObjectNode();
    if (isSegment) {
      Hygiene.clean(span.getResource().getAttributes())
          .forEach((key, value) -> metadata.set(RESOURCE + key, JSON.valueToTree(value)));
      putAws(document, span);
    }
    for (Map.Entry<String, Object> attribute : Hygiene.clean(span.getAttributes()).entrySet()) {
      String key = attribute.getKey();
      if (!key.equals(WaybillAttributes.XRAY_IN_PROGRESS.getKey())) {
        (ANNOTATIONS.contains(key) ? annotations : metadata)
            .set(key, JSON.valueToTree(attribute.getValue()));
      }
    }
    if (!annotations.isEmpty()) {
      document.set("annotations", annotations);
    }
    if (!metadata.isEmpty()) {
      document.putObject("metadata").set("default", metadata);
    }
  }

  private static void putAws(ObjectNode document, SpanData span) {
    var resource = span.getResource();
    ObjectNode aws = document.putObject("aws");
    String account = resource.getAttribute(WaybillAttributes.CLOUD_ACCOUNT_ID);
    if (account != null) {
      aws.put("account_id", account);
    }
    List<String> groups = resource.getAttribute(WaybillAttributes.LOG_GROUP_NAMES);
    if (groups != null) {
      ArrayNode logs = aws.putArray("cloudwatch_logs");
      groups.forEach(group -> logs.addObject().put("log_group", group));
    }
    aws.putObject("xray")
        .put("auto_instrumentation", false)
        .put(
            "sdk",
            "%s for %s"
                .formatted(
                    resource.getAttribute(TelemetryAttributes.TELEMETRY_SDK_NAME),
                    resource.getAttribute(TelemetryAttributes.TELEMETRY_SDK_LANGUAGE)))
        .put("sdk_version", resource.getAttribute(TelemetryAttributes.TELEMETRY_SDK_VERSION));
  }

  private static void putLinks(ObjectNode document, List<LinkData> links) {
    if (links.isEmpty()) {
      return;
    }
    ArrayNode list = document.putArray("links");
    for (LinkData link : links) {
      ObjectNode one =
          list.addObject()
              .put("trace_id", TraceHeader.xrayTraceId(link.getSpanContext().getTraceId()))
              .put("id", link.getSpanContext().getSpanId());
      if (!link.getAttributes().isEmpty()) {
        one.set("attributes", JSON.valueToTree(Hygiene.clean(link.getAttributes())));
      }
    }
  }

  /** In microseconds: X-Ray is exact to a millisecond. */
  private static BigDecimal seconds(long nanos) {
    return BigDecimal.valueOf(nanos / 1_000, 6);
  }
}
