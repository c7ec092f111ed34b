package dev.waybill.gluejobs.values;

import static dev.waybill.gluejobs.values.WholeNumber.isDigit;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.Month;
import java.time.chrono.IsoChronology;
import java.util.regex.Pattern;

/**
 * Dates: {@code M/d/yyyy}, {@code M/d/yy} of this century, or {@code yyyy-MM-dd}. A time of day may
 * follow, as spreadsheets, pandas and databases write one, and is left out of account.
 */
public final class ReviewDate {

  private static final int CENTURY = 2000;

  /**
   * Blank or T, the time of a 24- or 12-hour clock, and a zone: Z, a name such as UTC, an offset.
   */
  private static final Pattern TIME_OF_DAY =
      Pattern.compile(
          ("(T|_+)((0?\\d|1\\d|2[0-3])MINUTES|(0?[1-9]|1[0-2])MINUTES_*[AaPp][Mm])"
                  + "(_*(Z|[A-Z]{3,5}|[+-]\\d\\d(:?\\d\\d)?))?")
              .replace("MINUTES", ":[0-5]\\d(:([0-5]\\d|60)([.,]\\d+)?)?")
              .replace("_", Blank.PATTERN));

  private ReviewDate() {}

  /** The day, counted from 1970-01-01; null where the text is blank or no date. */
  public static Integer parse(byte[] text, int from, int to) {
    int start = Blank.start(text, from, to);
    int end = Blank.end(text, start, to);
    int first = digits(text, start, end);
    int firstEnd = start + first;
    if (firstEnd >= end) {
      return null;
    }
    boolean yearFirst = first == 4 && text[firstEnd] == '-';
    if (!yearFirst && (first < 1 || first > 2 || text[firstEnd] != '/')) {
      return null;
    }
    int second = digits(text, firstEnd + 1, end);
    int secondEnd = firstEnd + 1 + second;
    if (second < (yearFirst ? 2 : 1)
        || second > 2
        || secondEnd >= end
        || text[secondEnd] != text[firstEnd]) {
      return null;
    }
    int third = digits(text, secondEnd + 1, end);
    int thirdEnd = secondEnd + 1 + third;
    if (third != 2 && (yearFirst || third != 4)) {
      return null;
    }
    if (thirdEnd < end && !isTimeOfDay(text, thirdEnd, end)) {
      return null;
    }
    int one = number(text, start, firstEnd);
    int two = number(text, firstEnd + 1, secondEnd);
    int three = number(text, secondEnd + 1, thirdEnd);
    return yearFirst ? day(one, two, three) : day(third == 2 ? CENTURY + three : three, one, two);
  }

  private static Integer day(int year, int month, int day) {
    boolean exists =
        month >= 1
            && month <= 12
            && day >= 1
            && day <= Month.of(month).length(IsoChronology.INSTANCE.isLeapYear(year));
    return exists ? Integer.valueOf((int) LocalDate.of(year, month, day).toEpochDay()) : null;
  }

  private static boolean isTimeOfDay(byte[] text, int from, int end) {
    String rest = new String(text, from, end - from, StandardCharsets.UTF_8);
    return TIME_OF_DAY.matcher(rest).matches();
  }

  private static int digits(byte[] text, int from, int end) {
    int at = from;
    while (at < end && isDigit(text[at])) {
      at++;
    }
    return at - from;
  }

  private static int number(byte[] text, int from, int end) {
    int value = 0;
    for (int at = from; at < end; at++) {
      value = value * 10 + text[at] - '0';
    }
    return value;
  }
}
