package dev.waybill.local.stepfunctions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.local.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One execution of a state machine: goes from state to state as the States Language says, and keeps
 * its history.
 */
final class Execution implements Runnable {

  private static final String GLUE = "glue";
  private static final String S3 = "aws-sdk:s3";
  private static final int DEFAULT_INTERVAL_SECONDS = 1;
  private static final int DEFAULT_ATTEMPTS = 3;
  private static final double DEFAULT_BACKOFF = 2;
  private static final int NO_TIMEOUT_SECONDS = 99_999_999;

  private final StateMachine machine;
  private final String name;
  private final String input;
  private final GlueSync glue;
  private final S3PutObject s3;
  private final Pause pause;
  private final ExecutionTrace trace;
  private final Instant started = Instant.now();
  private final ExecutionHistory history = new ExecutionHistory();
  private Instant stopped;
  private String status = "RUNNING";
  private String output;
  private StateFailed failure;

  Execution(
      StateMachine machine,
      String name,
      String input,
      GlueSync glue,
      S3PutObject s3,
      Pause pause,
      ExecutionTrace trace) {
    this.machine = machine;
    this.name = name;
    this.input = input;
    this.glue = glue;
    this.s3 = s3;
    this.pause = pause;
    this.trace = trace;
  }

  /** Waits between tries; tests don't. */
  @FunctionalInterface
  public interface Pause {
    void between(Duration tries) throws InterruptedException;
  }

