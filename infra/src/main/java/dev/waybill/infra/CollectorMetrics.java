package dev.waybill.infra;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awscdk.services.cloudwatch.IMetric;
import software.amazon.awscdk.services.cloudwatch.MathExpression;
import software.amazon.awscdk.services.cloudwatch.Metric;
import software.amazon.awscdk.services.cloudwatch.MetricOptions;
import software.amazon.awscdk.services.cloudwatch.Stats;

/** What the collector says of itself, and ECS of it. */
final class CollectorMetrics {

  /** What the collector counts, and what it calls the pipeline. */
  private static final Map<String, String> SIGNALS =
      new TreeMap<>(Map.of("spans", "traces", "metric_points", "metrics", "log_records", "logs"));

  /** One for each signal, in {@code collector-config/common.yaml}. */
  private static final String EXPORTER = "otlp_http/%s";

  private final String namespace;
  private final Collector collector;

  CollectorMetrics(Settings settings, Collector collector) {
    this.namespace = settings.stackName();
    this.collector = collector;
  }

  Collector collector() {
    return collector;
  }

  /** Spans, metric points and log records that it took. */
  IMetric accepted() {
    return sumOfSignals("accepted", "accepted", "otelcol_receiver_accepted_", "receiver", "otlp");
  }

  /** What it refused; senders try again, and give up after a while. */
  IMetric refused() {
    return sumOfSignals("refused", "refused", "otelcol_receiver_refused_", "receiver", "otlp");
  }

  /** What X-Ray or CloudWatch called invalid; what they only refuse for a while, it keeps. */
  IMetric failed() {
    return sumOfSignals(
        "failed", "given up", "otelcol_exporter_send_failed_", "exporter", EXPORTER);
  }

  /** What waits in the collector until X-Ray or CloudWatch takes it, in bytes, by signal. */
  List<IMetric> waiting() {
    return SIGNALS.values().stream()
        .map(signal -> (IMetric) queueSize(signal, Stats.MAXIMUM, "waiting " + signal))
        .toList();
  }

  /**
   * How often the collector sent its own metrics. It does so every minute, also when no job runs,
   * and by the way that the jobs' metrics take.
   */
  IMetric heartbeat() {
    return queueSize("metrics", Stats.SAMPLE_COUNT, "heartbeats");
  }

  /**
   * Running tasks. ECS reports the CPU of each task once a minute and at no charge, so that its
   * samples count the tasks; one more or less in five minutes is no difference.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html">Amazon
   *     ECS CloudWatch metrics</a>
   */
  IMetric tasks() {
    return MathExpression.Builder.create()
        .expression("FILL(samples, 0) / " + PipelineMetrics.PERIOD.toMinutes())
        .usingMetrics(
            Map.of(
                "samples",
                collector
                    .service()
                    .metricCpuUtilization(
                        MetricOptions.builder()
                            .statistic(Stats.SAMPLE_COUNT)
                            .period(PipelineMetrics.PERIOD)
                            .build())))
        .label("running tasks")
        .period(PipelineMetrics.PERIOD)
        .build();
  }

  /** CPU and memory that the busiest task uses, in percent of what it has. */
  List<IMetric> load() {
    MetricOptions busiest =
        MetricOptions.builder().statistic(Stats.MAXIMUM).period(PipelineMetrics.PERIOD).build();
    return List.of(
        collector.service().metricCpuUtilization(busiest),
        collector.service().metricMemoryUtilization(busiest));
  }

  private Metric queueSize(String signal, String statistic, String label) {
    return Metric.Builder.create()
        .namespace(namespace)
        .metricName("otelcol_exporter_queue_size")
        .dimensionsMap(Map.of("exporter", EXPORTER.formatted(signal)))
        .statistic(statistic)
        .period(PipelineMetrics.PERIOD)
        .label(label)
        .build();
  }

  private IMetric sumOfSignals(
      String id, String label, String prefix, String dimension, String component) {
    Map<String, IMetric> using = new TreeMap<>();
    SIGNALS.forEach(
        (counted, signal) ->
            using.put(
                id + "_" + counted,
                Metric.Builder.create()
                    .namespace(namespace)
                    .metricName(prefix + counted)
                    .dimensionsMap(Map.of(dimension, component.formatted(signal)))
                    .statistic(Stats.SUM)
                    .period(PipelineMetrics.PERIOD)
                    .build()));
    return MathExpression.Builder.create()
        .expression(
            using.keySet().stream()
                .map("FILL(%s, 0)"::formatted)
                .collect(Collectors.joining(" + ")))
        .usingMetrics(using)
        .label(label)
        .period(PipelineMetrics.PERIOD)
        .build();
  }
}
