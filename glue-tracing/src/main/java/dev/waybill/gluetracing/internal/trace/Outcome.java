package dev.waybill.gluetracing.internal.trace;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.semconv.ErrorAttributes;
import io.opentelemetry.semconv.ExceptionAttributes;

/**
 * How a piece of work ended.
 *
 * @param error what an on-call needs to read, or null where it went well
 * @param exception recorded on this span, or null: an error is recorded with its stack on the
 *     innermost span only
 */
public record Outcome(String error, Throwable exception) {

  public static final Outcome OK = new Outcome(null, null);

  public static Outcome of(Throwable exception) {
    return new Outcome(ErrorText.of(exception), exception);
  }

  public static Outcome failed(String error) {
    return new Outcome(error, null);
  }

  /** The same error as seen from an enclosing span. */
  public Outcome enclosing() {
    return new Outcome(error, null);
  }

  public boolean failed() {
    return error != null;
  }

  private static void describe(Span span, ForeignError error) {
    span.setAttribute(ErrorAttributes.ERROR_TYPE, error.type());
    span.addEvent(
        "exception",
        Attributes.of(
            ExceptionAttributes.EXCEPTION_TYPE, error.type(),
            ExceptionAttributes.EXCEPTION_MESSAGE, ErrorText.of(error),
            ExceptionAttributes.EXCEPTION_STACKTRACE, error.stack()));
  }

  void describe(Span span) {
    if (failed()) {
      span.setStatus(StatusCode.ERROR, error);
    }
    if (exception != null) {
      Throwable root = ErrorText.rootOf(exception);
      if (root instanceof ForeignError foreign) {
        describe(span, foreign);
        return;
      }
      span.setAttribute(ErrorAttributes.ERROR_TYPE, root.getClass().getName());
      try {
        span.recordException(root);
      } catch (RuntimeException | LinkageError | StackOverflowError e) {
        // The exception's own code fails; its class is told already.
        span.addEvent("exception");
      }
    }
  }
}
