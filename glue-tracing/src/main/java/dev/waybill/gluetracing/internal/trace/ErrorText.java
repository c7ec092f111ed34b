package dev.waybill.gluetracing.internal.trace;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What an exception says to an on-call: the innermost cause's words, without the wrapping of
 * Spark's scheduler.
 */
public final class ErrorText {

  /** X-Ray keeps long values whole and drops the trace for it; what is cut says so. */
  private static final int LONGEST = 1_000;

  private ErrorText() {}

  /** Its message, or its class where it has none or can't tell it. */
  public static String of(Throwable exception) {
    Throwable root = rootOf(exception);
    String message = messageOf(root);
    return cut(message == null ? root.getClass().getName() : message.strip());
  }

  public static String cut(String text) {
    return text.length() <= LONGEST
        ? text
        : text.substring(0, LONGEST) + "… (cut, " + text.length() + " characters)";
  }

  /** The first line of what Spark says, without the stack that follows. */
  public static String firstLine(String text) {
    return cut(text.lines().findFirst().orElse(text).strip());
  }

  public static Throwable rootOf(Throwable exception) {
    Set<Throwable> seen = new LinkedHashSet<>();
    Throwable root = exception;
    while (root.getCause() != null && seen.add(root)) {
      root = root.getCause();
    }
    return root;
  }

  /** An exception's own code may fail, too. */
  private static String messageOf(Throwable exception) {
    try {
      return exception.getMessage();
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      return null;
    }
  }
}
