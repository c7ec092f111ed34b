package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Alarms and dashboard: that they watch what exists, and that somebody hears of it. */
class WatchingTest {

  private final Deployment stack = Deployment.standard();

  @Test
  void everyAlarmReachesTheTopicAndSaysWhatItIs() {
    assertThat(stack.all("AWS::CloudWatch::Alarm").values())
        .hasSize(8)
        .allSatisfy(
            alarm -> {
              assertThat(Deployment.texts(alarm.path("AlarmActions")))
                  .containsExactly("<AlarmsTopic>");
              assertThat(alarm.path("AlarmDescription").asText()).hasSizeGreaterThan(20);
            })
        .extracting(alarm -> alarm.path("AlarmName").asText())
        .containsExactlyInAnyOrder(
            "waybill-failed-executions",
            "waybill-failed-job-runs",
            "waybill-dead-letters",
            "waybill-rejected-rows",
            "waybill-collector-refusing",
            "waybill-collector-down",
            "waybill-collector-silent",
            "waybill-undelivered-telemetry");
  }

  /**
   * CloudWatch refuses an alarm of more than ten; and the operating guide counts what they cost.
   */
  @Test
  void noAlarmGrowsWithTheJobsAndTheGuideCountsTheirMetrics() {
    int all = 0;
    for (JsonNode alarm : stack.all("AWS::CloudWatch::Alarm").values()) {
      int metrics = 0;
      for (JsonNode each : alarm.path("Metrics")) {
        metrics += each.has("MetricStat") ? 1 : 0;
      }
      all += Math.max(1, metrics);
      assertThat(alarm.path("Metrics").size()).isLessThanOrEqualTo(10);
    }

    assertThat(all).isEqualTo(15);
    assertThat(stack.one("AWS::CloudWatch::Alarm", "AlarmsRejectedRows").toString())
        .doesNotContain("clean-listings");
  }

  @Test
  void failedJobRunsAreCountedAndKeptByEventBridge() {
    JsonNode rule = stack.one("AWS::Events::Rule", "FailedJobRunsRule");
    assertThat(rule.at("/EventPattern/detail/jobName").toString())
        .contains("waybill-clean-listings", "waybill-process-listings");
    assertThat(rule.at("/EventPattern/detail/state").toString())
        .isEqualTo("[\"FAILED\",\"TIMEOUT\"]");
    JsonNode alarm =
        stack
            .one("AWS::CloudWatch::Alarm", "AlarmsFailedJobRuns")
            .at("/Metrics/0/MetricStat/Metric");
    assertThat(alarm.path("MetricName").asText()).isEqualTo("TriggeredRules");
    assertThat(alarm.path("Dimensions")).hasSize(1);
    assertThat(alarm.at("/Dimensions/0/Name").asText()).isEqualTo("RuleName");
    assertThat(Deployment.text(alarm.at("/Dimensions/0/Value"))).isEqualTo("<FailedJobRunsRule>");
  }

  /**
   * EventBridge takes a log group's ARN without the {@code :*} that CloudFormation ends it with,
   * and writes to streams, whose ARNs are that with more behind it.
   */
  @Test
  void eventBridgeIsGivenTheLogGroupItself() throws IOException {
    JsonNode rule = stack.one("AWS::Events::Rule", "FailedJobRunsRule");
    String target = Deployment.text(rule.at("/Targets/0/Arn"));
    JsonNode policy =
        new ObjectMapper()
            .readTree(
                Deployment.text(
                    stack
                        .one("AWS::Logs::ResourcePolicy", "FailedJobRunsLogPolicyResourcePolicy")
                        .path("PolicyDocument")));

    assertThat(target)
        .isEqualTo(
            "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:<FailedJobRunsLog>");
    assertThat(stack.one("AWS::Logs::LogGroup", "FailedJobRunsLog").path("LogGroupName").asText())
        .as("EventBridge's console shows no others")
        .startsWith("/aws/events/");
    assertThat(policy.at("/Statement/0/Resource").asText())
        .as("CloudFormation's own ARN of the group, which ends in :*")
        .isEqualTo("<FailedJobRunsLog.Arn>");
    assertThat(Deployment.texts(policy.at("/Statement/0/Action")))
        .containsExactlyInAnyOrder("logs:CreateLogStream", "logs:PutLogEvents");
  }

  /** A metric without data, such as failures of a healthy pipeline, makes a bare sum no data. */
  @Test
  void everySumInAnAlarmFillsWhatHasNoData() {
    for (JsonNode alarm : stack.all("AWS::CloudWatch::Alarm").values()) {
      List<String> ids = new ArrayList<>();
      StringBuilder expressions = new StringBuilder();
      alarm
          .path("Metrics")
          .forEach(
              each -> {
                if (each.has("MetricStat")) {
                  ids.add(each.path("Id").asText());
                }
                expressions.append(each.path("Expression").asText()).append('\n');
              });
      if (ids.size() > 1) {
        assertThat(ids)
            .allSatisfy(id -> assertThat(expressions).contains("FILL(%s, 0)".formatted(id)));
      }
    }
  }

  @Test
  void theDashboardShowsRunsRowsFailuresAndTheCollector() {
    assertThat(dashboard())
        .contains(
            "ExecutionsStarted",
            "waybill.job.duration",
            "waybill.rows",
            "waybill.values.changed",
            "waybill.cost",
            "ApproximateNumberOfMessagesVisible",
            "Collector tasks",
            "MemoryUtilization",
            "otelcol_receiver_refused_spans",
            "otelcol_exporter_queue_size",
            "Newest failed job runs",
            "xray:service-map/map");
  }

  private String dashboard() {
    return Deployment.text(
        stack.one("AWS::CloudWatch::Dashboard", "Dashboard").path("DashboardBody"));
  }
}
