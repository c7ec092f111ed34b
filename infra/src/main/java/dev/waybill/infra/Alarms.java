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
import software.amazon.awscdk.services.cloudwatch.TreatMissingData;
import software.amazon.awscdk.services.cloudwatch.actions.SnsAction;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.sns.ITopic;
import software.amazon.awscdk.services.sns.Topic;
import software.amazon.awscdk.services.sns.subscriptions.EmailSubscription;
import software.constructs.Construct;

/**
 * What a person is called for, by one topic. {@code docs/operating.md} says for each alarm what it
 * means and what to do.
 */
final class Alarms extends Construct {

  private final Settings settings;
  private final ITopic topic;

  Alarms(
      Construct scope,
      Settings settings,
      Logs logs,
      PipelineMetrics metrics,
      Workflow workflow,
      FailedJobRuns failedJobRuns,
      UndeliveredTelemetry undelivered,
      Trigger trigger) {
    super(scope, "Alarms");
    this.settings = settings;
    this.topic =
        settings.alarmTopic() == null
            ? ownTopic(logs)
            : Topic.fromTopicArn(this, "Topic", settings.alarmTopic());

    alarm(
        "FailedExecutions",
        "An execution of the workflow failed or ran out of time",
        MathExpression.Builder.create()
            .expression("FILL(failed, 0) + FILL(timedOut, 0)")
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
        failedJobRuns.count());
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
        "UndeliveredTelemetry",
        (settings.collector() ? "The collector" : "X-Ray or CloudWatch")
            + " did not take all telemetry of a job, which left it in the bucket",
        undelivered.count());
  }

  /** Adds those on a collector. */
  void watch(CollectorMetrics metrics) {
    alarm(
        "CollectorRefusing",
        "The collector refused telemetry, or X-Ray or CloudWatch refused the collector's",
        MathExpression.Builder.create()
            .expression("refused + failed")
            .usingMetrics(
                sorted(
                    Map.of(
                        "refused", metrics.refused(),
                        "failed", metrics.failed())))
            .label("refused or not delivered")
            .period(PipelineMetrics.PERIOD)
            .build());
    absence(
        "CollectorDown",
        "For 15 minutes fewer collector tasks ran than there should be",
        metrics.tasks(),
        Collector.TASKS - 0.5);
    absence(
            "CollectorSilent",
            "For 15 minutes nothing of the collector's own metrics reached CloudWatch: what jobs send"
                + " does not arrive either",
            metrics.heartbeat(),
            1)
        // Or it would sound at the first deployment, until there is a collector.
        .getNode()
        .addDependency(metrics.collector().service());
  }

  ITopic topic() {
    return topic;
  }

  private Topic ownTopic(Logs logs) {
    Topic own = Topic.Builder.create(this, "Topic").masterKey(logs.key()).enforceSsl(true).build();
    letAlarmsPublish(own);
    if (settings.alarmEmail() != null) {
      own.addSubscription(new EmailSubscription(settings.alarmEmail()));
    }
    return own;
  }

  /**
   * Replaces what SNS's default policy allowed: the topic has a policy of its own, for TLS only,
   * and CloudWatch publishes as a service.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services">Event
   *     sources and encrypted topics</a>
   */
  private void letAlarmsPublish(Topic topic) {
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

  /** Sounds after 15 minutes with less than this, or without any data. */
  private Alarm absence(String id, String description, IMetric metric, double least) {
    Alarm alarm =
        Alarm.Builder.create(this, id)
            .alarmName(settings.prefix() + "-" + hyphenated(id))
            .alarmDescription(description)
            .metric(metric)
            .comparisonOperator(ComparisonOperator.LESS_THAN_THRESHOLD)
            .threshold(least)
            .evaluationPeriods(3)
            .treatMissingData(TreatMissingData.BREACHING)
            .build();
    alarm.addAlarmAction(new SnsAction(topic));
    return alarm;
  }

  /** In an order that is the same in every JVM, so that the template is. */
  private static Map<String, IMetric> sorted(Map<String, IMetric> metrics) {
    return new TreeMap<>(metrics);
  }

  private static String hyphenated(String id) {
    return id.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }
}
