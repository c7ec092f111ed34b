package dev.waybill.gluetracing.internal.spark;

import dev.waybill.gluetracing.internal.trace.StepSpan;

/**
 * A step that was described.
 *
 * @param in where its rows before are counted, or null where that is unknown
 * @param out where its rows are counted, or null where they could not be
 */
record LazyStep(StepSpan step, Count in, Count out) {

  /** In place of an index: what the stages read that ran the observation. */
  static final int READ = -1;

  /** Where a number of rows is found: as which of an observation's numbers. */
  record Count(long observation, int index) {}

  /**
   * An observation that stands in for the one of a scan, for it comes after a filter of what the
   * scan reads.
   *
   * @param alone whether it runs in the scan's stage
   */
  record Branch(long observation, boolean alone) {}
}
