package dev.waybill.local.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.AwsClients;
import dev.waybill.local.LocalCloud;
import dev.waybill.local.TraceHeader;
import dev.waybill.local.run.RunFolder.Upload;
import dev.waybill.local.s3.InputFolder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs what comes into the local bucket, until its cloud is told to stop. */
public final class LocalWatch {

  private static final Duration POLL = Duration.ofMillis(300);

  /** For the runs under way at the end: each still sends and writes what is known of it. */
  private static final Duration LAST_RUNS = Duration.ofSeconds(20);

  private final LocalCloud cloud;
  private final Progress progress;
  private final InputFolder input;

  /** Begins to watch: what comes from now on is run. */
  public LocalWatch(LocalCloud cloud, Progress progress) {
    this.cloud = cloud;
    this.progress = progress;
    this.input = new InputFolder(LocalCloud.BUCKET, cloud.bucketFolder(), progress::warn);
  }

  /** Runs a file again that is in the bucket already. */
  public void resume(InterruptedRun run) {
    try {
      cloud.created(InputFolder.created(LocalCloud.BUCKET, cloud.bucketFolder(), run.key()));
      run.forget();
      progress.warn(
          "run %s of %s was interrupted: its file runs again".formatted(run.runId(), run.key()));
    } catch (IOException e) {
      progress.warn(
          "run %s of %s was interrupted, and its file can't be run again: %s"
              .formatted(run.runId(), run.key(), e));
    }
  }

  /**
   * Serves the bucket.
   *
   * @param ended takes every run at its end
   */
  public void serve(Consumer<RunSummary> ended) throws InterruptedException {
    ExecutorService followers = Executors.newCachedThreadPool();
    Set<String> known = new HashSet<>();
    try (AwsClients aws = cloud.clients()) {
      ExecutionFollower follower = new ExecutionFollower(aws, cloud.stateMachineArn(), POLL);
      RunFolder folder = new RunFolder(cloud, aws);
      while (!cloud.stopping()) {
        input.arrived(cloud::wasPut).forEach(cloud::created);
        List<String> executions = follower.executions();
        known.retainAll(executions);
        for (String execution : executions) {
          if (known.add(execution)) {
            followers.submit(() -> follow(execution, follower, folder, ended));
          }
        }
        Thread.sleep(POLL.toMillis());
      }
      followers.shutdown();
      followers.awaitTermination(LAST_RUNS.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      followers.shutdownNow();
    }
  }

  private void follow(
      String execution, ExecutionFollower follower, RunFolder folder, Consumer<RunSummary> ended) {
    String runId = ExecutionFollower.runId(execution);
    try {
      Instant start = Instant.now();
      JsonNode input = follower.input(execution);
      String key = input.path("key").asText();
      Upload upload =
          new Upload(
              key,
              key,
              input.path("size").asLong(),
              TraceHeader.orNew(input.path("trace_header").asText()).root(),
              start,
              null);
      ended.accept(
          folder.follow(
              execution, upload, follower, (hop, what) -> progress.hop(runId, hop, what)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      progress.warn("run %s: its end is not known: %s".formatted(runId, e.getMessage()));
    }
  }
}
