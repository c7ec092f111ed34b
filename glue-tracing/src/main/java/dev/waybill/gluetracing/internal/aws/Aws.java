package dev.waybill.gluetracing.internal.aws;

import dev.waybill.gluetracing.internal.otlp.Destination;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Map;
import java.util.Optional;

/**
 * X-Ray and CloudWatch themselves, in the job's account and region. Log lines reach CloudWatch by
 * what the job prints.
 *
 * @param environment may name other endpoints, as {@code AWS_ENDPOINT_URL_XRAY} does
 * @param namespace of the metrics
 * @param logGroup of the metrics
 * @param logStream of the metrics, made by the first of them
 */
public record Aws(
    Map<String, String> environment, String namespace, String logGroup, String logStream)
    implements Destination {

  @Override
  public String name() {
    return "X-Ray or CloudWatch";
  }

  @Override
  public Optional<String> problem() {
    return Optional.empty();
  }

  @Override
  public SpanExporter spans() {
    return new SegmentExporter(new AwsCalls(AwsCalls.Service.XRAY, environment));
  }

  @Override
  public MetricExporter metrics() {
    return new MetricEventExporter(
        new AwsCalls(AwsCalls.Service.LOGS, environment), namespace, logGroup, logStream);
  }

  @Override
  public Optional<LogRecordExporter> logs() {
    return Optional.empty();
  }
}
