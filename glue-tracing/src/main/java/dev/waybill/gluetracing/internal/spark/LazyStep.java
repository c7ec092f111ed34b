package dev.waybill.gluetracing.internal.spark;

import dev.waybill.gluetracing.internal.trace.StepSpan;
import java.util.List;

/**
 * A step that was described.
 *
 * @param in the rows that came in, by input; none where it is a source
 * @param out where its rows are counted, or null where they could not be
 */
record LazyStep(StepSpan step, List<Input> in, Count out) {

  /** In place of an index: what the stages read that ran the observation. */
  static final int READ = -1;

  /**
   * What came in.
   *
   * @param name of one of several inputs
   * @param rows where they are counted, or null where that is unknown
   */
  record Input(String name, Count rows) {

    static List<Input> only(Count rows) {
      return rows == null ? List.of() : List.of(new Input("", rows));
    }
  }

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
