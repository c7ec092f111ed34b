package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What CloudWatch makes of log events in the embedded metric format, after their form was checked.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">Embedded
 *     metric format</a>
 */
final class CloudWatchMetrics {

  private static final Set<String> UNITS = Set.of("Seconds", "Bytes", "Count", "None");

  private CloudWatchMetrics() {}

  /**
   * The sum of each metric, by name and dimensions: {@code waybill.rows {waybill.outcome=read}}.
   */
  static Map<String, Double> sums(List<JsonNode> events, String namespace) {
    Map<String, Double> sums = new TreeMap<>();
    for (JsonNode event : events) {
      for (JsonNode directive : event.at("/_aws/CloudWatchMetrics")) {
        assertThat(event.at("/_aws/Timestamp").isIntegralNumber()).isTrue();
        assertThat(directive.path("Namespace").asText()).isEqualTo(namespace);
        assertThat(directive.path("Metrics").size()).isBetween(1, 100);
        for (JsonNode metric : directive.path("Metrics")) {
          assertThat(UNITS).contains(metric.path("Unit").asText());
          for (JsonNode set : directive.path("Dimensions")) {
            sums.merge(
                metric.path("Name").asText() + " " + dimensions(event, set),
                sum(event.path(metric.path("Name").asText())),
                Double::sum);
          }
        }
      }
    }
    return sums;
  }

  private static Map<String, String> dimensions(JsonNode event, JsonNode set) {
    Map<String, String> dimensions = new TreeMap<>();
    assertThat(set.size()).isBetween(1, 30);
    for (JsonNode name : set) {
      assertThat(event.path(name.asText()).isTextual()).as("%s in %s", name, event).isTrue();
      dimensions.put(name.asText(), event.path(name.asText()).asText());
    }
    return dimensions;
  }

  private static double sum(JsonNode value) {
    if (value.isNumber()) {
      return value.asDouble();
    }
    assertThat(value.path("Values").size())
        .isBetween(1, 100)
        .isEqualTo(value.path("Counts").size());
    assertThat(value.path("Min").asDouble()).isLessThanOrEqualTo(value.path("Max").asDouble());
    return value.path("Sum").asDouble();
  }
}
