package dev.waybill.gluetracing;

import io.opentelemetry.api.logs.LoggerProvider;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporterBuilder;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporterBuilder;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.opentelemetry.sdk.metrics.export.DefaultAggregationSelector;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The OpenTelemetry SDK of one job: traces, metrics and logs over OTLP/HTTP with the JDK's own
 * client, because Glue's class path has an old OkHttp and no gRPC. Everything it waits for is
 * bounded; what could not be sent is kept on disk and said once, never thrown.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp">OTLP/HTTP</a>
 */
final class JobTelemetry {

  /** The bound of one export, and of the whole flush at the end. */
  static final Duration BOUND = Duration.ofSeconds(5);

  /** OpenTelemetry's default. */
  static final String DEFAULT_ENDPOINT = "http://localhost:4318";

  private static final long LARGEST_FILE = 256L << 20;
  private static final Duration KEEPING_BOUND = Duration.ofSeconds(1);
  private static final String ARGUMENT = "job argument --" + TracedJob.OTLP_ENDPOINT;
  private static final Duration METRIC_INTERVAL = Duration.ofSeconds(5);
  private static final String SCOPE = "dev.waybill.glue-tracing";
  private static final RetryPolicy RETRIES =
      RetryPolicy.builder()
          .setMaxAttempts(3)
          .setInitialBackoff(Duration.ofMillis(200))
          .setMaxBackoff(Duration.ofSeconds(1))
          .build();

  private final OpenTelemetrySdk sdk;
  private final SpanExporter spanExporter;
  private final JobSpans.NextIds ids = new JobSpans.NextIds();
  private final ExportWarnings warnings = ExportWarnings.install();
  private final UnsentTelemetry unsent = new UnsentTelemetry(Clock.systemUTC(), LARGEST_FILE);
  private final Collector collector;

  /**
   * Starts the SDK.
   *
   * @param endpoint the collector's base URL, for example {@code
   *     http://collector.waybill.internal:4318}; of any other text the job warns at its end, and
   *     all its telemetry is kept
   */
  JobTelemetry(String endpoint, Resource resource, boolean sampled) {
    this.collector = Collector.of(endpoint);
    if (collector.problem.isPresent()) {
      unsent.giveUp();
    }
    this.spanExporter = spanExporter();
    this.sdk =
        OpenTelemetrySdk.builder()
            .setTracerProvider(tracerProvider(resource, sampled))
            .setMeterProvider(meterProvider(resource))
            .setLoggerProvider(loggerProvider(resource))
            .build();
  }

