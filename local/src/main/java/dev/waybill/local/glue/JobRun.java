package dev.waybill.local.glue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.local.Json;
import dev.waybill.workflow.GlueWorker;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * A run of a job.
 *
 * @see <a href="https://docs.aws.amazon.com/glue/latest/webapi/API_JobRun.html">JobRun</a>
 */
final class JobRun {

  /** A driver and an executor, as Glue has for a small file; here one JVM is both. */
  private static final int WORKERS = 2;

  private final String id;
  private final JobDefinition job;
  private final Map<String, String> arguments;
  private final Instant startedOn = Instant.now();
  private State state = State.WAITING;
  private Instant began;
  private Instant completedOn;
  private String error;
  private Process process;
  private State whenStopped;
  private String whyStopped;

  JobRun(String id, JobDefinition job, Map<String, String> arguments) {
    this.id = id;
    this.job = job;
    this.arguments = arguments;
  }

  /** Glue's words for where a run is. */
  enum State {
    WAITING,
    RUNNING,
    STOPPING,
    SUCCEEDED,
    FAILED,
    TIMEOUT,
    STOPPED;

    boolean ended() {
      return this != WAITING && this != RUNNING && this != STOPPING;
    }
  }

  String id() {
    return id;
  }

  JobDefinition job() {
    return job;
  }

  Map<String, String> arguments() {
    return arguments;
  }

  synchronized State state() {
    return state;
  }

  /** Notes the run's process; false where the run was stopped before it began. */
  synchronized boolean running(Process started) {
    process = started;
    began = Instant.now();
    if (state != State.WAITING) {
      process.destroy();
      return false;
    }
    state = State.RUNNING;
    return true;
  }

  /** Notes its end, once; one that is being stopped ends as stopped, whatever its process says. */
  synchronized void ended(State how, String why) {
    if (!state.ended()) {
      boolean stopped = state == State.STOPPING;
      state = stopped ? whenStopped : how;
      error = stopped ? whyStopped : why;
      completedOn = Instant.now();
    }
  }

  /** Tells it to stop: it ends with its process, which may send telemetry before. */
  synchronized void stop(State how, String why) {
    if (state.ended()) {
      return;
    }
    if (process == null) {
      ended(how, why);
      return;
    }
    state = State.STOPPING;
    whenStopped = how;
    whyStopped = why;
    process.destroy();
  }

  synchronized ObjectNode json() {
    ObjectNode json =
        Json.object()
            .put("Id", id)
            .put("Attempt", 0)
            .put("JobName", job.name())
            .put("JobRunState", state.name())
            .put("GlueVersion", "6.0")
            .put("StartedOn", startedOn.toEpochMilli() / 1000.0)
            .put("WorkerType", GlueWorker.DEFAULT.glueName())
            .put("ExecutionTime", executionSeconds())
            .put("DPUSeconds", (double) WORKERS * GlueWorker.DEFAULT.dpus() * executionSeconds());
    ObjectNode given = json.putObject("Arguments");
    arguments.forEach(given::put);
    if (completedOn != null) {
      json.put("CompletedOn", completedOn.toEpochMilli() / 1000.0);
    }
    if (error != null) {
      json.put("ErrorMessage", error);
    }
    return json;
  }

  /** Whole seconds, begun ones too. */
  private long executionSeconds() {
    if (began == null) {
      return 0;
    }
    Duration time = Duration.between(began, completedOn == null ? Instant.now() : completedOn);
    return time.plusNanos(999_999_999).toSeconds();
  }
}
