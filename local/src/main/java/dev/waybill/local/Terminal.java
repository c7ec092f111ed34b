package dev.waybill.local;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Makes text safe to print: file names, headers and error messages come from outside, and control
 * characters in them would be commands to the terminal.
 */
public final class Terminal {

  /** C0 and C1 controls except line feed and tab, and the marks that reorder a line's text. */
  private static final Pattern CONTROLS =
      Pattern.compile("[\\p{Cc}\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069&&[^\\n\\t]]");

  private Terminal() {}

  /** The text with every such character as its escape, for example {@code \u009b}. */
  public static String visible(String text) {
    return CONTROLS
        .matcher(text)
        .replaceAll(
            match -> "\\\\u" + String.format(Locale.ROOT, "%04x", (int) match.group().charAt(0)));
  }
}