  private JobTelemetry() {
    this.collector = Collector.of(DEFAULT_ENDPOINT);
    this.spanExporter = null;
    this.sdk =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .setIdGenerator(ids)
                    .setSampler(Sampler.alwaysOff())
                    .build())
            .build();
  }

  /** One that records nothing and sends nothing. */
  static JobTelemetry off() {
    return new JobTelemetry();
  }

  Meter meter() {
    return sdk.getMeter(SCOPE);
  }

  LoggerProvider loggers() {
    return sdk.getLogsBridge();
  }

  JobSpans spans(String traceId, boolean sampled) {
    return new JobSpans(sdk.getTracer(SCOPE), ids, traceId, sampled);
  }

  /** Sends a span's present state ahead of its end, in the background. */
  void sendEarly(SpanData span) {
    if (collector.problem.isEmpty()) {
      spanExporter.export(List.of(span));
    }
  }

  /**
   * Flushes and shuts down within {@link #BOUND} and a second; what was not delivered by then is on
   * disk.
   *
   * @param folder where that is copied, or empty; it takes {@link TelemetryFolder#BOUND} at most
   * @return what an on-call should know of telemetry that did not arrive, or empty where all did
   */
  Optional<String> close(Optional<TelemetryFolder> folder) {
    unsent.tryAgain();
    CompletableResultCode done =
        CompletableResultCode.ofAll(
                List.of(
                    sdk.getSdkTracerProvider().shutdown(),
                    sdk.getSdkMeterProvider().shutdown(),
                    sdk.getSdkLoggerProvider().shutdown()))
            .join(BOUND.toMillis(), TimeUnit.MILLISECONDS);
    if (!done.isDone()) {
      unsent.giveUp();
      done.join(KEEPING_BOUND.toMillis(), TimeUnit.MILLISECONDS);
    }
    warnings.remove();
    Optional<Path> kept = unsent.close();
    Optional<String> lost = unsent.lost();
    return kept.isEmpty() && lost.isEmpty() && collector.problem.isEmpty()
        ? Optional.empty()
        : Optional.of(notice(kept, lost, folder));
  }

  private String notice(
      Optional<Path> kept, Optional<String> lost, Optional<TelemetryFolder> folder) {
    String place =
        kept.map(
                files ->
                    " What is missing there is in %s; send it with: waybill replay FOLDER --otlp-endpoint URL"
                        .formatted(folder.map(copy -> copy.take(files)).orElse(files.toString())))
            .orElse("");
    return "the collector%s did not take all telemetry of this job: %s.%s%s"
        .formatted(
            collector.problem.isPresent()
                ? ""
                : " at %s (%s)".formatted(collector.endpoint, ARGUMENT),
            collector.problem.orElseGet(this::failure),
            lost.map(what -> " " + what + ".").orElse(""),
            place);
  }

  private String failure() {
    return Objects.requireNonNullElse(
        warnings.first(), "no answer within " + BOUND.toSeconds() + " s");
  }

  private SdkTracerProvider tracerProvider(Resource resource, boolean sampled) {
    return SdkTracerProvider.builder()
        .setResource(resource)
        .setIdGenerator(ids)
        .setSampler(sampled ? Sampler.alwaysOn() : Sampler.alwaysOff())
        .addSpanProcessor(BatchSpanProcessor.builder(unsent.spans(spanExporter)).build())
        .build();
  }

  private SpanExporter spanExporter() {
    OtlpHttpSpanExporterBuilder exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(collector.endpoint.url("traces"))
            .setTimeout(BOUND)
            .setRetryPolicy(RETRIES);
    collector.endpoint.headers().forEach(exporter::addHeader);
    return exporter.build();
  }

  private SdkMeterProvider meterProvider(Resource resource) {
    OtlpHttpMetricExporterBuilder exporter =
        OtlpHttpMetricExporter.builder()
            .setEndpoint(collector.endpoint.url("metrics"))
            // A job's exports may reach any collector task: each says what is new.
            .setAggregationTemporalitySelector(AggregationTemporalitySelector.deltaPreferred())
            // Buckets as narrow as the values allow: percentiles of a few jobs, seconds or hours.
            .setDefaultAggregationSelector(
                DefaultAggregationSelector.getDefault()
                    .with(InstrumentType.HISTOGRAM, Aggregation.base2ExponentialBucketHistogram()))
            .setTimeout(BOUND)
            .setRetryPolicy(RETRIES);
    collector.endpoint.headers().forEach(exporter::addHeader);
    return SdkMeterProvider.builder()
        .setResource(resource)
        .registerMetricReader(
            PeriodicMetricReader.builder(unsent.metrics(exporter.build()))
                .setInterval(METRIC_INTERVAL)
                .build())
        .build();
  }

  private SdkLoggerProvider loggerProvider(Resource resource) {
    OtlpHttpLogRecordExporterBuilder exporter =
        OtlpHttpLogRecordExporter.builder()
            .setEndpoint(collector.endpoint.url("logs"))
            .setTimeout(BOUND)
            .setRetryPolicy(RETRIES);
    collector.endpoint.headers().forEach(exporter::addHeader);
    return SdkLoggerProvider.builder()
        .setResource(resource)
        .addLogRecordProcessor(
            BatchLogRecordProcessor.builder(unsent.logs(exporter.build())).build())
        .build();
  }

  /**
   * Where telemetry is sent.
   *
   * @param endpoint the default where the job was given none that can be used; it is not asked then
   * @param problem what is wrong with the one that the job was given
   */
  private record Collector(OtlpEndpoint endpoint, Optional<String> problem) {

    static Collector of(String given) {
      try {
        return new Collector(OtlpEndpoint.parse(ARGUMENT, given), Optional.empty());
      } catch (IllegalArgumentException e) {
        return new Collector(
            OtlpEndpoint.parse(ARGUMENT, DEFAULT_ENDPOINT), Optional.of(e.getMessage()));
      }
    }
  }
}
