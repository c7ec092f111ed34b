package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * What the deployed collector tells CloudWatch of itself when no job sends anything: the alarm
 * {@code collector-silent} waits for it. Where no collector is there, it is skipped; {@code
 * .ci/otelcol} builds one.
 */
@EnabledIfEnvironmentVariable(named = "WAYBILL_COLLECTOR", matches = ".+")
class HeartbeatIT {

  private static final String HEARTBEAT = "otelcol_exporter_queue_size";

  /** More than the messages of one collection: with twice as many there are two heartbeats. */
  private static final int KINDS_OF_MESSAGES = 20;

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void aCollectorWithoutJobsSendsAMetricThatAnAlarmCanMiss() throws Exception {
    int delivery = RealCollector.freePort();
    String deliverTo = "http://127.0.0.1:" + delivery;
    List<String> settings = new ArrayList<>(RealCollector.receivers(RealCollector.freePort()));
    settings.add(RealCollector.tellsEvery(100, deliverTo));
    try (AwsSink aws = new AwsSink();
        RealCollector exporter =
            RealCollector.start(
                "heartbeat-exporter",
                List.of("aws.yaml"),
                List.of(
                    "exporters::awsemf::endpoint: " + aws.url(),
                    "exporters::awscloudwatchlogs::endpoint: " + aws.url(),
                    "exporters::awsxray::endpoint: " + aws.url(),
                    "receivers::otlp::protocols::http::endpoint: 127.0.0.1:" + delivery),
                Map.of());
        RealCollector collector =
            RealCollector.start(
                "heartbeat-collector",
                List.of("common.yaml"),
                settings,
                Map.of("DELIVER_TO", deliverTo))) {
      aws.awaitLogged("/waybill/metrics", 2 * KINDS_OF_MESSAGES);

      List<JsonNode> heartbeats =
          aws.logged("/waybill/metrics").stream()
              .filter(event -> event.path("exporter").asText().equals("otlp_http/metrics"))
              .filter(event -> event.has(HEARTBEAT))
              .toList();
      assertThat(heartbeats).as("again and again").hasSizeGreaterThan(1);
      assertThat(heartbeats)
          .allSatisfy(
              event -> {
                JsonNode metric = event.at("/_aws/CloudWatchMetrics/0");
                assertThat(metric.path("Namespace").asText()).isEqualTo("Waybill");
                assertThat(metric.path("Dimensions").toString()).isEqualTo("[[\"exporter\"]]");
                assertThat(metric.path("Metrics").findValuesAsText("Name"))
                    .containsExactly(HEARTBEAT);
              });
      assertThat(collector.stop()).as("see " + collector.log()).isZero();
      assertThat(exporter.stop()).as("see " + exporter.log()).isZero();
    }
  }
}
