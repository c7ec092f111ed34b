package dev.waybill.local.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.AwsClients;
import dev.waybill.local.AwsErrors;
import dev.waybill.local.TraceHeader;
import dev.waybill.local.run.ExecutionFollower.Ended;
import dev.waybill.local.run.RunSummary.Failure;
import dev.waybill.local.run.RunSummary.Recorded;
import dev.waybill.local.run.Uploader.Sent;
import dev.waybill.workflow.Prices;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Sends files to a deployed pipeline and follows their executions to the end. A file that can't be
 * sent or followed does not keep the others from it: its summary says why.
 */
public final class DeployedRuns {

  private static final Map<String, String> CONSOLES =
      Map.of(
          "aws", "console.aws.amazon.com",
          "aws-cn", "console.amazonaws.cn",
          "aws-eusc", "console.amazonaws-eusc.eu",
          "aws-us-gov", "console.amazonaws-us-gov.com");

  private final AwsClients aws;
  private final AwsErrors errors;
  private final DeployedStack stack;
  private final Progress progress;
  private final Duration poll;
  private final Duration patience;
  private final List<String> outputs;
  private final ExecutionFollower follower;
  private final Prices prices = Prices.load();

  /**
   * Makes one.
   *
   * @param errors says why a call failed
   * @param poll between looks at an execution
   * @param patience until an upload without an execution is given up
   * @param outputs the folders of the bucket that hold data sets
   */
  public DeployedRuns(
      AwsClients aws,
      AwsErrors errors,
      DeployedStack stack,
      Progress progress,
      Duration poll,
      Duration patience,
      List<String> outputs) {
    this.aws = aws;
    this.errors = errors;
    this.stack = stack;
    this.progress = progress;
    this.poll = poll;
    this.patience = patience;
    this.outputs = outputs;
    this.follower = new ExecutionFollower(aws, stack.stateMachineArn(), poll);
  }

  /** A file after its upload, on its way to a summary. */
  @FunctionalInterface
  private interface Pending {
    RunSummary await() throws InterruptedException;
  }

  /**
   * Sends all, then follows each; the summaries come in the order of the files.
   *
   * @param outside the span that caused the run of the only file, or null
   */
  public List<RunSummary> run(List<Path> files, TraceHeader outside) throws InterruptedException {
    List<Pending> pending = new ArrayList<>();
    for (Path file : files) {
      pending.add(send(file, file.getFileName().toString(), outside));
    }
    List<RunSummary> summaries = new ArrayList<>();
    for (Pending each : pending) {
      summaries.add(each.await());
    }
    return summaries;
  }

  /**
   * Sends a file, then follows its run.
   *
   * @param name in the bucket, below {@code input/}
   */
  public RunSummary run(Path file, String name) throws InterruptedException {
    return send(file, name, null).await();
  }

  private Pending send(Path file, String name, TraceHeader outside) {
    try {
      Set<String> earlier = outside == null ? Set.of() : follower.ofTrace(outside.root());
      Sent sent = new Uploader(aws, stack.bucket()).send(file, name, outside);
      progress.hop(
          name,
          "upload",
          "%,d bytes to s3://%s/%s, trace %s"
              .formatted(sent.bytes(), stack.bucket(), sent.key(), sent.traceId()));
      return () -> follow(sent, earlier);
    } catch (SdkException e) {
      String why =
          "can't put it into the bucket %s: %s".formatted(stack.bucket(), errors.sentence(e));
      return () -> RunSummary.notStarted(file, why);
    } catch (RuntimeException e) {
      return () -> RunSummary.notStarted(file, Uploader.failure(e));
    }
  }

