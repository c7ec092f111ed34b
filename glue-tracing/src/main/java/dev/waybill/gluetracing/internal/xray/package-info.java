/**
 * X-Ray's trace ids and headers, and the look-up of the segment that a job hangs under. Internal.
 */
package dev.waybill.gluetracing.internal.xray;
