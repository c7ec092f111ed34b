package dev.waybill.gluejobs;

import java.util.Locale;

/** Why a step put another value in the place of a listing's own. */
public enum ChangeCause {
  /** There was none, and the median of the others took its place. */
  MISSING,
  /** It can't be read as the column's type. */
  UNREADABLE,
  /** It is negative, larger than the column's type, or a date before 1900. */
  OUT_OF_RANGE,
  AFTER_RUN_DATE,
  BEFORE_CONSTRUCTION,
  CORRECTED_SPELLING,
  /** There was none, and the contract has a constant for it. */
  CONSTANT_FILLED_IN;

  /** The cause as it stands in spans, metrics and reports, for example {@code after_run_date}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
