/**
 * The spans and metrics of one job, their attributes and texts, and what keeps them from harming
 * it. Internal.
 */
package dev.waybill.gluetracing.internal.trace;
