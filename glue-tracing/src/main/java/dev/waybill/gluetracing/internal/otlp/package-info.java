/**
 * How a job's telemetry is delivered: the OpenTelemetry SDK over OTLP/HTTP, the log lines that
 * become records, and the files that take what no collector took. Internal.
 */
package dev.waybill.gluetracing.internal.otlp;
