package dev.waybill.gluejobs.values;

import static dev.waybill.gluejobs.values.WholeNumber.isDigit;

import java.nio.charset.StandardCharsets;

/**
 * Numbers: an optional sign, ASCII digits with at most one point, and an optional exponent. What
 * Java takes besides is none: {@code 40.7d}, {@code 0x1p3}, {@code NaN}, {@code Infinity}.
 */
public final class DoubleNumber {

  /** Up to here a whole number is exactly a double. */
  private static final long EXACT = 1L << 53;

  private static final int MOST_DIGITS = 18;
  private static final double[] POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private DoubleNumber() {}

  /**
   * The number, {@code -0} as 0; null where the text is blank, no number, or one too large for a
   * double.
   */
  public static Double parse(byte[] text, int from, int to) {
    int start = Blank.start(text, from, to);
    int end = Blank.end(text, start, to);
    int at = start;
    boolean negative = at < end && text[at] == '-';
    if (negative || at < end && text[at] == '+') {
      at++;
    }
    int digits = 0;
    int decimals = -1;
    long value = 0;
    for (; at < end && (isDigit(text[at]) || text[at] == '.' && decimals < 0); at++) {
      if (text[at] == '.') {
        decimals = 0;
        continue;
      }
      // Runs over in long numbers, which go by the other way below.
      value = value * 10 + (text[at] - '0');
      digits++;
      decimals += decimals < 0 ? 0 : 1;
    }
    if (digits == 0) {
      return null;
    }
    if (at == end && digits <= MOST_DIGITS && value <= EXACT) {
      // Both are exact, so their quotient is the double next to the number, as Java reads it.
      double number = value / POWERS_OF_TEN[Math.max(0, decimals)];
      return negative && value != 0 ? -number : number;
    }
    if (at < end && !isExponent(text, at, end)) {
      return null;
    }
    double number =
        Double.parseDouble(new String(text, start, end - start, StandardCharsets.US_ASCII));
    return Double.isInfinite(number) ? null : Double.valueOf(number + 0.0);
  }

  private static boolean isExponent(byte[] text, int from, int end) {
    int at = from;
    if (text[at] != 'e' && text[at] != 'E') {
      return false;
    }
    at++;
    if (at < end && (text[at] == '+' || text[at] == '-')) {
      at++;
    }
    int first = at;
    while (at < end && isDigit(text[at])) {
      at++;
    }
    return at == end && at > first;
  }
}
