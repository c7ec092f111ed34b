package dev.waybill.gluejobs;

import java.util.Locale;

/**
 * Why a row is rejected, in the order in which the rules are asked; a row is rejected once, by the
 * first.
 */
public enum RejectReason {
  MALFORMED_RECORD,
  DUPLICATE,
  MINIMUM_NIGHTS_OUT_OF_RANGE,
  INVALID_PRICE,
  INVALID_SERVICE_FEE,
  INVALID_ROOM_TYPE,
  INVALID_VALUE,
  MISSING_VALUE;

  /**
   * The reason as it stands in {@code quarantine/}, metrics and reports, for example {@code
   * missing_value}.
   */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
