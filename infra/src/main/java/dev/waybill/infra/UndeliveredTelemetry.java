package dev.waybill.infra;

import java.util.List;
import software.amazon.awscdk.services.cloudwatch.IMetric;
import software.amazon.awscdk.services.cloudwatch.Metric;
import software.amazon.awscdk.services.cloudwatch.Stats;
import software.amazon.awscdk.services.logs.FilterPattern;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.MetricFilter;
import software.constructs.Construct;

/**
 * Counts the jobs whose telemetry the collector did not take. Each says so in its own log, which
 * reaches CloudWatch without the collector.
 */
final class UndeliveredTelemetry extends Construct {

  /** Part of the warning that a traced job ends with. */
  static final String WARNING = "did not take all telemetry of this job";

  private static final String METRIC = "UndeliveredTelemetry";

  private final String namespace;

  UndeliveredTelemetry(Construct scope, Settings settings, GlueJobs jobs) {
    super(scope, "UndeliveredTelemetry");
    this.namespace = settings.stackName();
    List<LogGroup> groups = jobs.logGroups();
    for (LogGroup group : groups) {
      MetricFilter.Builder.create(this, group.getNode().getId())
          .logGroup(group)
          .filterPattern(FilterPattern.literal('"' + WARNING + '"'))
          .metricNamespace(namespace)
          .metricName(METRIC)
          .metricValue("1")
          .build();
    }
  }

  /** How many jobs could not deliver all. There is no data before the first one. */
  IMetric count() {
    return Metric.Builder.create()
        .namespace(namespace)
        .metricName(METRIC)
        .statistic(Stats.SUM)
        .period(PipelineMetrics.PERIOD)
        .label("jobs with undelivered telemetry")
        .build();
  }
}
