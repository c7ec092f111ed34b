package dev.waybill.gluetracing.internal.otlp;

import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.opentelemetry.sdk.metrics.export.DefaultAggregationSelector;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Optional;

/** Who takes a job's telemetry, and how it is sent there. */
public interface Destination {

  /** A job's exports may reach any collector task: each says what is new. */
  AggregationTemporalitySelector TEMPORALITY = AggregationTemporalitySelector.deltaPreferred();

  /** Buckets as narrow as the values allow: percentiles of a few jobs, seconds or hours. */
  DefaultAggregationSelector AGGREGATION =
      DefaultAggregationSelector.getDefault()
          .with(InstrumentType.HISTOGRAM, Aggregation.base2ExponentialBucketHistogram());

  /** In a sentence, such as {@code the collector at http://localhost:4318}. */
  String name();

  /** What is wrong with what the job was given; then nothing is sent. */
  Optional<String> problem();

  SpanExporter spans();

  MetricExporter metrics();

  /** Empty where log lines arrive in another way. */
  Optional<LogRecordExporter> logs();
}