  private RunSummary follow(Sent sent, Set<String> earlier) throws InterruptedException {
    String name = sent.file().getFileName().toString();
    String execution = null;
    try {
      Optional<String> found = execution(sent, earlier);
      if (found.isEmpty()) {
        return unknown(
            sent,
            null,
            new Failure(
                Failure.NOT_STARTED,
                "no execution was started within %d s; the Lambda function's log and its dead-letter queue say why"
                    .formatted(patience.toSeconds())));
      }
      execution = found.get();
      progress.hop(name, "Lambda", "started run " + ExecutionFollower.runId(execution));
      return summary(
          sent, follower.follow(execution, (hop, what) -> progress.hop(name, hop, what)));
    } catch (SdkException e) {
      return unknown(
          sent,
          execution,
          new Failure(
              Failure.NOT_FOLLOWED,
              "the file was sent and its run may go on, but can't be followed: "
                  + errors.sentence(e)));
    }
  }

  private Optional<String> execution(Sent sent, Set<String> earlier) throws InterruptedException {
    Instant deadline = Instant.now().plus(patience);
    while (Instant.now().isBefore(deadline)) {
      Optional<String> execution =
          follower.ofTrace(sent.traceId()).stream()
              .filter(arn -> !earlier.contains(arn))
              .findFirst();
      if (execution.isPresent()) {
        return execution;
      }
      Thread.sleep(poll.toMillis());
    }
    return Optional.empty();
  }

  private RunSummary summary(Sent sent, Ended ended) {
    Failure failure = Failure.of(ended, sent.changed());
    Recorded recorded = recorded(ended.runId());
    return new RunSummary(
        ended.runId(),
        failure == null ? RunSummary.SUCCEEDED : RunSummary.FAILED,
        failure,
        sent.traceId(),
        new RunSummary.Input(sent.file().toString(), sent.bytes()),
        recorded.rows(),
        List.of(),
        recorded.values(),
        recorded.warnings(),
        outputs(ended.runId()),
        ended.jobs(),
        RunCost.of(ended, segments(sent.traceId()), false, prices),
        null,
        Duration.between(sent.start(), ended.end()).toMillis() / 1000.0,
        traceLink(sent.traceId()));
  }

  /** That of a run whose end is not known. */
  private RunSummary unknown(Sent sent, String execution, Failure failure) {
    return new RunSummary(
        execution == null ? null : ExecutionFollower.runId(execution),
        RunSummary.FAILED,
        failure,
        sent.traceId(),
        new RunSummary.Input(sent.file().toString(), sent.bytes()),
        Recorded.NONE.rows(),
        List.of(),
        Recorded.NONE.values(),
        Recorded.NONE.warnings(),
        Map.of(),
        List.of(),
        null,
        null,
        Duration.between(sent.start(), Instant.now()).toMillis() / 1000.0,
        traceLink(sent.traceId()));
  }

  /** None where X-Ray does not tell: they say how long the Lambda function ran, and no more. */
  private List<JsonNode> segments(String traceId) {
    try {
      return TraceDocuments.of(aws, traceId);
    } catch (SdkException e) {
      return List.of();
    }
  }

  /** The run is over, whoever may read its records. */
  private Recorded recorded(String runId) {
    try {
      return Recorded.ofRun(aws, stack.bucket(), runId);
    } catch (SdkException e) {
      progress.warn(
          "run %s: its rows are not known, for the run's record can't be read from the bucket %s: %s"
              .formatted(runId, stack.bucket(), errors.sentence(e)));
      return Recorded.NONE;
    }
  }

  private Map<String, String> outputs(String runId) {
    Map<String, String> written = new LinkedHashMap<>();
    for (String name : outputs) {
      written.put(name, "s3://%s/%s/run=%s/".formatted(stack.bucket(), name, runId));
    }
    return written;
  }

  private String traceLink(String traceId) {
    String[] arn = stack.stateMachineArn().split(":");
    return "https://%s.%s/cloudwatch/home?region=%s#xray:traces/%s"
        .formatted(arn[3], CONSOLES.getOrDefault(arn[1], CONSOLES.get("aws")), arn[3], traceId);
  }
}