  @Override
  public void run() {
    history.add("ExecutionStarted", "executionStarted", Json.object().put("input", input));
    try {
      JsonNode data = Json.parse(input);
      String next = machine.definition().path("StartAt").asText();
      while (next != null) {
        Step step = enter(next, data);
        data = step.data;
        next = step.next;
      }
      end("SUCCEEDED", data.toString(), null);
    } catch (StateFailed e) {
      end("FAILED", null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end("ABORTED", null, new StateFailed("Aborted", "the execution was stopped"));
    } catch (RuntimeException e) {
      end("FAILED", null, new StateFailed(StateFailed.RUNTIME, String.valueOf(e)));
    }
  }

  String input() {
    return input;
  }

  synchronized ObjectNode description() {
    ObjectNode json =
        Json.object()
            .put("executionArn", machine.executionArn(name))
            .put("stateMachineArn", machine.arn())
            .put("name", name)
            .put("status", status)
            .put("startDate", started.toEpochMilli() / 1000.0);
    if (stopped != null) {
      json.put("stopDate", stopped.toEpochMilli() / 1000.0);
    }
    return json;
  }

  synchronized ObjectNode details() {
    ObjectNode json = description().put("input", input);
    if (output != null) {
      json.put("output", output);
    }
    if (failure != null) {
      json.put("error", failure.error()).put("cause", failure.getMessage());
    }
    return json;
  }

  List<ObjectNode> history() {
    return history.events();
  }

  private Step enter(String state, JsonNode data) throws InterruptedException {
    JsonNode definition = machine.state(state);
    String type = definition.path("Type").asText();
    trace.entered(state);
    history.add(type + "StateEntered", "stateEntered", Json.object().put("name", state));
    try {
      Step step =
          switch (type) {
            case "Task" -> task(state, definition, data);
            case "Pass" -> pass(definition, template(state, data, 0));
            case "Choice" -> new Step(Choice.next(definition, template(state, data, 0)), data);
            case "Fail" -> throw fail(definition, template(state, data, 0));
            default -> new Step(null, data);
          };
      trace.left(step.caught);
      history.add(type + "StateExited", "stateExited", Json.object().put("name", state));
      return step;
    } catch (StateFailed e) {
      trace.left(e);
      throw e;
    }
  }

  private Step task(String state, JsonNode definition, JsonNode data) throws InterruptedException {
    int[] tries = new int[definition.path("Retry").size()];
    for (int retries = 0; ; retries++) {
      PayloadTemplate template = template(state, data, retries);
      try {
        JsonNode result =
            service(definition).equals(GLUE)
                ? runJob(definition, template)
                : putObject(definition, template);
        return new Step(
            next(definition), template.withResult(definition.path("ResultPath"), result));
      } catch (StateFailed e) {
        history.taskFailed(service(definition), e);
        if (!retry(definition.path("Retry"), tries, e)) {
          return caught(definition.path("Catch"), template, e);
        }
      }
    }
  }

  private JsonNode runJob(JsonNode definition, PayloadTemplate template)
      throws InterruptedException {
    Duration timeout =
        Duration.ofSeconds(definition.path("TimeoutSeconds").asLong(NO_TIMEOUT_SECONDS));
    JsonNode parameters = template.apply(definition.path("Parameters"));
    history.task("Scheduled", GLUE, "parameters", parameters);
    JsonNode run =
        glue.run(
            parameters,
            timeout,
            trace,
            started -> history.task("Submitted", GLUE, "output", started));
    history.task("Succeeded", GLUE, "output", run);
    return run;
  }

  private JsonNode putObject(JsonNode definition, PayloadTemplate template) {
    JsonNode parameters = template.apply(definition.path("Parameters"));
    history.task("Scheduled", S3, "parameters", parameters);
    JsonNode result = s3.put(parameters, trace);
    history.task("Succeeded", S3, "output", result);
    return result;
  }

  private boolean retry(JsonNode retriers, int[] tries, StateFailed failure)
      throws InterruptedException {
    for (int i = 0; i < retriers.size(); i++) {
      JsonNode retrier = retriers.get(i);
      if (failure.matches(retrier.path("ErrorEquals"))) {
        if (tries[i] >= retrier.path("MaxAttempts").asInt(DEFAULT_ATTEMPTS)) {
          return false;
        }
        pause.between(delay(retrier, tries[i]++));
        return true;
      }
    }
    return false;
  }

  private static Duration delay(JsonNode retrier, int before) {
    double seconds =
        retrier.path("IntervalSeconds").asInt(DEFAULT_INTERVAL_SECONDS)
            * Math.pow(retrier.path("BackoffRate").asDouble(DEFAULT_BACKOFF), before);
    double most = Math.min(seconds, retrier.path("MaxDelaySeconds").asDouble(Double.MAX_VALUE));
    boolean jitter = retrier.path("JitterStrategy").asText().equals("FULL");
    return Duration.ofMillis(
        (long) (1000 * (jitter ? ThreadLocalRandom.current().nextDouble(most) : most)));
  }

  private static Step caught(JsonNode catchers, PayloadTemplate template, StateFailed failure) {
    for (JsonNode catcher : catchers) {
      if (failure.matches(catcher.path("ErrorEquals"))) {
        ObjectNode error =
            Json.object().put("Error", failure.error()).put("Cause", failure.getMessage());
        return new Step(
            catcher.path("Next").asText(),
            template.withResult(catcher.path("ResultPath"), error),
            failure);
      }
    }
    throw failure;
  }

  private static Step pass(JsonNode definition, PayloadTemplate template) {
    JsonNode result =
        definition.has("Result")
            ? definition.path("Result")
            : definition.has("Parameters")
                ? template.apply(definition.path("Parameters"))
                : template.input();
    return new Step(next(definition), template.withResult(definition.path("ResultPath"), result));
  }

  private static StateFailed fail(JsonNode definition, PayloadTemplate template) {
    return new StateFailed(
        text(definition, "Error", template), text(definition, "Cause", template));
  }

  private static String text(JsonNode definition, String field, PayloadTemplate template) {
    return definition.has(field + "Path")
        ? template.evaluate(definition.path(field + "Path").asText()).asText()
        : definition.path(field).asText();
  }

  private static String next(JsonNode definition) {
    return definition.has("Next") ? definition.path("Next").asText() : null;
  }

  /** The context object as far as the supported features can see it. */
  private PayloadTemplate template(String state, JsonNode data, int retries) {
    ObjectNode context = Json.object();
    context
        .putObject("Execution")
        .put("Id", machine.executionArn(name))
        .put("Name", name)
        .put("StartTime", started.truncatedTo(ChronoUnit.MILLIS).toString())
        .put("RedriveCount", 0);
    context
        .putObject("State")
        .put("Name", state)
        .put("EnteredTime", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString())
        .put("RetryCount", retries);
    context.putObject("StateMachine").put("Id", machine.arn()).put("Name", machine.name());
    return new PayloadTemplate(data, context);
  }

  /** As the history names it. */
  private static String service(JsonNode definition) {
    return definition.path("Resource").asText().equals(StateMachine.GLUE_SYNC) ? GLUE : S3;
  }

  private synchronized void end(String how, String result, StateFailed error) {
    trace.ended(error);
    output = result;
    failure = error;
    stopped = Instant.now();
    status = how;
    if (error == null) {
      history.add("ExecutionSucceeded", "executionSucceeded", Json.object().put("output", result));
    } else {
      history.add(
          "Execution" + how.charAt(0) + how.substring(1).toLowerCase(java.util.Locale.ROOT),
          "executionFailed",
          Json.object().put("error", error.error()).put("cause", error.getMessage()));
    }
  }

  /** Where to go next, null at the end; and the failure that was caught on the way, or null. */
  private record Step(String next, JsonNode data, StateFailed caught) {
    private Step(String next, JsonNode data) {
      this(next, data, null);
    }
  }
}
