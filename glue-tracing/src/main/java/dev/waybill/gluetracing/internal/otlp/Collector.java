package dev.waybill.gluetracing.internal.otlp;

import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A collector, or any other that takes OTLP/HTTP. The JDK's own client sends, because Glue's class
 * path has an old OkHttp and no gRPC.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp">OTLP/HTTP</a>
 * @param problem what is wrong with what the job was given; then nothing is sent
 */
public record Collector(Target toTraces, Target toMetrics, Target toLogs, Optional<String> problem)
    implements Destination {

  private static final RetryPolicy RETRIES =
      RetryPolicy.builder()
          .setMaxAttempts(3)
          .setInitialBackoff(Duration.ofMillis(200))
          .setMaxBackoff(Duration.ofSeconds(1))
          .build();

  @Override
  public String name() {
    return problem.isPresent()
        ? "the collector"
        : "the collector at "
            + Stream.of(toTraces, toMetrics, toLogs)
                .map(target -> "%s (%s)".formatted(target.place, target.argument))
                .distinct()
                .collect(Collectors.joining(" and "));
  }

  @Override
  public SpanExporter spans() {
    var exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(toTraces.url)
            .setCompression(toTraces.compression)
            .setTimeout(toTraces.timeout)
            .setRetryPolicy(RETRIES);
    toTraces.headers.forEach(exporter::addHeader);
    toTraces.trusted().ifPresent(exporter::setTrustedCertificates);
    return exporter.build();
  }

  @Override
  public MetricExporter metrics() {
    var exporter =
        OtlpHttpMetricExporter.builder()
            .setEndpoint(toMetrics.url)
            .setCompression(toMetrics.compression)
            .setAggregationTemporalitySelector(TEMPORALITY)
            .setDefaultAggregationSelector(AGGREGATION)
            .setTimeout(toMetrics.timeout)
            .setRetryPolicy(RETRIES);
    toMetrics.headers.forEach(exporter::addHeader);
    toMetrics.trusted().ifPresent(exporter::setTrustedCertificates);
    return exporter.build();
  }

  @Override
  public Optional<LogRecordExporter> logs() {
    var exporter =
        OtlpHttpLogRecordExporter.builder()
            .setEndpoint(toLogs.url)
            .setCompression(toLogs.compression)
            .setTimeout(toLogs.timeout)
            .setRetryPolicy(RETRIES);
    toLogs.headers.forEach(exporter::addHeader);
    toLogs.trusted().ifPresent(exporter::setTrustedCertificates);
    return Optional.of(exporter.build());
  }

  /**
   * Where a signal is sent.
   *
   * @param argument what the user calls it
   * @param place the URL that the user gave, without credentials
   * @param url of the signal
   * @param headers of each request; secret
   * @param certificate of those that are trusted, PEM; empty for the JVM's own
   * @param compression {@code gzip} or {@code none}
   * @param timeout of an export
   */
  public record Target(
      String argument,
      String place,
      String url,
      Map<String, String> headers,
      Optional<String> certificate,
      String compression,
      Duration timeout) {

    Optional<byte[]> trusted() {
      return certificate.map(pem -> pem.getBytes(StandardCharsets.US_ASCII));
    }

    /** Without what is secret. */
    @Override
    public String toString() {
      return url;
    }
  }
}
