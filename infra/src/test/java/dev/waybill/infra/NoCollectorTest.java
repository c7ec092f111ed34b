package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The stack of {@code -c collector=none}: jobs send by themselves, and nothing idles. */
class NoCollectorTest {

  private static final String METRICS = "CollectorMetrics";

  private final Deployment stack = Deployment.with(Map.of("collector", "none"));

  @Test
  void hasNothingThatCostsMoneyByTheHour() {
    Set<String> services = new TreeSet<>();
    stack
        .resources()
        .values()
        .forEach(resource -> services.add(resource.path("Type").asText().split("::")[1]));

    assertThat(services)
        .doesNotContain(
            "EC2",
            "ECS",
            "ElasticLoadBalancingV2",
            "ServiceDiscovery",
            "ApplicationAutoScaling",
            "SSM");
    assertThat(stack.all("AWS::Glue::Connection")).isEmpty();
  }

  @Test
  void tellsTheJobsWhereToSendAndPutsThemIntoNoNetwork() {
    for (String job : List.of("CleanListings", "ProcessListings")) {
      JsonNode made = stack.one("AWS::Glue::Job", "Jobs" + job);
      JsonNode arguments = made.path("DefaultArguments");

      assertThat(made.has("Connections")).isFalse();
      assertThat(arguments.has("--otlp_endpoint")).isFalse();
      assertThat(arguments.path("--telemetry").asText()).isEqualTo("aws");
      assertThat(arguments.path("--metrics_namespace").asText()).isEqualTo("Waybill");
      assertThat(Deployment.text(arguments.path("--metrics_log_group"))).isEqualTo("<%s>", METRICS);
    }
  }

  /** X-Ray's console shows a trace's log lines by the groups that its segments name. */
  @Test
  void namesTheGroupsThatGetWhatAJobPrintsAsThoseOfItsLogRecords() {
    assertThat(
            Deployment.text(
                stack
                    .one("AWS::Glue::Job", "JobsCleanListings")
                    .at("/DefaultArguments/--log_group_names")))
        .isEqualTo(
            "/aws-glue/waybill/<JobsSecurity>-role/<JobsCleanListingsRole>/output,/aws-glue/waybill/output");
    assertThat(
            stack.all("AWS::Logs::LogGroup").values().stream()
                .map(group -> Deployment.text(group.path("LogGroupName"))))
        .contains(
            "/aws-glue/waybill/<JobsSecurity>-role/<JobsCleanListingsRole>/output",
            "/aws-glue/waybill/output");
  }

  /** Or a deployment that changes the switch makes a group whose name is taken. */
  @Test
  void keepsTheMetricsGroupOfAStackThatHadACollector() {
    assertThat(logicalId(stack)).isEqualTo(logicalId(Deployment.standard()));
    assertThat(stack.one("AWS::Logs::LogGroup", METRICS))
        .isEqualTo(Deployment.standard().one("AWS::Logs::LogGroup", METRICS));
  }

  @Test
  void itsRolesMayDoNothingInANetwork() {
    assertThat(stack.resources().toString()).doesNotContain("ec2:", "glue:GetConnection");
  }

  @Test
  void everyAlarmButThoseOnTheCollectorIsThere() {
    Set<String> alarms = names(stack);
    Set<String> gone = names(Deployment.standard());
    gone.removeAll(alarms);

    assertThat(gone)
        .containsExactly(
            "waybill-collector-down", "waybill-collector-refusing", "waybill-collector-silent");
    assertThat(alarms).contains("waybill-undelivered-telemetry", "waybill-rejected-rows");
    assertThat(
            stack
                .one("AWS::CloudWatch::Alarm", "AlarmsUndeliveredTelemetry")
                .path("AlarmDescription")
                .asText())
        .startsWith("X-Ray or CloudWatch did not take all telemetry of a job");
  }

  /** What a collector would send is on no dashboard and in no alarm. */
  @Test
  void asksForTheJobsMetricsInTheSameWordsAndForNoOthers() {
    String dashboard = dashboard(stack);
    for (String metric :
        List.of("waybill.rows", "waybill.values.changed", "waybill.job.duration")) {
      List<String> asked = searches(dashboard, metric);
      assertThat(asked).isNotEmpty().isEqualTo(searches(dashboard(Deployment.standard()), metric));
    }
    assertThat(stack.one("AWS::CloudWatch::Alarm", "AlarmsRejectedRows"))
        .isEqualTo(Deployment.standard().one("AWS::CloudWatch::Alarm", "AlarmsRejectedRows"));
    assertThat(dashboard).contains("UndeliveredTelemetry");
    assertThat(dashboard + stack.all("AWS::CloudWatch::Alarm"))
        .doesNotContain("otelcol_", "AWS/ECS", "Collector");
  }

  @ParameterizedTest
  @CsvSource({
    "vpcId, vpc-0a1b2c3d4e5f67890",
    "natGateways, 2",
    "endpoints, xray",
    "s3PrefixList, pl-6da54004",
    "traces, otlp",
    "keepPercent, 10"
  })
  void refusesASwitchThatIsAboutACollector(String name, String value) {
    assertThatThrownBy(() -> Settings.of(Map.of("collector", "none", name, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "context switches collector=none and %s exclude each other: without a collector", name);
  }

  @Test
  void theGuidesCostsAddUpAndCountTheAlarmsThatAreDeployed() throws IOException {
    String guide = Files.readString(Deployment.ROOT.resolve("docs/production.md"));
    List<String[]> rows =
        guide
            .substring(guide.indexOf("| idle, a month"))
            .lines()
            .skip(2)
            .takeWhile(line -> line.startsWith("|"))
            .map(line -> line.replace("*", "").split(" *\\| *", -1))
            .toList();
    for (int column : List.of(2, 3)) {
      BigDecimal sum = BigDecimal.ZERO;
      for (String[] row : rows.subList(0, rows.size() - 1)) {
        sum = sum.add(new BigDecimal(row[column].isEmpty() ? "0" : row[column]));
      }
      assertThat(sum).isEqualTo(new BigDecimal(rows.get(rows.size() - 1)[column]));
    }
    int metrics =
        stack.all("AWS::CloudWatch::Alarm").values().stream()
            .mapToInt(alarm -> Math.max(1, alarm.findValues("MetricStat").size()))
            .sum();
    assertThat(guide).contains("without a collector %d |".formatted(metrics));
    assertThat(Files.readString(Deployment.ROOT.resolve("docs/operating.md")))
        .contains("costs $%s.".formatted(rows.get(rows.size() - 1)[3]));
  }

  private static String logicalId(Deployment deployment) {
    return deployment.json().path("Resources").properties().stream()
        .map(Map.Entry::getKey)
        .filter(id -> Deployment.shortId(id).equals(METRICS))
        .findFirst()
        .orElseThrow();
  }

  private static Set<String> names(Deployment deployment) {
    Set<String> names = new TreeSet<>();
    deployment
        .all("AWS::CloudWatch::Alarm")
        .values()
        .forEach(alarm -> names.add(alarm.path("AlarmName").asText()));
    return names;
  }

  private static String dashboard(Deployment deployment) {
    return Deployment.text(
        deployment.one("AWS::CloudWatch::Dashboard", "Dashboard").path("DashboardBody"));
  }

  private static List<String> searches(String dashboard, String metric) {
    List<String> found = new ArrayList<>();
    for (String part : dashboard.split("SEARCH\\(")) {
      if (part.contains("MetricName=") && part.split("\\)")[0].contains(metric)) {
        found.add(part.split("\\)")[0]);
      }
    }
    return found;
  }
}
