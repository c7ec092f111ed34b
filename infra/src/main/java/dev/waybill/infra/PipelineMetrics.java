package dev.waybill.infra;

import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.cloudwatch.IMetric;
import software.amazon.awscdk.services.cloudwatch.MathExpression;
import software.amazon.awscdk.services.cloudwatch.Metric;
import software.amazon.awscdk.services.cloudwatch.Stats;

/**
 * The metrics that jobs send, as CloudWatch has them: {@code collector-config/aws.yaml} declares
 * their dimensions, and jobs that send by themselves have the same.
 */
final class PipelineMetrics {

  static final Duration PERIOD = Duration.minutes(5);

  private final String namespace;

  PipelineMetrics(Settings settings) {
    this.namespace = settings.stackName();
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

  /** Percent of the rows read that were rejected, over all jobs. */
  IMetric rejectedPercent() {
    return MathExpression.Builder.create()
        .expression("IF(FILL(read, 0) > 0, 100 * FILL(rejected, 0) / read, 0)")
        .usingMetrics(new TreeMap<>(Map.of("read", rows("read"), "rejected", rows("rejected"))))
        .label("rejected rows, percent")
        .period(PERIOD)
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
