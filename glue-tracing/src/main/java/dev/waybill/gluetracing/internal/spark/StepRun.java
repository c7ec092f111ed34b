package dev.waybill.gluetracing.internal.spark;

import dev.waybill.gluetracing.internal.trace.StepSpan;
import java.time.Instant;

/** A step whose call has returned: what it did, or what it described, may still be to come. */
record StepRun(StepSpan step, Instant ended) {}
