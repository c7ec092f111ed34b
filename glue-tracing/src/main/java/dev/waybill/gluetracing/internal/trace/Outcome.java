package dev.waybill.gluetracing.internal.trace;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.semconv.ErrorAttributes;

/**
 * How a piece of work ended.
 *
 * @param error what an on-call needs to read, or null where it went well
 * @param type its {@code error.type}, or null where it went well
 * @param exception recorded on this span, or null: an error is recorded with its stack on the
 *     innermost span only
 */
public record Outcome(String error, String type, Throwable exception) {

  public static final Outcome OK = new Outcome(null, null, null);

  public static Outcome of(Throwable exception) {
    Throwable root = ErrorText.rootOf(exception);
    String type = root instanceof ForeignError error ? error.type() : root.getClass().getName();
    return new Outcome(ErrorText.of(exception), type, exception);
  }

  public static Outcome failed(String error) {
    return failed(error, ErrorAttributes.ErrorTypeValues.OTHER);
  }

  /** A failure of that {@code error.type}. */
  public static Outcome failed(String error, String type) {
    return new Outcome(error, type, null);
  }

  /** The same error as seen from an enclosing span. */
  public Outcome enclosing() {
    return new Outcome(error, type, null);
  }

  public boolean failed() {
    return error != null;
  }

  void describe(Span span) {
    if (failed()) {
      span.setStatus(StatusCode.ERROR, error);
      span.setAttribute(WaybillAttributes.ERROR_TYPE, type);
    }
    if (exception != null) {
      Throwable root = ErrorText.rootOf(exception);
      if (root instanceof ForeignError foreign) {
        describe(span, foreign);
        return;
      }
      try {
        span.recordException(root);
      } catch (RuntimeException | LinkageError | StackOverflowError e) {
        // The exception's own code fails; its class is told already.
        span.addEvent("exception");
      }
    }
  }

  private static void describe(Span span, ForeignError error) {
    span.addEvent(
        "exception",
        Attributes.of(
            WaybillAttributes.EXCEPTION_TYPE, error.type(),
            WaybillAttributes.EXCEPTION_MESSAGE, ErrorText.of(error),
            WaybillAttributes.EXCEPTION_STACKTRACE, error.stack()));
  }
}
