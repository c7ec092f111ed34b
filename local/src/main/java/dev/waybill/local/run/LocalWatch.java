package dev.waybill.local.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.AwsClients;
import dev.waybill.local.LocalCloud;
import dev.waybill.local.TraceHeader;
import dev.waybill.local.run.RunFolder.Upload;
import dev.waybill.local.s3.InputFolder;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Runs what comes into the local bucket, until it is interrupted. */
public final class LocalWatch {

  private static final Duration POLL = Duration.ofMillis(300);

  private final LocalCloud cloud;
  private final Progress progress;
  private final InputFolder input;

  /** Begins to watch: what comes from now on is run. */
  public LocalWatch(LocalCloud cloud, Progress progress) {
    this.cloud = cloud;
    this.progress = progress;
    this.input = new InputFolder(LocalCloud.BUCKET, cloud.bucketFolder());
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
      while (true) {
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
      Upload upload =
          new Upload(
              input.path("key").asText(),
              input.path("size").asLong(),
              TraceHeader.orNew(input.path("trace_header").asText()).root(),
              start);
      ended.accept(
          folder.follow(
              execution, upload, follower, (hop, what) -> progress.hop(runId, hop, what)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      progress.warn("run %s: what came of it can't be told: %s".formatted(runId, e.getMessage()));
    }
  }
}
