package dev.waybill.gluetracing.internal.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.gluetracing.internal.aws.MetricEvents.Event;
import dev.waybill.gluetracing.internal.otlp.Destination;
import dev.waybill.gluetracing.internal.trace.Deadline;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Puts metrics into a log group, from which CloudWatch takes them. The group exists; the stream is
 * the job run's own.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html">PutLogEvents</a>
 */
final class MetricEventExporter implements MetricExporter {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of all events in a call, each with that many bytes more than its text. */
  private static final int MOST_BYTES = 1_048_576;

  private static final int BYTES_OF_AN_EVENT = 26;
  private static final int MOST_EVENTS = 10_000;

  private final AwsCalls logs;
  private final String namespace;
  private final String group;
  private final String stream;
  private final Sender sender = new Sender("metrics");
  private boolean streamExists;

  MetricEventExporter(AwsCalls logs, String namespace, String group, String stream) {
    this.logs = logs;
    this.namespace = namespace;
    this.group = group;
    this.stream = stream;
  }

  @Override
  public CompletableResultCode export(Collection<MetricData> metrics) {
    List<MetricData> all = List.copyOf(metrics);
    return sender.send(
        deadline -> {
          for (List<Event> batch : batches(MetricEvents.of(all, namespace))) {
            put(batch, deadline);
          }
        });
  }

  @Override
  public AggregationTemporality getAggregationTemporality(InstrumentType type) {
    return Destination.TEMPORALITY.getAggregationTemporality(type);
  }

  @Override
  public Aggregation getDefaultAggregation(InstrumentType type) {
    return Destination.AGGREGATION.getDefaultAggregation(type);
  }

  @Override
  public CompletableResultCode flush() {
    return CompletableResultCode.ofSuccess();
  }

  @Override
  public CompletableResultCode shutdown() {
    return sender.shutdown();
  }

  /** As many in each as a call may have. */
  static List<List<Event>> batches(List<Event> events) {
    List<List<Event>> batches = new ArrayList<>();
    List<Event> batch = new ArrayList<>();
    int bytes = 0;
    for (Event event : events) {
      int size = event.message().getBytes(StandardCharsets.UTF_8).length + BYTES_OF_AN_EVENT;
      if (batch.size() == MOST_EVENTS || bytes + size > MOST_BYTES) {
        batches.add(batch);
        batch = new ArrayList<>();
        bytes = 0;
      }
      batch.add(event);
      bytes += size;
    }
    if (!batch.isEmpty()) {
      batches.add(batch);
    }
    return batches;
  }

  private void put(List<Event> events, Deadline deadline) throws IOException, InterruptedException {
    if (!streamExists) {
      createStream(deadline);
      streamExists = true;
    }
    ObjectNode request = place();
    ArrayNode list = request.putArray("logEvents");
    events.forEach(
        event -> list.addObject().put("timestamp", event.millis()).put("message", event.message()));
    JsonNode rejected = call("PutLogEvents", request, deadline).path("rejectedLogEventsInfo");
    if (!rejected.isEmpty()) {
      throw new IOException("CloudWatch Logs rejected events: " + rejected);
    }
  }

  private void createStream(Deadline deadline) throws IOException, InterruptedException {
    try {
      call("CreateLogStream", place(), deadline);
    } catch (AwsRefusal e) {
      if (!e.is("ResourceAlreadyExistsException")) {
        throw e;
      }
    }
  }

  private ObjectNode place() {
    return JSON.createObjectNode().put("logGroupName", group).put("logStreamName", stream);
  }

  private JsonNode call(String operation, ObjectNode request, Deadline deadline)
      throws IOException, InterruptedException {
    return logs.post(
        "/",
        Map.of(
            "Content-Type",
            "application/x-amz-json-1.1",
            "X-Amz-Target",
            "Logs_20140328." + operation),
        JSON.writeValueAsBytes(request),
        deadline);
  }
}
