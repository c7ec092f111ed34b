package dev.waybill.gluetracing.internal.aws;

import java.io.IOException;

/** An AWS service answered, and not with success. */
final class AwsRefusal extends IOException {

  private static final long serialVersionUID = 1L;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERROR = 500;

  private final String code;
  private final int status;

  /**
   * Says what was answered.
   *
   * @param service in words
   * @param code the error's name, such as {@code ThrottlingException}
   */
  AwsRefusal(String service, int status, String code, String message) {
    super("%s answered %d %s: %s".formatted(service, status, code, message));
    this.code = code;
    this.status = status;
  }

  boolean is(String name) {
    return code.equals(name);
  }

  /** Whether the same call may succeed a little later. */
  boolean mayPass() {
    return status >= SERVER_ERROR
        || status == TOO_MANY_REQUESTS
        || code.startsWith("Throttl")
        || code.equals("RequestLimitExceeded");
  }
}
