package dev.waybill.gluejobs.values;

/**
 * Whole numbers: an optional sign, ASCII digits, and a point with zeros, which pandas writes once a
 * column of whole numbers had a blank ({@code 2010.0}).
 */
public final class WholeNumber {

  private static final long LAST_TENTH = Long.MIN_VALUE / 10;

  private WholeNumber() {}

  /** The number; null where the text is blank, no whole number, or one that no long holds. */
  public static Long parse(byte[] text, int from, int to) {
    int at = Blank.start(text, from, to);
    int end = Blank.end(text, at, to);
    boolean negative = at < end && text[at] == '-';
    if (negative || at < end && text[at] == '+') {
      at++;
    }
    int first = at;
    // Negative: there is one more of them.
    long value = 0;
    while (at < end && isDigit(text[at])) {
      int digit = text[at++] - '0';
      if (value < LAST_TENTH || value * 10 < Long.MIN_VALUE + digit) {
        return null;
      }
      value = value * 10 - digit;
    }
    if (at == first || !isEndOrZeros(text, at, end)) {
      return null;
    }
    if (negative) {
      return value;
    }
    return value == Long.MIN_VALUE ? null : -value;
  }

  /** The number; null also where no int holds it. */
  public static Integer parseInt(byte[] text, int from, int to) {
    Long value = parse(text, from, to);
    return value == null || value != value.intValue() ? null : Integer.valueOf(value.intValue());
  }

  static boolean isDigit(byte next) {
    return next >= '0' && next <= '9';
  }

  private static boolean isEndOrZeros(byte[] text, int from, int end) {
    if (from == end) {
      return true;
    }
    if (text[from] != '.' || from + 1 == end) {
      return false;
    }
    for (int at = from + 1; at < end; at++) {
      if (text[at] != '0') {
        return false;
      }
    }
    return true;
  }
}
