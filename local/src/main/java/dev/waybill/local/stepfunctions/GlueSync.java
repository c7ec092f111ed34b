package dev.waybill.local.stepfunctions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.Json;
import dev.waybill.local.Pace;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The optimized integration {@code glue:startJobRun.sync}: starts a run, asks for it until it has
 * ended, and gives its description as result, or as cause where it failed.
 *
 * @see <a href="https://docs.aws.amazon.com/step-functions/latest/dg/connect-glue.html">Glue in
 *     Step Functions</a>
 */
final class GlueSync {

  private static final Set<String> RUNNING = Set.of("STARTING", "RUNNING", "STOPPING", "WAITING");
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration STOPPING_BOUND = Duration.ofSeconds(12);
  private static final Duration CALL_BOUND = Duration.ofMinutes(1);

  private final URI glue;
  private final HttpClient client = HttpEndpoint.client();
  private final Pace pace = new Pace(POLL);

  GlueSync(String url) {
    this.glue = URI.create(url);
  }

  /**
   * Runs a job.
   *
   * @param submitted takes the answer to StartJobRun
   * @return the job run
   * @throws StateFailed named as Step Functions names what went wrong
   */
  JsonNode run(
      JsonNode parameters, Duration timeout, ExecutionTrace trace, Consumer<JsonNode> submitted)
      throws InterruptedException {
    Instant deadline = Instant.now().plus(timeout);
    JsonNode started = start(parameters, trace);
    submitted.accept(started);
    ObjectNode which =
        Json.object()
            .put("JobName", parameters.path("JobName").asText())
            .put("RunId", started.path("JobRunId").asText());
    Instant since = Instant.now();
    pace.enter();
    try {
      while (true) {
        JsonNode run = call("GetJobRun", which).body.path("JobRun");
        String state = run.path("JobRunState").asText();
        if (state.equals("SUCCEEDED")) {
          return run;
        }
        if (!RUNNING.contains(state)) {
          throw new StateFailed(StateFailed.TASK_FAILED, run.toString());
        }
        if (Instant.now().isAfter(deadline)) {
          stop(which);
          throw new StateFailed(StateFailed.TIMEOUT, "the state took longer than " + timeout);
        }
        pace.await(since);
      }
    } catch (InterruptedException e) {
      stop(which);
      throw e;
    } finally {
      pace.leave();
    }
  }

  private JsonNode start(JsonNode parameters, ExecutionTrace trace) throws InterruptedException {
    double began = ExecutionTrace.now();
    Answer answer = call("StartJobRun", parameters);
    StateFailed failure =
        answer.status == 200
            ? null
            : new StateFailed(
                "Glue." + answer.body.path("__type").asText(),
                answer.body.path("message").asText());
    trace.called("Glue", "StartJobRun", answer.requestId, began, failure);
    if (failure != null) {
      throw failure;
    }
    return answer.body;
  }

  /** Stops a run, and waits a while for its end: until then it may still send telemetry. */
  private void stop(ObjectNode which) throws InterruptedException {
    ObjectNode request = Json.object().put("JobName", which.path("JobName").asText());
    request.putArray("JobRunIds").add(which.path("RunId").asText());
    call("BatchStopJobRun", request);
    Instant deadline = Instant.now().plus(STOPPING_BOUND);
    while (Instant.now().isBefore(deadline)
        && RUNNING.contains(
            call("GetJobRun", which).body.path("JobRun").path("JobRunState").asText())) {
      Thread.sleep(POLL.toMillis());
    }
  }

  private Answer call(String operation, JsonNode body) throws InterruptedException {
    try {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(glue)
                  .timeout(CALL_BOUND)
                  .header("Content-Type", "application/x-amz-json-1.1")
                  .header("X-Amz-Target", "AWSGlue." + operation)
                  .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("x-amzn-RequestId").orElse(""),
          Json.parse(response.body()));
    } catch (IOException e) {
      throw new StateFailed("Glue.SdkClientException", "Glue can't be reached: " + e.getMessage());
    }
  }

  private record Answer(int status, String requestId, JsonNode body) {}
}
