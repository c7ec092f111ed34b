package dev.waybill.infra;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.ArnFormat;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.cloudwatch.IMetric;
import software.amazon.awscdk.services.cloudwatch.Metric;
import software.amazon.awscdk.services.cloudwatch.Stats;
import software.amazon.awscdk.services.events.CfnRule;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.logs.LogGroup;
import software.constructs.Construct;

/**
 * Glue's own events for job runs that failed, counted and kept in a log group. A run can fail
 * before its code begins, and then sends no metric of its own.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html">Monitoring
 *     Amazon EventBridge</a>
 */
final class FailedJobRuns extends Construct {

  private final LogGroup log;
  private final CfnRule rule;

  FailedJobRuns(Construct scope, Settings settings, Logs logs, GlueJobs jobs) {
    super(scope, "FailedJobRuns");
    String name = settings.prefix() + "-failed-job-runs";
    this.log = logs.group(this, "Log", "/aws/events/" + name);
    this.rule =
        CfnRule.Builder.create(this, "Rule")
            .name(name)
            .description("Runs of the pipeline's Glue jobs that failed")
            .eventPattern(
                new TreeMap<>(
                    Map.of(
                        "source", List.of("aws.glue"),
                        "detail-type", List.of("Glue Job State Change"),
                        "detail",
                            new TreeMap<>(
                                Map.of(
                                    "jobName", jobs.specs().stream().map(jobs::name).toList(),
                                    "state", List.of("FAILED", "TIMEOUT"))))))
            .targets(
                List.of(CfnRule.TargetProperty.builder().id("Log").arn(targetArn(log)).build()))
            .build();
    // The streams in it, which is what the ":*" at the end of a log group's own ARN stands for.
    log.addToResourcePolicy(
        PolicyStatement.Builder.create()
            .principals(
                List.of(
                    new ServicePrincipal("events.amazonaws.com"),
                    new ServicePrincipal("delivery.logs.amazonaws.com")))
            .actions(List.of("logs:CreateLogStream", "logs:PutLogEvents"))
            .resources(List.of(log.getLogGroupArn()))
            .build());
  }

  /** Glue's own words on each failed job run. */
  LogGroup log() {
    return log;
  }

  /** How many job runs failed. There is no data before the first one. */
  IMetric count() {
    return Metric.Builder.create()
        .namespace("AWS/Events")
        .metricName("TriggeredRules")
        .dimensionsMap(Map.of("RuleName", rule.getRef()))
        .statistic(Stats.SUM)
        .period(PipelineMetrics.PERIOD)
        .label("failed job runs")
        .build();
  }

  /**
   * A log group's ARN as EventBridge takes it. With the {@code :*} that CloudFormation puts at its
   * end a rule deploys, and delivers nothing.
   */
  private static String targetArn(LogGroup group) {
    return Stack.of(group)
        .formatArn(
            ArnComponents.builder()
                .service("logs")
                .resource("log-group")
                .resourceName(group.getLogGroupName())
                .arnFormat(ArnFormat.COLON_RESOURCE_NAME)
                .build());
  }
}
