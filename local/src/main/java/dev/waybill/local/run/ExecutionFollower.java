package dev.waybill.local.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.AwsClients;
import dev.waybill.local.Json;
import dev.waybill.local.Pace;
import dev.waybill.local.TraceHeader;
import dev.waybill.workflow.Prices;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.ExecutionListItem;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;
import software.amazon.awssdk.services.sfn.model.HistoryEventType;

/** Follows executions by Step Functions' own API, from the upload to their end. */
public final class ExecutionFollower {

  /** As the history names the integration by which jobs run. */
  private static final String GLUE = "glue";

  private final AwsClients aws;
  private final String stateMachineArn;
  private final Pace pace;
  private final Prices prices = Prices.load();
  private final Map<String, String> traceOfExecution = new ConcurrentHashMap<>();

  public ExecutionFollower(AwsClients aws, String stateMachineArn, Duration poll) {
    this.aws = aws;
    this.stateMachineArn = stateMachineArn;
    this.pace = new Pace(poll);
  }

  /**
   * An execution at its end.
   *
   * @param error its Error, or null
   * @param cause its Cause, or null
   * @param transitions as Step Functions counts them: states entered and tasks tried again
   */
  public record Ended(
      String runId,
      JsonNode input,
      ExecutionStatus status,
      String error,
      String cause,
      Instant start,
      Instant end,
      List<JobTry> jobs,
      int transitions) {

    public boolean succeeded() {
      return status == ExecutionStatus.SUCCEEDED;
    }
  }

  /**
   * One run of a Glue job within an execution.
   *
   * @param name the job's
   * @param state the workflow's, in which it ran
   * @param attempt from 0
   * @param status as Glue names it
   * @param seconds from its start by the workflow until the workflow saw its end
   * @param charge what Glue charges for it; null where that is not known
   */
  public record JobTry(
      String name, String state, int attempt, String status, double seconds, GlueCharge charge) {

    private static final String RUNNING = "RUNNING";

    /** The same, or stopped where it was still running. */
    JobTry stopped() {
      return status.equals(RUNNING)
          ? new JobTry(name, state, attempt, "STOPPED", seconds, charge)
          : this;
    }
  }

  /** Receives what an execution does while it is followed. */
  public interface Listener {

    /** A state was entered, or its job ended. */
    void hop(String name, String what);

    /** The job runs so far, whenever one began or ended. */
    default void jobs(List<JobTry> soFar) {}
  }

  /** The run that an execution is of: its name. */
  static String runId(String executionArn) {
    return executionArn.substring(executionArn.lastIndexOf(':') + 1);
  }

  /** The ARNs of all executions so far, newest first. */
  public List<String> executions() {
    return aws
        .stepFunctions()
        .listExecutionsPaginator(request -> request.stateMachineArn(stateMachineArn))
        .executions()
        .stream()
        .map(ExecutionListItem::executionArn)
        .toList();
  }

  /** The execution that an upload started, once there is one. */
  public Optional<String> find(String traceId) {
    return ofTrace(traceId).stream().findFirst();
  }

