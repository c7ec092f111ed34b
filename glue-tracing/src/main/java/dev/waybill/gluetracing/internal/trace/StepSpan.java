package dev.waybill.gluetracing.internal.trace;

import io.opentelemetry.api.trace.SpanContext;
import java.time.Instant;

/**
 * A step whose span is not written yet.
 *
 * @param self the span that it will be
 * @param parent the step that it is part of, or the job
 * @param began when it was described or begun
 */
public record StepSpan(String name, SpanContext self, SpanContext parent, Instant began) {}
