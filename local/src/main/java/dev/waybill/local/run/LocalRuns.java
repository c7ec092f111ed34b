package dev.waybill.local.run;

import dev.waybill.local.AwsClients;
import dev.waybill.local.LocalCloud;
import dev.waybill.local.run.RunFolder.Upload;
import dev.waybill.local.run.Uploader.Sent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Takes files through the local pipeline, as many at once as there are cores. */
public final class LocalRuns {

  private static final Duration POLL = Duration.ofMillis(50);

  private final LocalCloud cloud;
  private final Progress progress;

  public LocalRuns(LocalCloud cloud, Progress progress) {
    this.cloud = cloud;
    this.progress = progress;
  }

  /** Runs them all; the summaries come in the order of the files. */
  public List<RunSummary> run(List<Path> files) throws InterruptedException {
    ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try (AwsClients aws = cloud.clients()) {
      Uploader uploader = new Uploader(aws, LocalCloud.BUCKET);
      ExecutionFollower follower = new ExecutionFollower(aws, cloud.stateMachineArn(), POLL);
      RunFolder folder = new RunFolder(cloud, aws);
      List<Future<RunSummary>> runs = new ArrayList<>();
      for (Path file : files) {
        runs.add(threads.submit(() -> run(file, uploader, follower, folder)));
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

  private RunSummary run(Path file, Uploader uploader, ExecutionFollower follower, RunFolder folder)
      throws InterruptedException {
    String name = file.getFileName().toString();
    Sent sent = uploader.send(file);
    progress.hop(name, "upload", "%,d bytes, trace %s".formatted(sent.bytes(), sent.traceId()));
    String execution = execution(sent, follower);
    progress.hop(name, "Lambda", "started run " + ExecutionFollower.runId(execution));
    return folder.follow(
        execution,
        new Upload(file.toString(), sent.bytes(), sent.traceId(), sent.start()),
        follower,
        (hop, what) -> progress.hop(name, hop, what));
  }

  private String execution(Sent sent, ExecutionFollower follower) throws InterruptedException {
    while (true) {
      Optional<String> execution = follower.find(sent.traceId());
      if (execution.isPresent()) {
        return execution.get();
      }
      String deadLetter = cloud.deadLetter(sent.key());
      if (deadLetter != null) {
        throw new IllegalStateException(deadLetter);
      }
      Thread.sleep(POLL.toMillis());
    }
  }
}
