package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** That it is noticed when telemetry stops, and that what is watched is really sent. */
class TelemetryWatchingTest {

  private static final Pattern SEARCHED =
      Pattern.compile("SEARCH\\('\\{([^}]*)\\} MetricName=\\\\*\"([^\"\\\\]+)");

  private final Deployment stack = Deployment.standard();

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

  /** A job that can't reach the collector says so in its own log, in words that it must have. */
  @Test
  void aJobThatCanNotDeliverIsAnAlarm() throws IOException {
    Set<String> groups = new TreeSet<>();
    stack
        .all("AWS::Logs::MetricFilter")
        .values()
        .forEach(
            filter -> {
              groups.add(Deployment.text(filter.path("LogGroupName")));
              assertThat(filter.path("FilterPattern").asText())
                  .isEqualTo("\"" + UndeliveredTelemetry.WARNING + "\"");
              assertThat(filter.at("/MetricTransformations/0/MetricName").asText())
                  .isEqualTo("UndeliveredTelemetry");
            });

    assertThat(groups)
        .containsExactly(
            "<JobsCleanListingsError>",
            "<JobsCleanListingsOutput>",
            "<JobsError>",
            "<JobsOutput>",
            "<JobsProcessListingsError>",
            "<JobsProcessListingsOutput>");
    assertThat(
            stack
                .one("AWS::CloudWatch::Alarm", "AlarmsUndeliveredTelemetry")
                .at("/Metrics/0/MetricStat/Metric/MetricName")
                .asText())
        .isEqualTo("UndeliveredTelemetry");
    assertThat(textsOfTheJobsJar()).contains(UndeliveredTelemetry.WARNING);
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
                if (metric.path("Namespace").asText().equals("Waybill")
                    && !filtered().contains(metric.path("MetricName").asText())) {
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

  /** What CloudWatch makes of log lines, without the collector. */
  private Set<String> filtered() {
    Set<String> names = new TreeSet<>();
    stack
        .all("AWS::Logs::MetricFilter")
        .values()
        .forEach(filter -> names.add(filter.at("/MetricTransformations/0/MetricName").asText()));
    return names;
  }

  private static String textsOfTheJobsJar() throws IOException {
    StringBuilder texts = new StringBuilder();
    try (ZipFile jar = new ZipFile(Deployment.ARTIFACTS.jobJars().get(0).toFile())) {
      for (ZipEntry entry : Collections.list(jar.entries())) {
        if (entry.getName().startsWith("dev/waybill/gluetracing/")) {
          texts.append(
              new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1));
        }
      }
    }
    return texts.toString();
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
