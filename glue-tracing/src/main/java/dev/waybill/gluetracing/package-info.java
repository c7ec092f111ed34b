/**
 * Turns a Spark job into a traced job: {@link dev.waybill.gluetracing.TracedJob} is where to begin.
 *
 * <p>The public types of this package are the library's API. The packages below {@code internal}
 * are not, whatever their visibility: {@code spark} knows what Spark did, {@code otlp} how
 * telemetry is delivered, {@code xray} X-Ray's ids, headers and segments, {@code w3c} the headers
 * of W3C Trace Context, and {@code trace} the spans, metrics and texts that they share. This
 * package uses them, never they it.
 *
 * <p>Types say whether several threads may use them. Those of a job may: steps run on the threads
 * of the job, events come on Spark's, telemetry leaves on its own, and a JVM that is told to stop
 * ends the job on one more.
 */
package dev.waybill.gluetracing;
