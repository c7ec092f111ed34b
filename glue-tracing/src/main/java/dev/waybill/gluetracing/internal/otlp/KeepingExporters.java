package dev.waybill.gluetracing.internal.otlp;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.function.Function;

/** The SDK's three kinds of exporters, each with another way for what is exported. */
final class KeepingExporters {

  private KeepingExporters() {}

  record Spans(SpanExporter to, Function<Collection<SpanData>, CompletableResultCode> way)
      implements SpanExporter {

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      return way.apply(spans);
    }

    @Override
    public CompletableResultCode flush() {
      return to.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
      return to.shutdown();
    }
  }

  record Metrics(MetricExporter to, Function<Collection<MetricData>, CompletableResultCode> way)
      implements MetricExporter {

    @Override
    public CompletableResultCode export(Collection<MetricData> metrics) {
      return way.apply(metrics);
    }

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType type) {
      return to.getAggregationTemporality(type);
    }

    @Override
    public Aggregation getDefaultAggregation(InstrumentType type) {
      return to.getDefaultAggregation(type);
    }

    @Override
    public MemoryMode getMemoryMode() {
      return to.getMemoryMode();
    }

    @Override
    public CompletableResultCode flush() {
      return to.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
      return to.shutdown();
    }
  }

  record Logs(LogRecordExporter to, Function<Collection<LogRecordData>, CompletableResultCode> way)
      implements LogRecordExporter {

    @Override
    public CompletableResultCode export(Collection<LogRecordData> logs) {
      return way.apply(logs);
    }

    @Override
    public CompletableResultCode flush() {
      return to.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
      return to.shutdown();
    }
  }
}
