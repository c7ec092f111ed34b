package dev.waybill.infra;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.cloudwatch.Alarm;
import software.amazon.awscdk.services.cloudwatch.ComparisonOperator;
import software.amazon.awscdk.services.cloudwatch.IMetric;
import software.amazon.awscdk.services.cloudwatch.MathExpression;
import software.amazon.awscdk.services.cloudwatch.Metric;
import software.amazon.awscdk.services.cloudwatch.Stats;
import software.amazon.awscdk.services.cloudwatch.TreatMissingData;
import software.amazon.awscdk.services.cloudwatch.actions.SnsAction;
import software.amazon.awscdk.services.events.CfnRule;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.sns.Topic;
import software.amazon.awscdk.services.sns.subscriptions.EmailSubscription;
import software.constructs.Construct;

/**
 * What a person is called for, by one topic. {@code docs/operating.md} says for each alarm what it
 * means and what to do.
 */
final class Alarms extends Construct {

  private final Settings settings;
  private final Topic topic;
  private final LogGroup failedJobRuns;

  Alarms(
      Construct scope,
      Settings settings,
      Logs logs,
      PipelineMetrics metrics,
      Workflow workflow,
      GlueJobs jobs,
      Trigger trigger) {
    super(scope, "Alarms");
    this.settings = settings;
    this.topic = Topic.Builder.create(this, "Topic").masterKey(logs.key()).enforceSsl(true).build();
    letAlarmsPublish();
    if (settings.alarmEmail() != null) {
      topic.addSubscription(new EmailSubscription(settings.alarmEmail()));
    }
    this.failedJobRuns =
        logs.group(
            this,
            "FailedJobRunsLog",
            "/aws/events/%s-failed-job-runs".formatted(settings.prefix()));

    alarm(
        "FailedExecutions",
        "An execution of the workflow failed or ran out of time",
        MathExpression.Builder.create()
            .expression("failed + timedOut")
            .usingMetrics(
                sorted(
                    Map.of(
                        "failed", workflow.machine().metricFailed(),
                        "timedOut", workflow.machine().metricTimedOut())))
            .label("failed executions")
            .period(PipelineMetrics.PERIOD)
            .build());
    alarm(
        "FailedJobRuns",
        "A Glue job run failed or ran out of time, perhaps before it could report anything itself",
        failedJobRuns(jobs));
    alarm(
        "DeadLetters",
        "An upload's event failed three times: no execution was started for it",
        trigger.deadLetters().metricApproximateNumberOfMessagesVisible());
    alarm(
        "RejectedRows",
        "At least %d %% of the rows read were rejected".formatted(settings.rejectedPercent()),
        metrics.rejectedPercent(),
        settings.rejectedPercent());
    alarm(
        "CollectorRefusing",
        "The collector refused telemetry, or X-Ray or CloudWatch refused the collector's",
        MathExpression.Builder.create()
            .expression("refused + failed")
            .usingMetrics(
                sorted(
                    Map.of(
                        "refused", metrics.collectorRefused(),
                        "failed", metrics.collectorFailed())))
            .label("refused or not delivered")
            .period(PipelineMetrics.PERIOD)
            .build());
    Alarm.Builder.create(this, "CollectorDown")
        .alarmName(settings.prefix() + "-collector-down")
        .alarmDescription("For 15 minutes fewer collector tasks ran than there should be")
        .metric(metrics.collectorTasks())
        .comparisonOperator(ComparisonOperator.LESS_THAN_THRESHOLD)
        .threshold(Collector.TASKS)
        .evaluationPeriods(3)
        .treatMissingData(TreatMissingData.BREACHING)
        .build()
        .addAlarmAction(new SnsAction(topic));
  }

  /** Glue's own words on each failed job run. */
  LogGroup failedJobRunsLog() {
    return failedJobRuns;
  }

  Topic topic() {
    return topic;
  }

  /**
   * Replaces what SNS's default policy allowed: the topic has a policy of its own, for TLS only,
   * and CloudWatch publishes as a service.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services">Event
   *     sources and encrypted topics</a>
   */
  private void letAlarmsPublish() {
    topic.addToResourcePolicy(
        PolicyStatement.Builder.create()
            .sid("AlarmsPublish")
            .principals(List.of(new ServicePrincipal("cloudwatch.amazonaws.com")))
            .actions(List.of("sns:Publish"))
            .resources(List.of(topic.getTopicArn()))
            .conditions(
                Map.of("StringEquals", Map.of("aws:SourceAccount", Stack.of(this).getAccount())))
            .build());
  }

  /** Counts what EventBridge hears of Glue, for a run may fail before any metric of it exists. */
  private IMetric failedJobRuns(GlueJobs jobs) {
    CfnRule rule =
        CfnRule.Builder.create(this, "FailedJobRunsRule")
            .name(settings.prefix() + "-failed-job-runs")
            .description("Runs of the pipeline's Glue jobs that failed")
            .eventPattern(
                Map.of(
                    "source", List.of("aws.glue"),
                    "detail-type", List.of("Glue Job State Change"),
                    "detail",
                        Map.of(
                            "jobName", jobs.specs().stream().map(jobs::name).toList(),
                            "state", List.of("FAILED", "TIMEOUT"))))
            .targets(
                List.of(
                    CfnRule.TargetProperty.builder()
                        .id("Log")
                        .arn(failedJobRuns.getLogGroupArn())
                        .build()))
            .build();
    failedJobRuns.addToResourcePolicy(
        PolicyStatement.Builder.create()
            .principals(
                List.of(
                    new ServicePrincipal("events.amazonaws.com"),
                    new ServicePrincipal("delivery.logs.amazonaws.com")))
            .actions(List.of("logs:CreateLogStream", "logs:PutLogEvents"))
            .resources(List.of(failedJobRuns.getLogGroupArn()))
            .build());
    return Metric.Builder.create()
        .namespace("AWS/Events")
        .metricName("MatchedEvents")
        .dimensionsMap(Map.of("RuleName", rule.getRef()))
        .statistic(Stats.SUM)
        .period(PipelineMetrics.PERIOD)
        .label("failed job runs")
        .build();
  }

  private void alarm(String id, String description, IMetric metric) {
    alarm(id, description, metric, 1);
  }

  private void alarm(String id, String description, IMetric metric, int threshold) {
    Alarm.Builder.create(this, id)
        .alarmName(settings.prefix() + "-" + hyphenated(id))
        .alarmDescription(description)
        .metric(metric)
        .comparisonOperator(ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD)
        .threshold(threshold)
        .evaluationPeriods(1)
        .treatMissingData(TreatMissingData.NOT_BREACHING)
        .build()
        .addAlarmAction(new SnsAction(topic));
  }

  /** In an order that is the same in every JVM, so that the template is. */
  private static Map<String, IMetric> sorted(Map<String, IMetric> metrics) {
    return new TreeMap<>(metrics);
  }

  private static String hyphenated(String id) {
    return id.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }
}
