package dev.waybill.gluejobs.values;

import java.util.regex.Pattern;

/**
 * Blanks: the 25 characters that have Unicode's property White_Space, such as U+0020, U+00A0 and
 * U+3000. Java's {@code Character.isWhitespace} is another set: it has U+001C and lacks U+00A0.
 *
 * <p>Texts here and in the other parsers of this package are UTF-8 in {@code text[from, to)}.
 *
 * @see <a href="https://www.unicode.org/Public/UCD/latest/ucd/PropList.txt">PropList.txt</a>
 */
public final class Blank {

  /** One blank, as a regular expression. */
  static final String PATTERN = "\\p{IsWhite_Space}";

  private static final Pattern AROUND = Pattern.compile("^" + PATTERN + "+|" + PATTERN + "+$");
  private static final Pattern RUN = Pattern.compile(PATTERN + "+");

  private Blank() {}

  /** Whether a code point is one. */
  public static boolean is(int codePoint) {
    return codePoint >= 0x09 && codePoint <= 0x0D
        || codePoint == 0x20
        || codePoint == 0x85
        || codePoint == 0xA0
        || codePoint == 0x1680
        || codePoint >= 0x2000 && codePoint <= 0x200A
        || codePoint == 0x2028
        || codePoint == 0x2029
        || codePoint == 0x202F
        || codePoint == 0x205F
        || codePoint == 0x3000;
  }

  /** Where the text begins that is not blank; {@code to} where all of it is. */
  public static int start(byte[] text, int from, int to) {
    int at = from;
    for (int length = length(text, at, to); length > 0; length = length(text, at, to)) {
      at += length;
    }
    return at;
  }

  /** Where the text ends that is not blank; {@code from} where all of it is. */
  public static int end(byte[] text, int from, int to) {
    int at = to;
    while (at > from) {
      int length = lengthBefore(text, from, at);
      if (length == 0) {
        return at;
      }
      at -= length;
    }
    return at;
  }

  /** How many bytes the blank at {@code at} has; 0 where there is none. */
  static int length(byte[] text, int at, int to) {
    if (at >= to) {
      return 0;
    }
    int first = text[at];
    if (first >= 0) {
      return is(first) ? 1 : 0;
    }
    if (first == (byte) 0xC2 && at + 2 <= to) {
      return is(0x80 | text[at + 1] & 0x3F) ? 2 : 0;
    }
    if (first >= (byte) 0xE1 && first <= (byte) 0xE3 && at + 3 <= to) {
      int codePoint = (first & 0x0F) << 12 | (text[at + 1] & 0x3F) << 6 | text[at + 2] & 0x3F;
      return is(codePoint) ? 3 : 0;
    }
    return 0;
  }

  /** The text without the blanks around it. */
  public static String strip(String text) {
    return AROUND.matcher(text).replaceAll("");
  }

  /** The text with every run of blanks replaced. */
  public static String replaceRuns(String text, String replacement) {
    return RUN.matcher(text).replaceAll(replacement);
  }

  private static int lengthBefore(byte[] text, int from, int to) {
    if (text[to - 1] >= 0) {
      return length(text, to - 1, to);
    }
    for (int length = 2; length <= 3 && to - length >= from; length++) {
      if (length(text, to - length, to) == length) {
        return length;
      }
    }
    return 0;
  }
}
