package dev.waybill.gluetracing.internal.otlp;

import dev.waybill.gluetracing.internal.trace.Deadline;
import dev.waybill.gluetracing.internal.trace.JobSpans;
import io.opentelemetry.api.logs.LoggerProvider;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.SdkLoggerProviderBuilder;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The OpenTelemetry SDK of one job: traces, metrics and logs. Everything it waits for is bounded;
 * what could not be sent is kept on disk and said once, never thrown.
 */
public final class OtlpTelemetry implements JobTelemetry {

  /** The bound of one export, and of the whole flush at the end. */
  public static final Duration BOUND = Duration.ofSeconds(4);

  private static final long LARGEST_FILE = 256L << 20;
  private static final Duration KEEPING_BOUND = Duration.ofSeconds(1);
  private static final Duration METRIC_INTERVAL = Duration.ofSeconds(5);

  private final OpenTelemetrySdk sdk;
  private final SpanExporter spanExporter;
  private final NextIds ids = new NextIds();
  private final UnsentTelemetry unsent = new UnsentTelemetry(Clock.systemUTC(), LARGEST_FILE);
  private final QueueCounts spanQueue = new QueueCounts("spans");
  private final QueueCounts logQueue = new QueueCounts("log records");
  private final Destination destination;
  private final ExportWarnings warnings;

  /** Starts the SDK; where the destination has a problem, all telemetry is kept. */
  public OtlpTelemetry(Destination destination, Resource resource, boolean sampled) {
    this.destination = destination;
    if (destination.problem().isPresent()) {
      unsent.giveUp();
    }
    this.spanExporter = destination.spans();
    this.sdk =
        OpenTelemetrySdk.builder()
            .setTracerProvider(tracerProvider(resource, sampled))
            .setMeterProvider(meterProvider(resource))
            .setLoggerProvider(loggerProvider(resource))
            .build();
    this.warnings = ExportWarnings.install();
  }

  @Override
  public Meter meter() {
    return sdk.getMeter(SCOPE);
  }

  @Override
  public LoggerProvider loggers() {
    return sdk.getLogsBridge();
  }

  @Override
  public JobSpans spans(String traceId, boolean sampled, TraceState state) {
    return new JobSpans(sdk.getTracer(SCOPE), ids, traceId, sampled, state);
  }

  @Override
  public void sendEarly(SpanData span) {
    if (destination.problem().isEmpty()) {
      spanExporter.export(List.of(span));
    }
  }

  @Override
  public void sendNoMore() {
    unsent.drop();
  }

  /** {@inheritDoc} What was not delivered within {@link #BOUND} is on disk a second later. */
  @Override
  public Optional<String> close(Optional<TelemetryFolder> folder, Deadline deadline) {
    unsent.tryAgain();
    CountDownLatch signals = new CountDownLatch(3);
    shutDown("spans", sdk.getSdkTracerProvider()::shutdown, signals);
    shutDown("metrics", sdk.getSdkMeterProvider()::shutdown, signals);
    shutDown("logs", sdk.getSdkLoggerProvider()::shutdown, signals);
    try {
      if (!await(signals, deadline.left(BOUND))) {
        unsent.giveUp();
        await(signals, deadline.left(KEEPING_BOUND));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      unsent.giveUp();
    }
    warnings.remove();
    return new Delivered(
            destination,
            Optional.ofNullable(warnings.first()).or(unsent::refusal),
            unsent.close(),
            unsent.lost(),
            spanQueue,
            logQueue)
        .notice(folder, deadline);
  }

  /** The SDK's reader of metrics waits inside its shutdown, for up to 15 seconds. */
  private static void shutDown(
      String signal, Supplier<CompletableResultCode> provider, CountDownLatch signals) {
    Deadline.daemon(
        "waybill-close-" + signal, () -> provider.get().whenComplete(signals::countDown));
  }

  private static boolean await(CountDownLatch signals, Duration time) throws InterruptedException {
    return signals.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  private SdkTracerProvider tracerProvider(Resource resource, boolean sampled) {
    return SdkTracerProvider.builder()
        .setResource(resource)
        .setIdGenerator(ids)
        .setSampler(sampled ? Sampler.alwaysOn() : Sampler.alwaysOff())
        .addSpanProcessor(spanQueue.spansCome())
        .addSpanProcessor(
            BatchSpanProcessor.builder(spanQueue.spansGo(unsent.spans(spanExporter))).build())
        .build();
  }

  private SdkMeterProvider meterProvider(Resource resource) {
    return SdkMeterProvider.builder()
        .setResource(resource)
        .registerMetricReader(
            PeriodicMetricReader.builder(unsent.metrics(destination.metrics()))
                .setInterval(METRIC_INTERVAL)
                .build())
        .build();
  }

  private SdkLoggerProvider loggerProvider(Resource resource) {
    SdkLoggerProviderBuilder provider = SdkLoggerProvider.builder().setResource(resource);
    destination
        .logs()
        .ifPresent(
            exporter ->
                provider
                    .addLogRecordProcessor(logQueue.logsCome())
                    .addLogRecordProcessor(
                        BatchLogRecordProcessor.builder(logQueue.logsGo(unsent.logs(exporter)))
                            .build()));
    return provider.build();
  }
}
