package dev.waybill.local.stepfunctions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.local.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * The events of an execution, as GetExecutionHistory has them. Safe for use by several threads.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html">HistoryEvent</a>
 */
final class ExecutionHistory {

  private final List<ObjectNode> events = new ArrayList<>();

  /** Those so far. */
  synchronized List<ObjectNode> events() {
    return List.copyOf(events);
  }

  /** Adds what is whole: it may be read at any moment. */
  synchronized void add(String type, String details, ObjectNode what) {
    ObjectNode event =
        Json.object()
            .put("timestamp", System.currentTimeMillis() / 1000.0)
            .put("type", type)
            .put("id", events.size() + 1)
            .put("previousEventId", events.size());
    event.set(details + "EventDetails", what);
    events.add(event);
  }

  /**
   * Adds what became of a task.
   *
   * @param what for example {@code Scheduled}
   * @param service that the task calls
   * @param field of the event's details that has the value
   */
  void task(String what, String service, String field, JsonNode value) {
    add("Task" + what, "task" + what, details(service).put(field, value.toString()));
  }

  /** Adds a task's failure, or that it took too long. */
  void taskFailed(String service, StateFailed failure) {
    String what = failure.error().equals(StateFailed.TIMEOUT) ? "TimedOut" : "Failed";
    add(
        "Task" + what,
        "task" + what,
        details(service).put("error", failure.error()).put("cause", failure.getMessage()));
  }

  private static ObjectNode details(String service) {
    return Json.object().put("resourceType", service);
  }
}