  /** The executions in a trace, newest first. */
  Set<String> ofTrace(String traceId) {
    return executions().stream()
        .filter(arn -> traceOf(arn).equals(traceId))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** What an execution was started with. */
  JsonNode input(String executionArn) {
    return Json.parse(
        aws.stepFunctions()
            .describeExecution(request -> request.executionArn(executionArn))
            .input());
  }

  /** Waits for an execution's end. */
  public Ended follow(String executionArn, Listener listener) throws InterruptedException {
    int seen = 0;
    List<JobTry> known = List.of();
    Instant since = Instant.now();
    pace.enter();
    try {
      while (true) {
        DescribeExecutionResponse execution =
            aws.stepFunctions().describeExecution(request -> request.executionArn(executionArn));
        List<HistoryEvent> history = history(executionArn);
        tell(history.subList(seen, history.size()), listener);
        List<JobTry> jobs = seen == history.size() ? known : jobs(history);
        if (!jobs.equals(known)) {
          listener.jobs(jobs);
        }
        known = jobs;
        seen = history.size();
        if (execution.status() != ExecutionStatus.RUNNING) {
          return ended(execution, history);
        }
        pace.await(since);
      }
    } finally {
      pace.leave();
    }
  }

  private String traceOf(String arn) {
    return traceOfExecution.computeIfAbsent(
        arn,
        unknown -> {
          try {
            return TraceHeader.orNew(input(arn).path("trace_header").asText()).root();
          } catch (ExecutionDoesNotExistException gone) {
            return "";
          }
        });
  }

  private List<HistoryEvent> history(String executionArn) {
    return aws
        .stepFunctions()
        .getExecutionHistoryPaginator(request -> request.executionArn(executionArn))
        .events()
        .stream()
        .toList();
  }

  private static void tell(List<HistoryEvent> events, Listener listener) {
    for (HistoryEvent event : events) {
      switch (event.type()) {
        case TASK_STATE_ENTERED -> listener.hop(event.stateEnteredEventDetails().name(), "started");
        case TASK_SUCCEEDED -> {
          if (GLUE.equals(event.taskSucceededEventDetails().resourceType())) {
            listener.hop(
                Json.parse(event.taskSucceededEventDetails().output()).path("JobName").asText(),
                "SUCCEEDED");
          }
        }
        case TASK_FAILED -> {
          if (GLUE.equals(event.taskFailedEventDetails().resourceType())) {
            listener.hop(
                jobRun(event.taskFailedEventDetails().cause()).path("JobName").asText("Glue"),
                "FAILED");
          }
        }
        default -> {}
      }
    }
  }

  private Ended ended(DescribeExecutionResponse execution, List<HistoryEvent> history) {
    return new Ended(
        execution.name(),
        Json.parse(execution.input()),
        execution.status(),
        execution.error(),
        execution.cause(),
        execution.startDate(),
        execution.stopDate(),
        jobs(history).stream().map(JobTry::stopped).toList(),
        transitions(history));
  }

  private static int transitions(List<HistoryEvent> history) {
    int transitions = 0;
    boolean scheduled = false;
    for (HistoryEvent event : history) {
      if (event.typeAsString().endsWith("StateEntered")) {
        transitions++;
        scheduled = false;
      } else if (event.type() == HistoryEventType.TASK_SCHEDULED) {
        transitions += scheduled ? 1 : 0;
        scheduled = true;
      }
    }
    return transitions;
  }

  private List<JobTry> jobs(List<HistoryEvent> history) {
    List<JobTry> jobs = new ArrayList<>();
    Map<String, Integer> attempts = new HashMap<>();
    String state = "";
    String job = "";
    Instant submitted = null;
    for (HistoryEvent event : history) {
      switch (event.type()) {
        case TASK_STATE_ENTERED -> state = event.stateEnteredEventDetails().name();
        case TASK_SCHEDULED ->
            job = jobRun(event.taskScheduledEventDetails().parameters()).path("JobName").asText();
        case TASK_SUBMITTED -> submitted = event.timestamp();
        case TASK_SUCCEEDED, TASK_FAILED, TASK_TIMED_OUT -> {
          if (submitted != null) {
            JsonNode run =
                event.taskSucceededEventDetails() == null
                    ? jobRun(
                        event.taskFailedEventDetails() == null
                            ? ""
                            : event.taskFailedEventDetails().cause())
                    : Json.parse(event.taskSucceededEventDetails().output());
            jobs.add(
                new JobTry(
                    run.path("JobName").asText(job),
                    state,
                    attempts.merge(state, 1, Integer::sum) - 1,
                    run.path("JobRunState").asText("FAILED"),
                    Duration.between(submitted, event.timestamp()).toMillis() / 1000.0,
                    GlueCharge.of(run, prices)));
            submitted = null;
          }
        }
        default -> {}
      }
    }
    if (submitted != null) {
      Instant last = history.get(history.size() - 1).timestamp();
      jobs.add(
          new JobTry(
              job,
              state,
              attempts.getOrDefault(state, 0),
              JobTry.RUNNING,
              Duration.between(submitted, last).toMillis() / 1000.0,
              null));
    }
    return jobs;
  }

  /** The object that a text such as a failure's cause has in it; an empty one where it has none. */
  static JsonNode jobRun(String cause) {
    int begin = cause == null ? -1 : cause.indexOf('{');
    try {
      return begin < 0 ? Json.object() : Json.parse(cause.substring(begin));
    } catch (IllegalArgumentException e) {
      return Json.object();
    }
  }
}
