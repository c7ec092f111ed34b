package dev.waybill.gluejobs.values;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Yes or no, in the words that Spark takes for booleans, in any letter case. */
public final class TruthValue {

  private static final int LONGEST = "false".length();

  private TruthValue() {}

  /** The value; null where the text is blank or none of the words. */
  public static Boolean parse(byte[] text, int from, int to) {
    int start = Blank.start(text, from, to);
    int end = Blank.end(text, start, to);
    if (end - start > LONGEST) {
      return null;
    }
    String word = new String(text, start, end - start, StandardCharsets.ISO_8859_1);
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "true", "t", "yes", "y", "1" -> Boolean.TRUE;
      case "false", "f", "no", "n", "0" -> Boolean.FALSE;
      default -> null;
    };
  }
}
