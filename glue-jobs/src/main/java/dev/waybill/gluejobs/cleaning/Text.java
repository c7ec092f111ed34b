package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.btrim;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.nullif;

import org.apache.spark.sql.Column;

/** Text as the data contract compares it. */
final class Text {

  private static final String BLANKS = " \t\r\n\u00a0";

  private Text() {}

  /** Without the blanks around it. */
  static Column trimmed(Column raw) {
    return btrim(raw, lit(BLANKS));
  }

  /** Without the blanks around it; null where nothing is left. */
  static Column orNull(Column raw) {
    return nullif(trimmed(raw), lit(""));
  }
}
