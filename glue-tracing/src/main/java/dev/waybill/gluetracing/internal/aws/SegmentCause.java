package dev.waybill.gluetracing.internal.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.gluetracing.internal.trace.ErrorText;
import dev.waybill.gluetracing.internal.trace.WaybillAttributes;
import dev.waybill.gluetracing.internal.xray.XrayIds;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why a span failed, as X-Ray tells it: the exceptions, each with its stack. */
final class SegmentCause {

  private static final String EXCEPTION = "exception";

  /** Class loader and module before the class are left out. */
  private static final Pattern FRAME =
      Pattern.compile("\tat (?:[^(]*?/)?([^(]*)\\(([^:)]*)(?::(\\d+))?.*\\)");

  private SegmentCause() {}

  /** Puts it there, where the span has exceptions or failed. */
  static void put(ObjectNode document, SpanData span) {
    List<EventData> events =
        span.getEvents().stream().filter(event -> event.getName().equals(EXCEPTION)).toList();
    String description = span.getStatus().getDescription();
    if (events.isEmpty() && (!document.has("fault") || description.isEmpty())) {
      return;
    }
    ArrayNode exceptions = document.putObject("cause").putArray("exceptions");
    if (events.isEmpty()) {
      exceptions.addObject().put("id", XrayIds.newSpanId()).put("message", description);
    }
    for (EventData event : events) {
      ObjectNode exception =
          exceptions
              .addObject()
              .put("id", XrayIds.newSpanId())
              .put("type", text(event, WaybillAttributes.EXCEPTION_TYPE))
              .put("message", text(event, WaybillAttributes.EXCEPTION_MESSAGE))
              .put("remote", false);
      putStack(exception, text(event, WaybillAttributes.EXCEPTION_STACKTRACE));
    }
  }

  /** Leaves out the stacks of a document that is too long for X-Ray, and cuts the messages. */
  static void shorten(ObjectNode document) {
    for (JsonNode each : document.path("cause").path("exceptions")) {
      ObjectNode exception = (ObjectNode) each;
      exception.remove("stack");
      exception.put("message", ErrorText.cut(exception.path("message").asText()));
    }
  }

  /** Of the innermost cause, which is all that a job tells: none has a cause of its own. */
  private static void putStack(ObjectNode exception, String stack) {
    // The first line says the exception itself.
    for (String line : stack.lines().skip(1).toList()) {
      Matcher frame = FRAME.matcher(line);
      if (frame.matches()) {
        exception
            .withArray("stack")
            .addObject()
            .put("path", frame.group(2))
            .put("line", frame.group(3) == null ? 0 : Integer.parseInt(frame.group(3)))
            .put("label", frame.group(1));
      }
    }
  }

  private static String text(EventData event, AttributeKey<String> key) {
    return Objects.requireNonNullElse(event.getAttributes().get(key), "");
  }
}
