package dev.waybill.local.verify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.gluejobs.RunRecord;
import dev.waybill.gluejobs.catalog.CatalogPartitions;
import dev.waybill.lambdatrigger.PipelineInput;
import dev.waybill.local.AwsClients;
import dev.waybill.local.AwsErrors;
import dev.waybill.local.run.DeployedRuns;
import dev.waybill.local.run.DeployedStack;
import dev.waybill.local.run.RunSummary;
import dev.waybill.local.run.TraceDocuments;
import dev.waybill.workflow.Jobs;
import dev.waybill.workflow.StackNames;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Takes a file through a deployed pipeline and checks what no test without an account can: the
 * outputs, the trace in X-Ray, the logs, metrics and alarms. Then it removes the file and the run's
 * outputs. A call that AWS refuses is a check that failed, and the others still come.
 */
public final class Verification {

  private final AwsClients aws;
  private final WatchingClients watching;
  private final AwsErrors errors;
  private final DeployedStack stack;
  private final StackNames names;
  private final Jobs jobs;
  private final Duration poll;
  private final Duration patience;

  /**
   * Makes one.
   *
   * @param poll between looks at what has not arrived
   * @param patience after the run's end, for all telemetry to arrive
   */
  public Verification(
      AwsClients aws,
      WatchingClients watching,
      AwsErrors errors,
      DeployedStack stack,
      StackNames names,
      Jobs jobs,
      Duration poll,
      Duration patience) {
    this.aws = aws;
    this.watching = watching;
    this.errors = errors;
    this.stack = stack;
    this.names = names;
    this.jobs = jobs;
    this.poll = poll;
    this.patience = patience;
  }

  /**
   * Sends the file, follows its run, looks at everything and cleans up.
   *
   * @param name in the bucket, which no other object below {@code input/} has
   */
  public List<Check> verify(Path file, String name, DeployedRuns runs) throws InterruptedException {
    Instant since = Instant.now().minusSeconds(60);
    List<Check> checks = new ArrayList<>();
    RunSummary run = runs.run(file, name);
    try {
      checks.add(RunCheck.ended(run));
      if (run.runId() != null) {
        checks.addAll(afterTheRun(run, since));
      }
    } finally {
      checks.addAll(cleanUp(PipelineInput.FOLDER + name, run));
    }
    return checks;
  }

  private List<Check> afterTheRun(RunSummary run, Instant since) throws InterruptedException {
    List<Check> checks = new ArrayList<>();
    Instant deadline = Instant.now().plus(patience);
    checks.add(RunCheck.rows(run));
    checks.addAll(
        once("outputs", () -> RunCheck.outputs(aws.s3(), stack.bucket(), run, jobs.outputs())));
    checks.addAll(
        once(
            "telemetry delivered",
            () -> List.of(RunCheck.telemetry(aws.s3(), stack.bucket(), run))));
    checks.addAll(
        until(
            deadline,
            "trace",
            () -> {
              List<JsonNode> documents = TraceDocuments.of(aws, run.traceId());
              return TraceCheck.of(documents, run.traceId(), jobs.jobs());
            }));
    checks.addAll(
        until(deadline, "logs", () -> LogsCheck.of(watching.logs(), names, run.runId(), since)));
    checks.addAll(
        until(
            deadline,
            "metrics",
            () -> MetricsCheck.metrics(watching.metrics(), names, jobs.jobs(), since)));
    checks.addAll(once("alarms", () -> MetricsCheck.alarms(watching.metrics(), names)));
    return checks;
  }

  private List<Check> cleanUp(String key, RunSummary run) {
    String runId = run.runId();
    List<String> keys =
        runId == null
            ? List.of(key)
            : List.of(key, "%s/%s/%s.json".formatted(Jobs.RUNS, RunRecord.INDEX, runId));
    List<String> prefixes =
        runId == null
            ? List.of()
            : jobs.written().stream().map(folder -> "%s/run=%s/".formatted(folder, runId)).toList();
    List<Check> checks = new ArrayList<>();
    checks.addAll(
        once(
            "cleaned up",
            () -> List.of(new CleanUp(aws.s3(), stack.bucket()).remove(keys, prefixes))));
    if (run.succeeded()) {
      checks.add(removePartitions(runId));
    }
    return checks;
  }

  private Check removePartitions(String runId) {
    String what = "cleaned up tables";
    try {
      int removed = new CatalogPartitions(names.database()).remove(runId, jobs.outputs());
      return Check.of(what, true, "%d partitions of the run are removed".formatted(removed), "");
    } catch (IOException e) {
      return Check.fails(
          what,
          e.getMessage(),
          "glue:BatchDeletePartition on the tables of the database " + names.database());
    }
  }

  /** Looks again until all of it holds, or it is too late. */
  private List<Check> until(Instant deadline, String what, Supplier<List<Check>> look)
      throws InterruptedException {
    while (true) {
      List<Check> checks = once(what, look);
      if (checks.stream().allMatch(Check::holds) || !Instant.now().plus(poll).isBefore(deadline)) {
        return checks;
      }
      Thread.sleep(poll.toMillis());
    }
  }

  private List<Check> once(String what, Supplier<List<Check>> look) {
    try {
      return look.get();
    } catch (SdkException e) {
      return List.of(
          Check.fails(
              what,
              errors.sentence(e),
              "./waybill help verify lists the permissions that it needs"));
    }
  }
}
