package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Alarms and dashboard: that they watch what exists, and that somebody hears of it. */
class WatchingTest {

  private static final Pattern SEARCHED =
      Pattern.compile("SEARCH\\('\\{([^}]*)\\} MetricName=\\\\*\"([^\"\\\\]+)");

  private final Deployment stack = Deployment.standard();

  @Test
  void everyAlarmReachesTheTopicAndSaysWhatItIs() {
    assertThat(stack.all("AWS::CloudWatch::Alarm").values())
        .hasSize(7)
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
            "waybill-collector-silent");
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

    assertThat(all).isEqualTo(14);
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

  /** ECS reports these at no charge: the samples of a minute are the tasks that ran in it. */
  @Test
  void collectorTasksAreCountedByWhatEcsReportsForEach() {
    JsonNode alarm = stack.one("AWS::CloudWatch::Alarm", "AlarmsCollectorDown");
    JsonNode samples = alarm.at("/Metrics/1/MetricStat");

    assertThat(alarm.at("/Metrics/0/Expression").asText()).isEqualTo("FILL(samples, 0) / 5");
    assertThat(samples.path("Stat").asText()).isEqualTo("SampleCount");
    assertThat(samples.path("Period").asInt()).as("five samples for each task").isEqualTo(300);
    assertThat(samples.at("/Metric/Namespace").asText()).isEqualTo("AWS/ECS");
    assertThat(samples.at("/Metric/MetricName").asText()).isEqualTo("CPUUtilization");
    assertThat(samples.at("/Metric/Dimensions").toString())
        .contains("\"ClusterName\"", "\"ServiceName\"");
    assertThat(alarm.path("Threshold").asDouble())
        .as("two tasks, give or take a sample")
        .isEqualTo(1.5);
    assertThat(alarm.path("EvaluationPeriods").asInt()).isEqualTo(3);
    assertThat(alarm.path("TreatMissingData").asText()).isEqualTo("breaching");
  }

  /** HeartbeatIT in {@code local} shows that a collector without jobs sends this. */
  @Test
  void aCollectorThatSaysNothingIsAnAlarm() {
    JsonNode alarm = stack.one("AWS::CloudWatch::Alarm", "AlarmsCollectorSilent");
    JsonNode heartbeat = alarm.at("/Metrics/0/MetricStat");

    assertThat(heartbeat.path("Stat").asText()).isEqualTo("SampleCount");
    assertThat(heartbeat.at("/Metric/MetricName").asText())
        .isEqualTo("otelcol_exporter_queue_size");
    assertThat(heartbeat.at("/Metric/Dimensions").toString())
        .isEqualTo("[{\"Name\":\"exporter\",\"Value\":\"otlp_http/metrics\"}]");
    assertThat(
            Deployment.yaml("collector-config/common.yaml")
                .path("exporters")
                .has("otlp_http/metrics"))
        .isTrue();
    assertThat(alarm.path("ComparisonOperator").asText()).isEqualTo("LessThanThreshold");
    assertThat(alarm.path("TreatMissingData").asText()).isEqualTo("breaching");
    assertThat(alarm.path("EvaluationPeriods").asInt() * heartbeat.path("Period").asInt())
        .as("seconds")
        .isEqualTo(900);
    assertThat(stack.resources().get("AlarmsCollectorSilent").path("DependsOn").toString())
        .contains("CollectorService");
  }

  /** CloudWatch knows a metric of ours only with dimensions that the collector declares. */
  @Test
  void everyMetricOfOursIsDeclaredToTheCollectorWithTheDimensionsThatAreAskedFor() {
    Set<String> asked = new TreeSet<>();
    for (JsonNode alarm : stack.all("AWS::CloudWatch::Alarm").values()) {
      alarm
          .path("Metrics")
          .forEach(
              each -> {
                JsonNode metric = each.at("/MetricStat/Metric");
                if (metric.path("Namespace").asText().equals("Waybill")) {
                  Set<String> names = new TreeSet<>();
                  metric.path("Dimensions").forEach(one -> names.add(one.path("Name").asText()));
                  asked.add(metric.path("MetricName").asText() + " " + names);
                }
              });
    }
    Matcher searched = SEARCHED.matcher(dashboard());
    while (searched.find()) {
      Set<String> names =
          new TreeSet<>(List.of(searched.group(1).replaceAll("[\\\\\"]", "").split(",")));
      assertThat(names).contains("Waybill");
      names.remove("Waybill");
      asked.add(searched.group(2) + " " + names);
    }
    assertThat(asked).hasSizeGreaterThanOrEqualTo(8);
    for (String each : asked) {
      String name = each.substring(0, each.indexOf(' '));
      assertThat(declared(name)).as(each).contains(each);
    }
  }

  @Test
  void theDashboardShowsRunsRowsFailuresAndTheCollector() {
    assertThat(dashboard())
        .contains(
            "ExecutionsStarted",
            "waybill.job.duration",
            "waybill.rows",
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

  private static List<String> declared(String metric) {
    JsonNode config = Deployment.yaml("collector-config/aws.yaml");
    List<String> declared = new ArrayList<>();
    config
        .at("/exporters/awsemf/metric_declarations")
        .forEach(
            declaration ->
                declaration
                    .path("metric_name_selectors")
                    .forEach(
                        selector -> {
                          if (metric.matches(selector.asText().replaceAll("^\\^|\\$$", ""))) {
                            declaration
                                .path("dimensions")
                                .forEach(
                                    set -> {
                                      Set<String> names = new TreeSet<>();
                                      set.forEach(name -> names.add(name.asText()));
                                      declared.add(metric + " " + names);
                                    });
                          }
                        }));
    return declared;
  }
}
