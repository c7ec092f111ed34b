package dev.waybill.local.run;

import dev.waybill.local.AwsClients;
import dev.waybill.local.LocalCloud;
import dev.waybill.local.TraceHeader;
import dev.waybill.local.run.RunFolder.Upload;
import dev.waybill.local.run.Uploader.Sent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Takes files through the local pipeline, as many at once as there are cores. A file that can't be
 * sent does not keep the others from it: its summary says why.
 */
public final class LocalRuns {

  private static final Duration POLL = Duration.ofMillis(50);

  /** Until an upload without an execution is given up. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final String STOPPED =
      "waybill was stopped before a run was started for this file";

  private final LocalCloud cloud;
  private final Progress progress;

  public LocalRuns(LocalCloud cloud, Progress progress) {
    this.cloud = cloud;
    this.progress = progress;
  }

  /** Runs them all, each in a trace of its own; the summaries come in the order of the files. */
  public List<RunSummary> run(List<Path> files) throws InterruptedException {
    return run(files, null);
  }

  /**
   * Runs them all; the summaries come in the order of the files.
   *
   * @param outside the span that caused the run of the only file, or null
   */
  public List<RunSummary> run(List<Path> files, TraceHeader outside) throws InterruptedException {
    ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try (AwsClients aws = cloud.clients()) {
      Uploader uploader = new Uploader(aws, cloud::upload);
      ExecutionFollower follower = new ExecutionFollower(aws, cloud.stateMachineArn(), POLL);
      RunFolder folder = new RunFolder(cloud, aws);
      List<Future<RunSummary>> runs = new ArrayList<>();
      for (Path file : files) {
        runs.add(threads.submit(() -> run(file, outside, uploader, follower, folder)));
      }
      List<RunSummary> summaries = new ArrayList<>();
      for (Future<RunSummary> run : runs) {
        summaries.add(run.get());
      }
      return summaries;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private RunSummary run(
      Path file,
      TraceHeader outside,
      Uploader uploader,
      ExecutionFollower follower,
      RunFolder folder)
      throws InterruptedException {
    String name = file.getFileName().toString();
    Sent sent;
    String execution;
    try {
      sent = send(file, outside, uploader);
      progress.hop(name, "upload", "%,d bytes, trace %s".formatted(sent.bytes(), sent.traceId()));
      execution = execution(sent, follower);
    } catch (NotStarted e) {
      return RunSummary.notStarted(file, e.getMessage());
    }
    progress.hop(name, "Lambda", "started run " + ExecutionFollower.runId(execution));
    return folder.follow(
        execution,
        new Upload(
            file.toString(),
            sent.key(),
            sent.bytes(),
            sent.traceId(),
            sent.start(),
            sent.changed()),
        follower,
        (hop, what) -> progress.hop(name, hop, what));
  }

  private Sent send(Path file, TraceHeader outside, Uploader uploader) throws NotStarted {
    if (cloud.stopping()) {
      throw new NotStarted(STOPPED);
    }
    try {
      return uploader.send(file, outside);
    } catch (RuntimeException e) {
      throw new NotStarted(Uploader.failure(e));
    }
  }

  private String execution(Sent sent, ExecutionFollower follower)
      throws InterruptedException, NotStarted {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (Instant.now().isBefore(deadline)) {
      Optional<String> execution = follower.find(sent.traceId());
      if (execution.isPresent()) {
        return execution.get();
      }
      String deadLetter = cloud.deadLetter(sent.key());
      if (deadLetter != null) {
        throw new NotStarted(deadLetter);
      }
      if (cloud.stopping()) {
        throw new NotStarted(STOPPED);
      }
      Thread.sleep(POLL.toMillis());
    }
    throw new NotStarted(
        "no execution was started within %d s; the Lambda function's log is %s"
            .formatted(PATIENCE.toSeconds(), cloud.lambdaLog()));
  }

  /** Why nothing was started for a file. */
  private static final class NotStarted extends Exception {
    private static final long serialVersionUID = 1;

    NotStarted(String why) {
      super(why);
    }
  }
}
