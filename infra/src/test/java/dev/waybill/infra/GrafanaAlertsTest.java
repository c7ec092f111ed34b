package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * The alert rules of the local profile: that they sound when they should, and are the alarms of AWS
 * as far as both have the figures.
 */
class GrafanaAlertsTest {

  private static final String RULES = "grafana/alerts/waybill.yaml";

  /** Of what only AWS has: executions, queues, tasks, and a bucket's telemetry folders. */
  private static final Set<String> OF_AWS_ONLY =
      Set.of("failed-executions", "dead-letters", "collector-down", "undelivered-telemetry");

  private static final Set<String> OF_GRAFANA_ONLY = Set.of("no-runs", "volume-dropped");

  private final Map<String, JsonNode> rules = rules();
  private final Map<String, JsonNode> alarms = alarms();

  @Test
  void everyAlarmIsAnAlertUnlessAwsAloneHasItsFigures() {
    Set<String> both = new TreeSet<>(alarms.keySet());
    both.removeAll(OF_AWS_ONLY);
    Set<String> expected = new TreeSet<>(both);
    expected.addAll(OF_GRAFANA_ONLY);

    assertThat(alarms).containsKeys(OF_AWS_ONLY.toArray(String[]::new));
    assertThat(rules).containsOnlyKeys(expected);
  }

  @Test
  void bothSoundFromTheSameThresholdAfterTheSameTime() {
    JsonNode rejected = alarms.get("rejected-rows");
    JsonNode silent = alarms.get("collector-silent");
    long period = PipelineMetrics.PERIOD.toMinutes().longValue();

    assertThat(expression("rejected-rows"))
        .endsWith(">= " + rejected.path("Threshold").asInt())
        .contains("[%dm]".formatted(period));
    assertThat(expression("failed-job-runs")).contains("[%dm]".formatted(period));
    assertThat(expression("collector-refusing")).contains("[%dm]".formatted(period));
    assertThat(minutes(rules.get("collector-silent").path("for").asText()) + 10)
        .isEqualTo(silent.path("EvaluationPeriods").asInt() * period);
    assertThat(expression("collector-silent")).contains("otelcol_exporter_queue_size", "[10m]");
  }

  @Test
  void theLocalGuideNamesEveryAlert() throws IOException {
    String guide = Files.readString(Deployment.ROOT.resolve("docs/local.md"));
    Set<String> named =
        guide
            .substring(guide.indexOf("| alert |"))
            .lines()
            .skip(2)
            .takeWhile(line -> line.startsWith("|"))
            .map(line -> hyphenated(line.split("`")[1]))
            .collect(Collectors.toSet());

    assertThat(named).isEqualTo(rules.keySet());
  }

  /** By Prometheus' own tool; {@code .ci/queries/build} builds it. */
  @Test
  @EnabledIfEnvironmentVariable(named = "WAYBILL_QUERIES", matches = ".+")
  void eachSoundsWhenItShould(@TempDir Path folder) throws Exception {
    String tests =
        Files.readString(Deployment.ROOT.resolve("infra/src/test/resources/alerts-test.yaml"));
    Path file =
        Files.writeString(
            folder.resolve("alerts-test.yaml"),
            tests.replace("- RULES", "- " + Deployment.ROOT.resolve(RULES)));
    Process promtool =
        new ProcessBuilder(
                System.getenv("WAYBILL_QUERIES") + "/promtool", "test", "rules", file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(promtool.getInputStream().readAllBytes());

    assertThat(promtool.waitFor()).as(said).isZero();
    for (JsonNode rule : rules.values()) {
      assertThat(tests).contains("alertname: " + rule.path("alert").asText());
    }
  }

  private String expression(String rule) {
    return rules.get(rule).path("expr").asText().strip();
  }

  private static long minutes(String duration) {
    return Long.parseLong(duration.replace("m", ""));
  }

  private static Map<String, JsonNode> rules() {
    Map<String, JsonNode> rules = new TreeMap<>();
    Deployment.yaml(RULES)
        .at("/groups/0/rules")
        .forEach(rule -> rules.put(hyphenated(rule.path("alert").asText()), rule));
    return rules;
  }

  private static Map<String, JsonNode> alarms() {
    Map<String, JsonNode> alarms = new TreeMap<>();
    Deployment.standard()
        .all("AWS::CloudWatch::Alarm")
        .values()
        .forEach(
            alarm -> alarms.put(alarm.path("AlarmName").asText().replace("waybill-", ""), alarm));
    return alarms;
  }

  private static String hyphenated(String name) {
    return name.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }
}
