package dev.waybill.local.verify;

import dev.waybill.workflow.StackNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogGroup;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

/** Whether a run's logs are in the groups of the stack. */
final class LogsCheck {

  /** What the names of the groups end with in which Glue keeps what jobs print. */
  private static final String PRINTED = "/output";

  private LogsCheck() {}

  /**
   * Looks for lines that name the run.
   *
   * @param since before which nothing was logged
   */
  static List<Check> of(CloudWatchLogsClient logs, StackNames names, String runId, Instant since) {
    List<Check> checks = new ArrayList<>();
    List<LogGroup> ofGlue = groups(logs, names.glueLogs() + "/");
    Map<String, String> groups = new TreeMap<>();
    groups.put(names.functionLog(), "the function's role must be allowed to write it (Trigger)");
    groups.put(names.workflowLog(), "the state machine's logging (Workflow)");
    if (groups(logs, names.jobLogs()).isEmpty()) {
      // Without a collector, the jobs' lines are where Glue writes what they print.
      ofGlue.stream()
          .map(LogGroup::logGroupName)
          .filter(group -> group.endsWith(PRINTED))
          .forEach(
              group -> groups.put(group, "Glue writes no lines there (GlueJobs.ownLogGroups)"));
    } else {
      groups.put(
          names.jobLogs(),
          "the collector delivers no logs: see its own log group and the alarm collector-silent");
    }
    groups.forEach((group, next) -> checks.add(lines(logs, group, next, runId, since)));
    checks.add(glue(ofGlue, names));
    return checks;
  }

  private static List<LogGroup> groups(CloudWatchLogsClient logs, String prefix) {
    return logs
        .describeLogGroupsPaginator(describe -> describe.logGroupNamePrefix(prefix))
        .logGroups()
        .stream()
        .toList();
  }

  private static Check lines(
      CloudWatchLogsClient logs, String group, String next, String runId, Instant since) {
    String what = "log " + group;
    try {
      boolean found =
          logs
              .filterLogEventsPaginator(
                  filter ->
                      filter
                          .logGroupName(group)
                          .filterPattern("\"" + runId + "\"")
                          .startTime(since.toEpochMilli()))
              .events()
              .stream()
              .findFirst()
              .isPresent();
      return Check.of(what, found, found ? "has lines of the run" : "has no line of the run", next);
    } catch (ResourceNotFoundException e) {
      return Check.fails(what, "there is no such log group", "deploy the stack again: " + next);
    }
  }

  /** A group that Glue made for itself has no retention, and stays when the stack goes. */
  private static Check glue(List<LogGroup> groups, StackNames names) {
    List<String> strange =
        groups.stream()
            .filter(group -> group.retentionInDays() == null)
            .map(LogGroup::logGroupName)
            .toList();
    return Check.of(
        "logs of Glue",
        !groups.isEmpty() && strange.isEmpty(),
        strange.isEmpty()
            ? "%d groups below %s, each with a retention".formatted(groups.size(), names.glueLogs())
            : "groups that the stack did not make: " + String.join(", ", strange),
        groups.isEmpty()
            ? "there is none: was the stack deployed under this name?"
            : "Glue names its groups otherwise: GlueJobs.ownLogGroups");
  }
}
