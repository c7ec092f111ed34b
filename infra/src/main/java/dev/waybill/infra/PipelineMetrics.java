package dev.waybill.infra;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.cloudwatch.IMetric;
import software.amazon.awscdk.services.cloudwatch.MathExpression;
import software.amazon.awscdk.services.cloudwatch.Metric;
import software.amazon.awscdk.services.cloudwatch.MetricOptions;
import software.amazon.awscdk.services.cloudwatch.Stats;

/**
 * The metrics that jobs and collector send, as CloudWatch has them: {@code
 * collector-config/aws.yaml} declares their dimensions.
 */
final class PipelineMetrics {

  static final Duration PERIOD = Duration.minutes(5);

  /** What the collector counts, and what it calls the pipeline. */
  private static final Map<String, String> SIGNALS =
      new TreeMap<>(Map.of("spans", "traces", "metric_points", "metrics", "log_records", "logs"));

  /** One for each signal, in {@code collector-config/common.yaml}. */
  private static final String EXPORTER = "otlp_http/%s";

  private final String namespace;
  private final Collector collector;

  PipelineMetrics(Settings settings, Collector collector) {
    this.namespace = settings.stackName();
    this.collector = collector;
  }

  /** One line per job and outcome. */
  IMetric rowsByOutcome() {
    return search("\"waybill.job\",\"waybill.outcome\"", "waybill.rows", Stats.SUM, "");
  }

  /** One line per job and reason. */
  IMetric rowsByReason() {
    return search(
        "\"waybill.job\",\"waybill.outcome\",\"waybill.reason\"", "waybill.rows", Stats.SUM, "");
  }

  /** Values filled in or replaced, one line per job, column and cause. */
  IMetric valuesChanged() {
    return search(
        "\"waybill.job\",\"waybill.column\",\"waybill.cause\"",
        "waybill.values.changed",
        Stats.SUM,
        "");
  }

  /** Seconds, one line per job and status. */
  IMetric duration(String statistic) {
    return search(
        "\"waybill.job\",\"waybill.status\"", "waybill.job.duration", statistic, statistic + " ");
  }

  /** US dollars for Glue, one line per job, by the jobs' own reckoning. */
  IMetric cost() {
    return search("\"waybill.job\"", "waybill.cost", Stats.SUM, "");
  }

  /** Percent of the rows read that were rejected, over all jobs. */
  IMetric rejectedPercent() {
    return MathExpression.Builder.create()
        .expression("IF(FILL(read, 0) > 0, 100 * FILL(rejected, 0) / read, 0)")
        .usingMetrics(new TreeMap<>(Map.of("read", rows("read"), "rejected", rows("rejected"))))
        .label("rejected rows, percent")
        .period(PERIOD)
        .build();
  }

  /** Spans, metric points and log records that the collector took. */
  IMetric collectorAccepted() {
    return sumOfSignals("accepted", "accepted", "otelcol_receiver_accepted_", "receiver", "otlp");
  }

  /** What it turned away; senders try again, and give up after a while. */
  IMetric collectorRefused() {
    return sumOfSignals("refused", "refused", "otelcol_receiver_refused_", "receiver", "otlp");
  }

  /** What X-Ray or CloudWatch called invalid; what they only refuse for a while, it keeps. */
  IMetric collectorFailed() {
    return sumOfSignals(
        "failed", "given up", "otelcol_exporter_send_failed_", "exporter", EXPORTER);
  }

  /** What waits in the collector until X-Ray or CloudWatch takes it, in bytes, by signal. */
  List<IMetric> collectorWaiting() {
    return SIGNALS.values().stream()
        .map(signal -> (IMetric) queueSize(signal, Stats.MAXIMUM, "waiting " + signal))
        .toList();
  }

  /**
   * How often the collector sent its own metrics. It does so every minute, also when no job runs,
   * and by the way that the jobs' metrics take.
   */
  IMetric collectorHeartbeat() {
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
  IMetric collectorTasks() {
    return MathExpression.Builder.create()
        .expression("FILL(samples, 0) / " + PERIOD.toMinutes())
        .usingMetrics(
            Map.of(
                "samples",
                collector
                    .service()
                    .metricCpuUtilization(
                        MetricOptions.builder()
                            .statistic(Stats.SAMPLE_COUNT)
                            .period(PERIOD)
                            .build())))
        .label("running tasks")
        .period(PERIOD)
        .build();
  }

  /** CPU and memory that the busiest task uses, in percent of what it has. */
  List<IMetric> collectorLoad() {
    MetricOptions busiest = MetricOptions.builder().statistic(Stats.MAXIMUM).period(PERIOD).build();
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
        .period(PERIOD)
        .label(label)
        .build();
  }

  private IMetric rows(String outcome) {
    return Metric.Builder.create()
        .namespace(namespace)
        .metricName("waybill.rows")
        .dimensionsMap(Map.of("waybill.outcome", outcome))
        .statistic(Stats.SUM)
        .period(PERIOD)
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
                    .period(PERIOD)
                    .build()));
    return MathExpression.Builder.create()
        .expression(
            using.keySet().stream()
                .map("FILL(%s, 0)"::formatted)
                .collect(Collectors.joining(" + ")))
        .usingMetrics(using)
        .label(label)
        .period(PERIOD)
        .build();
  }

  private IMetric search(String dimensions, String metric, String statistic, String label) {
    return MathExpression.Builder.create()
        .expression(
            "SEARCH('{\"%s\",%s} MetricName=\"%s\"', '%s', %d)"
                .formatted(namespace, dimensions, metric, statistic, PERIOD.toSeconds().intValue()))
        .usingMetrics(Map.of())
        .label(label)
        .period(PERIOD)
        .build();
  }
}
