package dev.waybill.local.run;

import dev.waybill.local.AwsClients;
import dev.waybill.local.run.ExecutionFollower.Ended;
import dev.waybill.local.run.Uploader.Sent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sends files to a deployed pipeline and follows their executions to the end. */
public final class DeployedRuns {

  private final AwsClients aws;
  private final DeployedStack stack;
  private final Progress progress;
  private final Duration poll;
  private final Duration patience;

  /**
   * Makes one.
   *
   * @param poll between looks at an execution
   * @param patience until an upload without an execution is given up
   */
  public DeployedRuns(
      AwsClients aws, DeployedStack stack, Progress progress, Duration poll, Duration patience) {
    this.aws = aws;
    this.stack = stack;
    this.progress = progress;
    this.poll = poll;
    this.patience = patience;
  }

  /** Sends all, then follows each. */
  public List<RunSummary> run(List<Path> files) throws InterruptedException {
    Uploader uploader = new Uploader(aws, stack.bucket());
    List<Sent> sent = new ArrayList<>();
    for (Path file : files) {
      Sent upload = uploader.send(file);
      sent.add(upload);
      progress.hop(
          file.getFileName().toString(),
          "upload",
          "%,d bytes to s3://%s/%s, trace %s"
              .formatted(upload.bytes(), stack.bucket(), upload.key(), upload.traceId()));
    }
    ExecutionFollower follower = new ExecutionFollower(aws, stack.stateMachineArn(), poll);
    List<RunSummary> summaries = new ArrayList<>();
    for (Sent upload : sent) {
      summaries.add(follow(upload, follower));
    }
    return summaries;
  }

  private RunSummary follow(Sent upload, ExecutionFollower follower) throws InterruptedException {
    String name = upload.file().getFileName().toString();
    String execution = execution(upload, follower);
    progress.hop(name, "Lambda", "started run " + ExecutionFollower.runId(execution));
    Ended ended = follower.follow(execution, (hop, what) -> progress.hop(name, hop, what));
    return new RunSummary(
        ended.runId(),
        ended.succeeded() ? "SUCCEEDED" : "FAILED",
        RunSummary.Failure.of(ended),
        upload.traceId(),
        new RunSummary.Input(upload.file().toString(), upload.bytes()),
        RunSummary.Rows.ofRun(aws, stack.bucket(), ended.runId()),
        outputs(ended.runId()),
        ended.jobs(),
        null,
        Duration.between(upload.start(), ended.end()).toMillis() / 1000.0,
        traceLink(upload.traceId()));
  }

  private String execution(Sent upload, ExecutionFollower follower) throws InterruptedException {
    Instant deadline = Instant.now().plus(patience);
    while (Instant.now().isBefore(deadline)) {
      Optional<String> execution = follower.find(upload.traceId());
      if (execution.isPresent()) {
        return execution.get();
      }
      Thread.sleep(poll.toMillis());
    }
    throw new IllegalStateException(
        "%s: no execution was started within %d s; the Lambda function's log and its dead-letter queue say why"
            .formatted(upload.file(), patience.toSeconds()));
  }

  private Map<String, String> outputs(String runId) {
    Map<String, String> outputs = new LinkedHashMap<>();
    for (String name : RunFolder.DATA_SETS) {
      outputs.put(name, "s3://%s/%s/run=%s/".formatted(stack.bucket(), name, runId));
    }
    return outputs;
  }

  private String traceLink(String traceId) {
    String region = stack.stateMachineArn().split(":")[3];
    return "https://%s.console.aws.amazon.com/cloudwatch/home?region=%s#xray:traces/%s"
        .formatted(region, region, traceId);
  }
}
