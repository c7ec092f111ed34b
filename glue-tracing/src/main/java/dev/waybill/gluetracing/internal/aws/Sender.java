package dev.waybill.gluetracing.internal.aws;

import dev.waybill.gluetracing.internal.otlp.OtlpTelemetry;
import dev.waybill.gluetracing.internal.trace.Deadline;
import io.opentelemetry.sdk.common.CompletableResultCode;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * Sends what one signal exports, one after the other: X-Ray must have the early copy of a span
 * before the whole one. Safe for use by several threads.
 */
final class Sender {

  private final ExecutorService thread;

  Sender(String signal) {
    this.thread =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread made = new Thread(work, "waybill-send-" + signal);
              made.setDaemon(true);
              return made;
            });
  }

  /** What is to be sent, until a time. */
  @FunctionalInterface
  interface Export {
    void send(Deadline deadline) throws IOException, InterruptedException;
  }

  CompletableResultCode send(Export export) {
    CompletableResultCode done = new CompletableResultCode();
    try {
      thread.execute(
          () -> {
            try {
              export.send(Deadline.in(OtlpTelemetry.BOUND));
              done.succeed();
            } catch (Throwable e) {
              done.failExceptionally(e);
            }
          });
    } catch (RejectedExecutionException ended) {
      done.failExceptionally(ended);
    }
    return done;
  }

  /** Takes no more; what was taken is sent. */
  CompletableResultCode shutdown() {
    thread.shutdown();
    return CompletableResultCode.ofSuccess();
  }
}
