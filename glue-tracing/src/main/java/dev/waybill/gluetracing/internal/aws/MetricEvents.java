package dev.waybill.gluetracing.internal.aws;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramBuckets;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Metrics as log events in CloudWatch's embedded metric format, with the dimensions that
 * collector-config/aws.yaml declares. A metric without any is a log event alone, as there.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">Embedded
 *     metric format</a>
 */
final class MetricEvents {

  private static final String JOB = "waybill.job";

  /** Each in as many sets as it has points that name them all. */
  static final Map<String, List<List<String>>> DIMENSIONS =
      Map.of(
          "waybill.rows",
          List.of(
              List.of("waybill.outcome"),
              List.of(JOB, "waybill.outcome"),
              List.of(JOB, "waybill.outcome", "waybill.reason")),
          "waybill.values.changed",
          List.of(List.of(JOB, "waybill.column", "waybill.cause")),
          "waybill.job.duration",
          List.of(List.of(JOB, "waybill.status")),
          "waybill.input.bytes",
          List.of(List.of(JOB)),
          "waybill.output.bytes",
          List.of(List.of(JOB)),
          "waybill.cost",
          List.of(List.of(JOB)));

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of a metric in an event. */
  private static final int MOST_VALUES = 100;

  private MetricEvents() {}

  /**
   * A log event.
   *
   * @param millis since the epoch
   */
  record Event(long millis, String message) {}

  /** The events of what was collected, in the order of their times. */
  static List<Event> of(Collection<MetricData> metrics, String namespace) {
    List<Event> events = new ArrayList<>();
    for (MetricData metric : metrics) {
      for (PointData point : metric.getData().getPoints()) {
        for (ObjectNode value : values(metric.getName(), point)) {
          events.add(event(metric, point, value, namespace));
        }
      }
    }
    events.sort(Comparator.comparingLong(Event::millis));
    return events;
  }

  private static Event event(
      MetricData metric, PointData point, ObjectNode event, String namespace) {
    long millis = point.getEpochNanos() / 1_000_000;
    point.getAttributes().forEach((key, value) -> event.put(key.getKey(), String.valueOf(value)));
    event.put("OTelLib", metric.getInstrumentationScopeInfo().getName());
    List<List<String>> dimensions =
        DIMENSIONS.getOrDefault(metric.getName(), List.of()).stream()
            .filter(set -> set.stream().allMatch(event::has))
            .toList();
    if (!dimensions.isEmpty()) {
      ObjectNode aws = event.putObject("_aws").put("Timestamp", millis);
      ObjectNode directive =
          aws.putArray("CloudWatchMetrics").addObject().put("Namespace", namespace);
      directive.set("Dimensions", JSON.valueToTree(dimensions));
      directive
          .putArray("Metrics")
          .addObject()
          .put("Name", metric.getName())
          .put("Unit", unit(metric.getUnit()));
    }
    return new Event(millis, event.toString());
  }

  /**
   * Objects that have the point's value by the metric's name; none where the value is not a number.
   */
  private static List<ObjectNode> values(String name, PointData point) {
    if (point instanceof LongPointData number) {
      return List.of(JSON.createObjectNode().put(name, number.getValue()));
    }
    if (point instanceof DoublePointData number) {
      return Double.isFinite(number.getValue())
          ? List.of(JSON.createObjectNode().put(name, number.getValue()))
          : List.of();
    }
    if (point instanceof ExponentialHistogramPointData histogram) {
      return histogram(name, histogram);
    }
    if (point instanceof HistogramPointData histogram) {
      ObjectNode value = JSON.createObjectNode();
      value
          .putObject(name)
          .put("Min", histogram.getMin())
          .put("Max", histogram.getMax())
          .put("Count", histogram.getCount())
          .put("Sum", histogram.getSum());
      return List.of(value);
    }
    return List.of();
  }

  /** Each bucket by its middle; only the first event has the sum. No measured time is negative. */
  private static List<ObjectNode> histogram(String name, ExponentialHistogramPointData point) {
    double base = Math.pow(2, Math.pow(2, -point.getScale()));
    ExponentialHistogramBuckets buckets = point.getPositiveBuckets();
    List<Double> values = new ArrayList<>();
    List<Long> counts = new ArrayList<>();
    for (int i = buckets.getBucketCounts().size() - 1; i >= 0; i--) {
      if (buckets.getBucketCounts().get(i) > 0) {
        double begin = Math.pow(base, buckets.getOffset() + i);
        values.add((begin + begin * base) / 2);
        counts.add(buckets.getBucketCounts().get(i));
      }
    }
    if (point.getZeroCount() > 0) {
      values.add(0.0);
      counts.add(point.getZeroCount());
    }
    List<ObjectNode> events = new ArrayList<>();
    for (int from = 0; from < values.size(); from += MOST_VALUES) {
      int to = Math.min(from + MOST_VALUES, values.size());
      ObjectNode event = JSON.createObjectNode();
      ObjectNode value = event.putObject(name);
      ArrayNode middles = value.putArray("Values");
      ArrayNode numbers = value.putArray("Counts");
      values.subList(from, to).forEach(middles::add);
      counts.subList(from, to).forEach(numbers::add);
      value
          .put("Max", from == 0 ? point.getMax() : values.get(from))
          .put("Min", to == values.size() ? point.getMin() : values.get(to - 1))
          .put("Count", counts.subList(from, to).stream().mapToLong(Long::longValue).sum())
          .put("Sum", from == 0 ? point.getSum() : 0);
      events.add(event);
    }
    return events;
  }

  /**
   * CloudWatch knows these and no others.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html">MetricDatum</a>
   */
  private static String unit(String unit) {
    return switch (unit) {
      case "s" -> "Seconds";
      case "By" -> "Bytes";
      default -> unit.startsWith("{") ? "Count" : "None";
    };
  }
}
