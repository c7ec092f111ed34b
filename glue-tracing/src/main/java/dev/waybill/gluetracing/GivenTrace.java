package dev.waybill.gluetracing;

import dev.waybill.gluetracing.internal.w3c.TraceParent;
import dev.waybill.gluetracing.internal.xray.TraceHeader;
import dev.waybill.gluetracing.internal.xray.XrayIds;
import io.opentelemetry.api.trace.SpanContext;
import java.util.Optional;

/**
 * The trace that a job is part of. A {@code --traceparent} counts before a {@code --trace_header}:
 * the workflow always passes the latter, so whoever gives the former means it.
 *
 * @param traceId 32 hex digits
 * @param parent not valid where none is named
 * @param isXray whether X-Ray may know a closer parent
 * @param problem what is wrong with the arguments, for a warning
 */
record GivenTrace(
    String traceId, SpanContext parent, boolean sampled, boolean isXray, Optional<String> problem) {

  /** The one that the arguments name, or a new one. */
  static GivenTrace of(JobArguments arguments) {
    Optional<String> traceparent = arguments.find(JobArguments.TRACEPARENT);
    Optional<SpanContext> w3c =
        traceparent.flatMap(
            given -> TraceParent.parse(given, arguments.find(JobArguments.TRACESTATE).orElse("")));
    if (w3c.isPresent()) {
      SpanContext parent = w3c.get();
      return new GivenTrace(
          parent.getTraceId(), parent, parent.isSampled(), false, Optional.empty());
    }
    Optional<String> unusable =
        traceparent.map(given -> "no usable --%s (%s)".formatted(JobArguments.TRACEPARENT, given));
    Optional<String> given = arguments.find(JobArguments.TRACE_HEADER);
    Optional<String> warning =
        unusable.map(words -> "%s: --%s counts".formatted(words, JobArguments.TRACE_HEADER));
    return given
        .flatMap(TraceHeader::parse)
        .map(
            header ->
                new GivenTrace(header.traceId(), header.parent(), header.sampled(), true, warning))
        .or(
            () ->
                given
                    .flatMap(header -> TraceParent.parse(header, ""))
                    .map(
                        parent ->
                            new GivenTrace(
                                parent.getTraceId(), parent, parent.isSampled(), true, warning)))
        .orElseGet(
            () ->
                begun(
                    unusable
                        .filter(words -> given.isEmpty())
                        .orElse(
                            "no usable --%s (%s)"
                                .formatted(JobArguments.TRACE_HEADER, given.orElse("absent")))));
  }

  /** A new one. */
  static GivenTrace begun(String problem) {
    String traceId = XrayIds.newTraceId();
    return new GivenTrace(
        traceId,
        SpanContext.getInvalid(),
        true,
        false,
        Optional.of(
            "%s: this job starts a trace of its own, %s"
                .formatted(problem, TraceHeader.xrayTraceId(traceId))));
  }
}
