package dev.waybill.gluetracing;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What an exception says to an on-call: the innermost cause's words, without the wrapping of
 * Spark's scheduler.
 */
final class ErrorText {

  /** X-Ray keeps long values whole and drops the trace for it; what is cut says so. */
  private static final int LONGEST = 1_000;

  private ErrorText() {}

  static String of(Throwable exception) {
    Throwable root = rootOf(exception);
    String message = root.getMessage() == null ? root.getClass().getName() : root.getMessage();
    return cut(message.strip());
  }

  static String cut(String text) {
    return text.length() <= LONGEST
        ? text
        : text.substring(0, LONGEST) + "… (cut, " + text.length() + " characters)";
  }

  static Throwable rootOf(Throwable exception) {
    Set<Throwable> seen = new LinkedHashSet<>();
    Throwable root = exception;
    while (root.getCause() != null && seen.add(root)) {
      root = root.getCause();
    }
    return root;
  }
}
