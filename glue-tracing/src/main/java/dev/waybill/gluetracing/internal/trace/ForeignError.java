package dev.waybill.gluetracing.internal.trace;

/** An error of another language, with what that calls its type, and its own stack. */
public final class ForeignError extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String type;
  private final String stack;

  public ForeignError(String type, String message, String stack) {
    super(message, null, false, false);
    this.type = type;
    this.stack = stack;
  }

  String type() {
    return type;
  }

  String stack() {
    return stack;
  }
}
