package dev.waybill.gluetracing.internal.otlp;

import dev.waybill.gluetracing.internal.trace.ErrorText;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Catches what the OpenTelemetry SDK logs of failed exports, on java.util.logging and once an
 * attempt, so that a job with no collector says it in one line at its end.
 */
final class ExportWarnings extends Handler {

  private static final Logger SDK = Logger.getLogger("io.opentelemetry");

  private final AtomicReference<String> first = new AtomicReference<>();
  private final boolean usedParents = SDK.getUseParentHandlers();

  static ExportWarnings install() {
    ExportWarnings warnings = new ExportWarnings();
    SDK.setUseParentHandlers(false);
    SDK.addHandler(warnings);
    return warnings;
  }

  void remove() {
    SDK.removeHandler(this);
    SDK.setUseParentHandlers(usedParents);
  }

  /** The first failure's words, or null. */
  String first() {
    return first.get();
  }

  @Override
  public void publish(LogRecord record) {
    if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
      String cause =
          record.getThrown() == null
              ? ""
              : " (" + ErrorText.rootOf(record.getThrown()).getClass().getSimpleName() + ")";
      first.compareAndSet(null, record.getMessage().strip() + cause);
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
