package dev.waybill.local.stepfunctions;

/** A state's failure, with the names that Retry and Catch ask for. */
final class StateFailed extends RuntimeException {

  static final String TASK_FAILED = "States.TaskFailed";
  static final String TIMEOUT = "States.Timeout";
  static final String RUNTIME = "States.Runtime";
  private static final String ALL = "States.ALL";
  private static final long serialVersionUID = 1;

  private final String error;

  StateFailed(String error, String cause) {
    super(cause);
    this.error = error;
  }

  String error() {
    return error;
  }

  /**
   * Whether a retrier's or catcher's ErrorEquals names it. {@code States.Runtime} always fails the
   * execution, whatever they name.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html">Error
   *     names</a>
   */
  boolean matches(Iterable<com.fasterxml.jackson.databind.JsonNode> names) {
    if (error.equals(RUNTIME)) {
      return false;
    }
    for (var name : names) {
      boolean anyTask = name.asText().equals(TASK_FAILED) && !error.equals(TIMEOUT);
      if (name.asText().equals(error) || name.asText().equals(ALL) || anyTask) {
        return true;
      }
    }
    return false;
  }
}
