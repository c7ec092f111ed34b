package dev.waybill.local.stepfunctions;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.local.AwsClients;
import dev.waybill.local.AwsJson;
import dev.waybill.local.AwsJson.Fault;
import dev.waybill.local.AwsJson.Request;
import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.Json;
import dev.waybill.local.TraceHeader;
import dev.waybill.local.xray.Segments;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Stands in for Step Functions with one state machine: StartExecution, DescribeExecution,
 * GetExecutionHistory, ListExecutions, ListStateMachines and ListTagsForResource.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html">Step
 *     Functions API</a>
 */
public final class StepFunctionsServer implements AutoCloseable {

  private static final Pattern NAME = Pattern.compile("[\\w-]{1,80}");

  private final StateMachine machine;
  private final Map<String, String> tags;
  private final GlueSync glue;
  private final S3PutObject s3;
  private final Segments segments;
  private final Execution.Pause pause;
  private final Map<String, Execution> executions = new LinkedHashMap<>();
  private final Set<String> forgotten = new HashSet<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "waybill-execution");
            thread.setDaemon(true);
            return thread;
          });
  private final HttpEndpoint endpoint;

  private StepFunctionsServer(
      StateMachine machine,
      Map<String, String> tags,
      String glueUrl,
      Supplier<AwsClients> clients,
      Segments segments,
      Execution.Pause pause) {
    this.machine = machine;
    this.tags = tags;
    this.glue = new GlueSync(glueUrl);
    this.s3 = new S3PutObject(clients);
    this.segments = segments;
    this.pause = pause;
    this.endpoint =
        AwsJson.serve(
            "states",
            Map.of(
                "StartExecution",
                this::startExecution,
                "DescribeExecution",
                request -> find(request).details(),
                "GetExecutionHistory",
                this::getExecutionHistory,
                "ListExecutions",
                this::listExecutions,
                "ListStateMachines",
                request -> listStateMachines(),
                "ListTagsForResource",
                request -> listTags()));
  }

  /**
   * Starts to serve.
   *
   * @param tags of the state machine
   * @param clients those by which it calls S3, asked for when it first does
   */
  public static StepFunctionsServer start(
      StateMachine machine,
      Map<String, String> tags,
      String glueUrl,
      Supplier<AwsClients> clients,
      Segments segments) {
    return start(
        machine, tags, glueUrl, clients, segments, tries -> Thread.sleep(tries.toMillis()));
  }

  static StepFunctionsServer start(
      StateMachine machine,
      Map<String, String> tags,
      String glueUrl,
      Supplier<AwsClients> clients,
      Segments segments,
      Execution.Pause pause) {
    return new StepFunctionsServer(machine, tags, glueUrl, clients, segments, pause);
  }

  public String url() {
    return endpoint.url();
  }

  /** Lets go of an execution that has ended, but for its name: none can be started by it again. */
  public synchronized void forget(String name) {
    executions.remove(name);
    forgotten.add(name);
  }

  /**
   * Aborts every execution, and with it the job run that it waits for. Each can still be described,
   * and no new one starts.
   */
  public void abort() {
    threads.shutdownNow();
  }

  /** Aborts every execution, and serves no more. */
  @Override
  public void close() {
    abort();
    endpoint.close();
    s3.close();
  }

  private synchronized ObjectNode startExecution(Request request) {
    String name = request.text("name");
    if (!request.text("stateMachineArn").equals(machine.arn())) {
      throw new Fault(
          "StateMachineDoesNotExist", "no such state machine: " + request.text("stateMachineArn"));
    }
    if (!NAME.matcher(name).matches()) {
      throw new Fault("InvalidName", "an execution can't have this name: " + name);
    }
    Execution before = executions.get(name);
    boolean same = before != null && before.input().equals(request.text("input"));
    boolean running =
        before != null && before.description().path("status").asText().equals("RUNNING");
    if (forgotten.contains(name) || (before != null && !(same && running))) {
      throw new Fault("ExecutionAlreadyExists", "there is an execution of this name: " + name);
    }
    Execution execution = before == null ? begin(name, request) : before;
    return Json.object()
        .put("executionArn", machine.executionArn(name))
        .set("startDate", execution.description().path("startDate"));
  }

  private Execution begin(String name, Request request) {
    String header =
        request.traceHeader() == null ? request.text("traceHeader") : request.traceHeader();
    ExecutionTrace trace =
        new ExecutionTrace(
            segments, TraceHeader.orNew(header), machine.name(), machine.executionArn(name));
    Execution execution =
        new Execution(machine, name, request.text("input"), glue, s3, pause, trace);
    try {
      threads.submit(execution);
    } catch (RejectedExecutionException aborted) {
      throw new Fault("ServiceUnavailable", "this stand-in is about to stop");
    }
    executions.put(name, execution);
    return execution;
  }

  private ObjectNode getExecutionHistory(Request request) {
    ObjectNode answer = Json.object();
    answer.putArray("events").addAll(find(request).history());
    return answer;
  }

  /** Newest first, as the service does. */
  private synchronized ObjectNode listExecutions(Request request) {
    ObjectNode answer = Json.object();
    var list = answer.putArray("executions");
    executions.values().forEach(execution -> list.insert(0, execution.description()));
    return answer;
  }

  private ObjectNode listStateMachines() {
    ObjectNode answer = Json.object();
    answer
        .putArray("stateMachines")
        .addObject()
        .put("stateMachineArn", machine.arn())
        .put("name", machine.name())
        .put("type", "STANDARD")
        .put("creationDate", 0);
    return answer;
  }

  private ObjectNode listTags() {
    ObjectNode answer = Json.object();
    var list = answer.putArray("tags");
    tags.forEach((key, value) -> list.addObject().put("key", key).put("value", value));
    return answer;
  }

  private synchronized Execution find(Request request) {
    String arn = request.text("executionArn");
    Execution execution = executions.get(arn.substring(arn.lastIndexOf(':') + 1));
    if (execution == null) {
      throw new Fault("ExecutionDoesNotExist", "no such execution: " + arn);
    }
    return execution;
  }
}
