package dev.waybill.local.glue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.glue.GlueClient;
import software.amazon.awssdk.services.glue.model.ConcurrentRunsExceededException;
import software.amazon.awssdk.services.glue.model.EntityNotFoundException;
import software.amazon.awssdk.services.glue.model.InvalidInputException;
import software.amazon.awssdk.services.glue.model.JobRun;
import software.amazon.awssdk.services.glue.model.JobRunState;

/** The stand-in for Glue behind the real client; a job is any process here. */
class GlueServerTest {

  private static final String FOREVER = "sleep 60";

  private final Map<String, Process> processes = new ConcurrentHashMap<>();
  @TempDir private Path folder;
  private GlueServer server;
  private GlueClient glue;

  @BeforeEach
  void start() {
    server =
        GlueServer.start(
            List.of(
                job("queued", true, Duration.ofMinutes(1)),
                job("unqueued", false, Duration.ofMinutes(1)),
                job("short", true, Duration.ofMillis(50))),
            this::launch);
    glue =
        GlueClient.builder()
            .endpointOverride(URI.create(server.url()))
            .region(Region.EU_WEST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("none", "none")))
            .httpClient(UrlConnectionHttpClient.create())
            .build();
  }

  @AfterEach
  void stop() {
    glue.close();
    server.close();
  }

  @Test
  void aRunSucceedsWhenItsProcessDoes() throws Exception {
    JobRun run = ended("queued", startRun("queued", "true"));

    assertThat(run.jobRunState()).isEqualTo(JobRunState.SUCCEEDED);
    assertThat(run.arguments())
        .containsEntry("--default", "yes")
        .containsEntry("--command", "true");
    assertThat(run.completedOn()).isAfterOrEqualTo(run.startedOn());
    assertThat(run.workerType()).hasToString("G.1X");
    assertThat(run.executionTime()).isPositive();
    assertThat(run.dpuSeconds()).isEqualTo(2.0 * run.executionTime());
  }

  @Test
  void aFailedRunSaysWhyAlsoWhenItsProcessWasKilled() throws Exception {
    assertThat(ended("queued", startRun("queued", "false")).errorMessage())
        .startsWith("the job's JVM ended with status 1 before it could say why; its log is ");

    String id = startRun("queued", FOREVER);
    await(() -> processes.containsKey(id));
    processes.get(id).destroyForcibly();

    JobRun killed = ended("queued", id);
    assertThat(killed.jobRunState()).isEqualTo(JobRunState.FAILED);
    assertThat(killed.errorMessage()).contains("status 137");
  }

  @Test
  void aRunThatTakesTooLongIsStopped() throws Exception {
    String id = startRun("short", FOREVER);

    assertThat(ended("short", id).jobRunState()).isEqualTo(JobRunState.TIMEOUT);
    processes.get(id).waitFor();
  }

  @Test
  void aRunCanBeStopped() throws Exception {
    String id = startRun("queued", FOREVER);
    await(() -> processes.containsKey(id));

    glue.batchStopJobRun(stop -> stop.jobName("queued").jobRunIds(id));

    assertThat(ended("queued", id).jobRunState()).isEqualTo(JobRunState.STOPPED);
    processes.get(id).waitFor();
  }

  @Test
  void moreRunsThanAllowedAreRefusedWithoutQueuing() {
    startRun("unqueued", FOREVER);

    assertThatThrownBy(() -> startRun("unqueued", "true"))
        .isInstanceOf(ConcurrentRunsExceededException.class);
  }

  @Test
  void moreRunsThanAllowedWaitWithQueuing() throws Exception {
    String first = startRun("queued", FOREVER);
    await(() -> processes.containsKey(first));

    String waiting = startRun("queued", "true");
    assertThat(get("queued", waiting).jobRunState()).isEqualTo(JobRunState.WAITING);

    glue.batchStopJobRun(stop -> stop.jobName("queued").jobRunIds(first));
    assertThat(ended("queued", waiting).jobRunState()).isEqualTo(JobRunState.SUCCEEDED);
  }

  @ParameterizedTest
  @CsvSource({
    "--run_id, ../../../pwn/dir",
    "--run_id, /tmp/pwn",
    "--run_id, ..",
    "--run_id, a/b",
    "--attempt, ../../x",
    "--attempt, 1/2"
  })
  void anArgumentThatLeadsOutOfTheRunsFolderIsRefused(String argument, String value) {
    assertThatThrownBy(
            () ->
                glue.startJobRun(
                    start ->
                        start
                            .jobName("queued")
                            .arguments(Map.of("--command", "true", argument, value))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("the argument %s is '%s'; it must match".formatted(argument, value));
    assertThat(processes).isEmpty();
  }

  @Test
  void anUnknownJobIsNamed() {
    assertThatThrownBy(() -> startRun("nothing", "true"))
        .isInstanceOf(EntityNotFoundException.class)
        .hasMessageContaining("no such job: nothing");
  }

  private static JobDefinition job(String name, boolean queuing, Duration timeout) {
    return new JobDefinition(
        name, "none", List.of(), 1, queuing, timeout, Map.of("--default", "yes"));
  }

  private JobJvm.Started launch(dev.waybill.local.glue.JobRun run) throws IOException {
    Process process =
        new ProcessBuilder(run.arguments().get("--command").split(" ")).inheritIO().start();
    processes.put(run.id(), process);
    return new JobJvm.Started(
        process, folder.resolve(run.id()), Files.createTempFile(folder, "job", ".log"));
  }

  private String startRun(String job, String command) {
    return glue.startJobRun(start -> start.jobName(job).arguments(Map.of("--command", command)))
        .jobRunId();
  }

  private JobRun get(String job, String id) {
    return glue.getJobRun(get -> get.jobName(job).runId(id)).jobRun();
  }

  private JobRun ended(String job, String id) {
    await(() -> get(job, id).completedOn() != null);
    return get(job, id);
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait();
    }
  }
}
