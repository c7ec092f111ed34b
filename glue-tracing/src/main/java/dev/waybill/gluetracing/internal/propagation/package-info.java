/** Trace headers, whatever their format. */
package dev.waybill.gluetracing.internal.propagation;
