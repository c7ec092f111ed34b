package dev.waybill.gluetracing.internal.otlp;

import dev.waybill.gluetracing.internal.trace.Deadline;
import dev.waybill.gluetracing.internal.trace.JobSpans;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.logs.LoggerProvider;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.Optional;

/** Traces, metrics and logs of one job. Safe for use by several threads. */
public interface JobTelemetry {

  /** The name under which this library records. */
  String SCOPE = "dev.waybill.glue-tracing";

  Meter meter();

  LoggerProvider loggers();

  JobSpans spans(String traceId, boolean sampled, TraceState state);

  /** Sends a span's present state ahead of its end, in the background. */
  void sendEarly(SpanData span);

  /** From now on drops all. */
  void sendNoMore();

  /**
   * Sends what is left, and ends.
   *
   * @param folder where what is not delivered is copied from the driver's disk, or empty
   * @param deadline of all waits
   * @return what an on-call should know of telemetry that did not arrive, or empty where all did
   */
  Optional<String> close(Optional<TelemetryFolder> folder, Deadline deadline);

  /** One that records nothing and sends nothing. */
  static JobTelemetry off() {
    return new Off();
  }

  /** OpenTelemetry's own implementation that does nothing. */
  final class Off implements JobTelemetry {

    private Off() {}

    @Override
    public Meter meter() {
      return OpenTelemetry.noop().getMeter(SCOPE);
    }

    @Override
    public LoggerProvider loggers() {
      return OpenTelemetry.noop().getLogsBridge();
    }

    @Override
    public JobSpans spans(String traceId, boolean sampled, TraceState state) {
      return new JobSpans(
          OpenTelemetry.noop().getTracer(SCOPE),
          (self, start) -> start.get(),
          traceId,
          false,
          state);
    }

    @Override
    public void sendEarly(SpanData span) {}

    @Override
    public void sendNoMore() {}

    @Override
    public Optional<String> close(Optional<TelemetryFolder> folder, Deadline deadline) {
      return Optional.empty();
    }
  }
}
