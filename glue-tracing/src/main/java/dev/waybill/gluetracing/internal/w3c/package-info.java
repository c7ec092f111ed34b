/** The W3C's trace context, by which a run joins a trace from outside AWS. Internal. */
package dev.waybill.gluetracing.internal.w3c;
