package dev.waybill.gluejobs.values;

import static dev.waybill.gluejobs.values.WholeNumber.isDigit;

/**
 * Amounts of dollars such as {@code $1,060 }. Blanks go, wherever they stand; then a sign and a
 * {@code $} may come in either order, each once, then digits with at most one point. Commas stand
 * only where thousands have them: {@code $1,23} is no amount, and reading it as 123 would invent
 * one.
 */
public final class Amount {

  /** Below this, in dollars: a decimal(12,2) holds no more. */
  private static final long LIMIT = 10_000_000_000L;

  private boolean signed;
  private boolean negative;
  private boolean dollar;
  private long whole;
  private int digits;
  private int group;
  private int commas;
  private int decimals = -1;
  private long cents;
  private boolean half;
  private boolean zero = true;

  private Amount() {}

  /**
   * The amount in cents, half up; null where the text is blank, no amount, negative or too large.
   */
  public static Long parse(byte[] text, int from, int to) {
    Amount amount = new Amount();
    int at = from;
    while (at < to) {
      int blank = Blank.length(text, at, to);
      if (blank > 0) {
        at += blank;
      } else if (!amount.accept(text[at++])) {
        return null;
      }
    }
    return amount.isWhole() ? amount.inCents() : null;
  }

  private boolean accept(byte next) {
    if (isDigit(next)) {
      return decimals < 0 ? wholeDigit(next - '0') : decimal(next - '0');
    }
    return switch (next) {
      case '+', '-' -> sign(next == '-');
      case '$' -> dollarSign();
      case ',' -> comma();
      case '.' -> point();
      default -> false;
    };
  }

  private boolean wholeDigit(int digit) {
    whole = whole * 10 + digit;
    digits++;
    group++;
    zero &= digit == 0;
    return whole < LIMIT;
  }

  private boolean decimal(int digit) {
    decimals++;
    digits++;
    zero &= digit == 0;
    if (decimals <= 2) {
      cents += decimals == 1 ? 10L * digit : digit;
    } else if (decimals == 3) {
      half = digit >= 5;
    }
    return true;
  }

  private boolean sign(boolean minus) {
    boolean right = !signed && hasNotBegun();
    signed = true;
    negative = minus;
    return right;
  }

  private boolean dollarSign() {
    boolean right = !dollar && hasNotBegun();
    dollar = true;
    return right;
  }

  private boolean comma() {
    boolean right = decimals < 0 && (commas == 0 ? group >= 1 && group <= 3 : group == 3);
    commas++;
    group = 0;
    return right;
  }

  private boolean point() {
    boolean right = decimals < 0 && (commas == 0 || group == 3);
    decimals = 0;
    return right;
  }

  private boolean hasNotBegun() {
    return digits == 0 && decimals < 0;
  }

  private boolean isWhole() {
    return digits > 0 && (decimals >= 0 || commas == 0 || group == 3) && (zero || !negative);
  }

  private Long inCents() {
    long amount = whole * 100 + cents + (half ? 1 : 0);
    return amount < LIMIT * 100 ? Long.valueOf(amount) : null;
  }
}
