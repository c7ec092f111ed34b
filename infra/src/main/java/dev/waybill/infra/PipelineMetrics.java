package dev.waybill.infra;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.cloudwatch.IMetric;
import software.amazon.awscdk.services.cloudwatch.MathExpression;
import software.amazon.awscdk.services.cloudwatch.Metric;
import software.amazon.awscdk.services.cloudwatch.Stats;

/**
 * The metrics that jobs and collector send, as CloudWatch has them: {@code
 * collector-config/aws.yaml} declares their dimensions.
 */
final class PipelineMetrics {

  static final Duration PERIOD = Duration.minutes(5);

  private static final String INSIGHTS = "ECS/ContainerInsights";

  private final String namespace;
  private final List<JobSpec> jobs;
  private final Collector collector;

  PipelineMetrics(Settings settings, List<JobSpec> jobs, Collector collector) {
    this.namespace = settings.stackName();
    this.jobs = jobs;
    this.collector = collector;
  }

  /** One line per job and outcome. */
  IMetric rowsByOutcome() {
    return search("\"waybill.job\",outcome", "waybill.rows", Stats.SUM, "");
  }

  /** One line per job and reason. */
  IMetric rowsByReason() {
    return search("\"waybill.job\",outcome,reason", "waybill.rows", Stats.SUM, "");
  }

  /** Seconds, one line per job and status. */
  IMetric duration(String statistic) {
    return search("\"waybill.job\",status", "waybill.job.duration", statistic, statistic + " ");
  }

  /** Percent of the rows read that were rejected. */
  IMetric rejectedPercent() {
    Map<String, IMetric> using = new HashMap<>();
    String read = sumOfJobs(using, "read");
    String rejected = sumOfJobs(using, "rejected");
    return MathExpression.Builder.create()
        .expression("IF((%s) > 0, 100 * (%s) / (%s), 0)".formatted(read, rejected, read))
        .usingMetrics(using)
        .label("rejected rows, percent")
        .period(PERIOD)
        .build();
  }

  /** Spans, metric points and log records that the collector took. */
  IMetric collectorAccepted() {
    return sumOfSignals("accepted", "accepted", "otelcol_receiver_accepted_");
  }

  /** What it turned away; senders try again, and give up after a while. */
  IMetric collectorRefused() {
    return sumOfSignals("refused", "refused", "otelcol_receiver_refused_");
  }

  /** What X-Ray or CloudWatch did not take from it. */
  IMetric collectorFailed() {
    return sumOfSignals("failed", "not delivered", "otelcol_exporter_send_failed_");
  }

  IMetric collectorTasks() {
    return Metric.Builder.create()
        .namespace(INSIGHTS)
        .metricName("RunningTaskCount")
        .dimensionsMap(
            Map.of(
                "ClusterName", collector.cluster().getClusterName(),
                "ServiceName", collector.service().getServiceName()))
        .statistic(Stats.MINIMUM)
        .period(PERIOD)
        .label("running tasks")
        .build();
  }

  private String sumOfJobs(Map<String, IMetric> using, String outcome) {
    List<String> terms = new ArrayList<>();
    for (JobSpec job : jobs) {
      String id = outcome + (terms.size() + 1);
      using.put(
          id,
          Metric.Builder.create()
              .namespace(namespace)
              .metricName("waybill.rows")
              .dimensionsMap(Map.of("waybill.job", job.name(), "outcome", outcome))
              .statistic(Stats.SUM)
              .period(PERIOD)
              .build());
      terms.add("FILL(%s, 0)".formatted(id));
    }
    return String.join(" + ", terms);
  }

  private IMetric sumOfSignals(String id, String label, String prefix) {
    Map<String, IMetric> using =
        Stream.of("spans", "metric_points", "log_records")
            .collect(
                Collectors.toMap(
                    signal -> id + "_" + signal,
                    signal ->
                        Metric.Builder.create()
                            .namespace(namespace)
                            .metricName(prefix + signal)
                            .statistic(Stats.SUM)
                            .period(PERIOD)
                            .build()));
    return MathExpression.Builder.create()
        .expression(
            using.keySet().stream()
                .sorted()
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
