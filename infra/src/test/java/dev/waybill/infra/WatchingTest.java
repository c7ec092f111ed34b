package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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
        .hasSize(6)
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
            "waybill-collector-down");
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

    assertThat(all).isEqualTo(13);
    assertThat(stack.one("AWS::CloudWatch::Alarm", "AlarmsRejectedRows").toString())
        .doesNotContain("clean-listings");
  }

  @Test
  void failedJobRunsAreHeardOfFromEventBridge() {
    JsonNode rule = stack.one("AWS::Events::Rule", "AlarmsFailedJobRunsRule");
    assertThat(rule.at("/EventPattern/detail/jobName").toString())
        .contains("waybill-clean-listings", "waybill-process-listings");
    assertThat(rule.at("/EventPattern/detail/state").toString())
        .isEqualTo("[\"FAILED\",\"TIMEOUT\"]");
    assertThat(Deployment.text(rule.at("/Targets/0/Arn")))
        .isEqualTo("<AlarmsFailedJobRunsLog.Arn>");
    JsonNode alarm =
        stack
            .one("AWS::CloudWatch::Alarm", "AlarmsFailedJobRuns")
            .at("/Metrics/0/MetricStat/Metric");
    assertThat(alarm.path("MetricName").asText()).isEqualTo("MatchedEvents");
    assertThat(Deployment.text(alarm.at("/Dimensions/0/Value")))
        .isEqualTo("<AlarmsFailedJobRunsRule>");
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
            "RunningTaskCount",
            "otelcol_receiver_refused_spans",
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
