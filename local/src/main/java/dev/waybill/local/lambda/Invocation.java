package dev.waybill.local.lambda;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.local.AwsClients;
import dev.waybill.local.Ids;
import dev.waybill.local.Json;
import dev.waybill.local.TraceHeader;
import dev.waybill.local.s3.BucketServer.Created;
import dev.waybill.local.xray.Segments;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * One try of an invocation: the event, and the two segments that Lambda records, one of the service
 * and one of the function.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html">Lambda and
 *     X-Ray</a>
 */
final class Invocation {

  private final Created object;
  private final int attempt;
  private final String requestId;
  private final TraceHeader trace;
  private final String serviceId = Ids.segmentId();
  private final String functionId = Ids.segmentId();
  private final Instant queued = Instant.now();
  private Instant began = queued;

  private Invocation(Created object, int attempt, String requestId, TraceHeader trace) {
    this.object = object;
    this.attempt = attempt;
    this.requestId = requestId;
    this.trace = trace;
  }

  /** The first try. */
  static Invocation of(Created object) {
    return new Invocation(object, 1, Ids.requestId(), TraceHeader.orNew(object.traceHeader()));
  }

  /** The next one, in the same trace and by the same request id. */
  Invocation again() {
    return new Invocation(object, attempt + 1, requestId, trace);
  }

  Created object() {
    return object;
  }

  /** From 1. */
  int attempt() {
    return attempt;
  }

  String requestId() {
    return requestId;
  }

  /** Notes that the function gets the event now, and may add to the trace from now on. */
  void begin(Segments segments) {
    began = Instant.now();
    if (trace.sampled()) {
      segments.open(trace.root(), functionId);
    }
  }

  Instant began() {
    return began;
  }

  /** The trace header that the function gets: it sees its own segment as parent. */
  String header() {
    return trace.withParent(functionId).toString();
  }

  /** The event as S3 sends it: the key is encoded as in a form. */
  ObjectNode event() {
    ObjectNode event = Json.object();
    ObjectNode notification = event.putArray("Records").addObject();
    notification
        .put("eventVersion", "2.1")
        .put("eventSource", "aws:s3")
        .put("awsRegion", AwsClients.REGION)
        .put("eventTime", object.time().toString())
        .put("eventName", "ObjectCreated:Put");
    ObjectNode s3 = notification.putObject("s3");
    s3.put("s3SchemaVersion", "1.0");
    s3.putObject("bucket")
        .put("name", object.bucket())
        .put("arn", "arn:aws:s3:::" + object.bucket());
    s3.putObject("object")
        .put("key", URLEncoder.encode(object.key(), StandardCharsets.UTF_8).replace("%2F", "/"))
        .put("size", object.size())
        .put("eTag", object.etag())
        .put(
            "sequencer",
            "%016X"
                .formatted(
                    object.time().toEpochMilli() * 1_000_000L
                        + object.time().getNano() % 1_000_000));
    return event;
  }

  /**
   * Records both segments.
   *
   * @param error why it failed, or null
   */
  void record(Segments segments, String error) {
    if (trace.sampled()) {
      segments.put(segment(serviceId, trace.parent(), "AWS::Lambda", queued, error));
      segments.put(segment(functionId, serviceId, "AWS::Lambda::Function", began, error));
    }
  }

  private ObjectNode segment(String id, String parent, String origin, Instant start, String error) {
    ObjectNode segment =
        Json.object()
            .put("id", id)
            .put("trace_id", trace.root())
            .put("name", LambdaFunction.NAME)
            .put("origin", origin)
            .put("start_time", start.toEpochMilli() / 1000.0)
            .put("end_time", System.currentTimeMillis() / 1000.0);
    if (parent != null) {
      segment.put("parent_id", parent);
    }
    if (error != null) {
      segment.put("fault", true);
      segment
          .putObject("cause")
          .putArray("exceptions")
          .addObject()
          .put("id", Ids.segmentId())
          .put("message", error);
    }
    segment.putObject("aws").put("function_arn", LambdaFunction.ARN).put("request_id", requestId);
    return segment;
  }
}
