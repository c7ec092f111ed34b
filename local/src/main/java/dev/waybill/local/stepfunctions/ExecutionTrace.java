package dev.waybill.local.stepfunctions;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.local.Ids;
import dev.waybill.local.Json;
import dev.waybill.local.TraceHeader;
import dev.waybill.local.xray.Segments;

/**
 * The segments that Step Functions writes of an execution: one for the state machine, in it a
 * subsegment for each state that was entered, in that one for each call to an AWS service; and for
 * each call a segment of the service called, with the same request id. They are sent after each
 * change, so that the trace can be seen while it grows.
 */
final class ExecutionTrace {

  private static final String ORIGIN = "AWS::StepFunctions::StateMachine";

  private final Segments segments;
  private final TraceHeader header;
  private final ObjectNode machine;
  private ObjectNode state;

  ExecutionTrace(Segments segments, TraceHeader header, String machine, String executionArn) {
    this.segments = segments;
    this.header = header;
    this.machine =
        open(Json.object(), machine).put("trace_id", header.root()).put("origin", ORIGIN);
    if (header.parent() != null) {
      this.machine.put("parent_id", header.parent());
    }
    this.machine.putObject("aws").put("execution_arn", executionArn);
    send();
  }

  void entered(String name) {
    state = open(machine.withArray("/subsegments").addObject(), name);
    send();
  }

  void left(StateFailed failure) {
    end(state, failure);
    send();
  }

  /**
   * Notes a call to an AWS service and what it came to.
   *
   * @param name the service's
   */
  void called(String name, String operation, String requestId, double start, StateFailed failure) {
    ObjectNode call = open(state.withArray("/subsegments").addObject(), name);
    call.put("start_time", start).put("namespace", "aws");
    call.putObject("aws").put("operation", operation).put("request_id", requestId);
    end(call, failure);
    ObjectNode service = open(Json.object(), name);
    service
        .put("trace_id", header.root())
        .put("parent_id", call.path("id").asText())
        .put("start_time", start)
        .put("inferred", true);
    service.putObject("aws").put("operation", operation).put("request_id", requestId);
    end(service, failure);
    if (header.sampled()) {
      segments.put(service);
    }
    send();
  }

  void ended(StateFailed failure) {
    end(machine, failure);
    send();
  }

  private void send() {
    if (header.sampled()) {
      segments.put(machine);
    }
  }

  private static ObjectNode open(ObjectNode segment, String name) {
    return segment
        .put("id", Ids.segmentId())
        .put("name", name)
        .put("start_time", now())
        .put("in_progress", true);
  }

  private static void end(ObjectNode segment, StateFailed failure) {
    segment.remove("in_progress");
    segment.put("end_time", now());
    if (failure != null) {
      segment.put("fault", true);
      segment
          .putObject("cause")
          .putArray("exceptions")
          .addObject()
          .put("id", Ids.segmentId())
          .put("type", failure.error())
          .put("message", failure.getMessage());
    }
  }

  static double now() {
    return System.currentTimeMillis() / 1000.0;
  }
}
