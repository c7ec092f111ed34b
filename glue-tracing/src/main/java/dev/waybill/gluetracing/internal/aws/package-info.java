/**
 * A job's telemetry without a collector: spans as X-Ray segments, metrics as log events in the
 * embedded metric format. Internal.
 */
package dev.waybill.gluetracing.internal.aws;
