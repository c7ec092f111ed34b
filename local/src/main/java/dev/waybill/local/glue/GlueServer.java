package dev.waybill.local.glue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.gluetracing.JobArguments;
import dev.waybill.local.AwsJson;
import dev.waybill.local.AwsJson.Fault;
import dev.waybill.local.AwsJson.Request;
import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.Ids;
import dev.waybill.local.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Stands in for Glue: StartJobRun, GetJobRun and BatchStopJobRun. How many run at a time, the
 * launcher of their JVMs decides.
 *
 * @see <a href="https://docs.aws.amazon.com/glue/latest/webapi/API_Operations.html">Glue API</a>
 */
public final class GlueServer implements AutoCloseable {

  private static final Map<String, Pattern> IN_FILE_NAMES =
      Map.of(
          "--" + JobArguments.RUN_ID, Pattern.compile("[A-Za-z0-9_-]{1,80}"),
          "--" + JobArguments.ATTEMPT, Pattern.compile("[0-9]{1,4}"));

  private final Map<String, JobDefinition> jobs;
  private final Launcher launcher;
  private final Map<String, Semaphore> concurrency;
  private final Map<String, JobRun> runs = new ConcurrentHashMap<>();
  private final ExecutorService started =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "waybill-glue-run");
            thread.setDaemon(true);
            return thread;
          });
  private final HttpEndpoint endpoint;

  private GlueServer(List<JobDefinition> jobs, Launcher launcher) {
    this.jobs = jobs.stream().collect(Collectors.toMap(JobDefinition::name, Function.identity()));
    this.launcher = launcher;
    this.concurrency =
        jobs.stream()
            .collect(
                Collectors.toMap(
                    JobDefinition::name, job -> new Semaphore(job.maxConcurrentRuns())));
    this.endpoint =
        AwsJson.serve(
            "glue",
            Map.of(
                "StartJobRun", this::startJobRun,
                "GetJobRun", this::getJobRun,
                "BatchStopJobRun", this::batchStopJobRun));
  }

  /** Starts a run's process; waits until there is room for it. */
  @FunctionalInterface
  interface Launcher {
    JobJvm.Started start(JobRun run) throws IOException, InterruptedException;
  }

  public static GlueServer start(List<JobDefinition> jobs, JobJvm jvm) {
    return new GlueServer(jobs, jvm);
  }

  static GlueServer start(List<JobDefinition> jobs, Launcher launcher) {
    return new GlueServer(jobs, launcher);
  }

  public String url() {
    return endpoint.url();
  }

  /** Lets go of the job runs that had this value of an argument. */
  public void forget(String argument, String value) {
    runs.values().removeIf(run -> value.equals(run.arguments().get(argument)));
  }

  /** Stops every run. */
  @Override
  public void close() {
    endpoint.close();
    started.shutdownNow();
    runs.values().forEach(run -> run.stop(JobRun.State.STOPPED, null));
  }

  private ObjectNode startJobRun(Request request) {
    JobDefinition job = jobs.get(request.text("JobName"));
    if (job == null) {
      throw new Fault("EntityNotFoundException", "no such job: " + request.text("JobName"));
    }
    Map<String, String> arguments = new LinkedHashMap<>(job.defaultArguments());
    request
        .body()
        .path("Arguments")
        .properties()
        .forEach(argument -> arguments.put(argument.getKey(), argument.getValue().asText()));
    checkFileNames(arguments);
    JobRun run = new JobRun(Ids.jobRunId(), job, arguments);
    admit(run);
    started.submit(() -> execute(run));
    return Json.object().put("JobRunId", run.id());
  }

  /** Of these arguments the names of the run's folder and of the job's log are made. */
  private static void checkFileNames(Map<String, String> arguments) {
    IN_FILE_NAMES.forEach(
        (argument, form) -> {
          String value = arguments.get(argument);
          if (value != null && !form.matcher(value).matches()) {
            throw new Fault(
                "InvalidInputException",
                "the argument %s is '%s'; it must match %s".formatted(argument, value, form));
          }
        });
  }

  private synchronized void admit(JobRun run) {
    long others =
        runs.values().stream()
            .filter(other -> other.job().equals(run.job()) && !other.state().ended())
            .count();
    if (!run.job().queuing() && others >= run.job().maxConcurrentRuns()) {
      throw new Fault(
          "ConcurrentRunsExceededException",
          "Concurrent runs exceeded for "
              + run.job().name()
              + ": "
              + run.job().maxConcurrentRuns());
    }
    runs.put(run.id(), run);
  }

  private ObjectNode getJobRun(Request request) {
    ObjectNode answer = Json.object();
    answer.set("JobRun", find(request.text("RunId")).json());
    return answer;
  }

  private ObjectNode batchStopJobRun(Request request) {
    ObjectNode answer = Json.object();
    ArrayNode stopped = answer.putArray("SuccessfulSubmissions");
    answer.putArray("Errors");
    request
        .body()
        .path("JobRunIds")
        .forEach(
            id -> {
              JobRun run = find(id.asText());
              run.stop(JobRun.State.STOPPED, null);
              stopped.addObject().put("JobName", run.job().name()).put("JobRunId", run.id());
            });
    return answer;
  }

  private JobRun find(String id) {
    JobRun run = runs.get(id);
    if (run == null) {
      throw new Fault("EntityNotFoundException", "no such job run: " + id);
    }
    return run;
  }

  private void execute(JobRun run) {
    Semaphore allowed = concurrency.get(run.job().name());
    try {
      allowed.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      run.stop(JobRun.State.STOPPED, null);
      return;
    }
    try {
      executeNow(run);
    } finally {
      allowed.release();
    }
  }

  private void executeNow(JobRun run) {
    if (run.state().ended()) {
      return;
    }
    try {
      JobJvm.Started started = launcher.start(run);
      if (!run.running(started.process())) {
        return;
      }
      if (!started.process().waitFor(run.job().timeout().toMillis(), TimeUnit.MILLISECONDS)) {
        run.stop(JobRun.State.TIMEOUT, "Job run exceeded its timeout of " + run.job().timeout());
        started.process().waitFor();
      }
      int status = started.process().exitValue();
      run.ended(
          status == 0 ? JobRun.State.SUCCEEDED : JobRun.State.FAILED,
          status == 0 ? null : started.error());
    } catch (IOException | RuntimeException | LinkageError e) {
      run.ended(JobRun.State.FAILED, "the job's JVM could not be started: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      run.stop(JobRun.State.STOPPED, null);
    }
  }
}
