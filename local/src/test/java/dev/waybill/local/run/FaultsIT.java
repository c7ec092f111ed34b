package dev.waybill.local.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.local.AwsClients;
import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.Installation;
import dev.waybill.local.LocalCloud;
import dev.waybill.local.Processes;
import dev.waybill.local.TestFiles;
import dev.waybill.local.TestSpark;
import dev.waybill.local.collector.Backend;
import dev.waybill.local.collector.OtlpReceiver.Signal;
import dev.waybill.local.generate.ListingsGenerator;
import dev.waybill.local.run.ExecutionFollower.Ended;
import dev.waybill.local.s3.BucketServer.Created;
import dev.waybill.local.s3.Etag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What becomes of files when something breaks: processes are killed by the kernel, a disk takes no
 * more, objects go away, events come twice. Linux only: it looks into {@code /proc}.
 */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(600)
class FaultsIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("waybill.root")));
  private static final long ROWS = 12_000;
  private static final Duration POLL = Duration.ofMillis(10);

  /** Less than any data set of these files has. */
  private static final int FULL_AT_BYTES = 20_000;

  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private final Map<String, RunSummary> runs = new HashMap<>();
  private LocalCloud cloud;
  private AwsClients aws;
  private ExecutionFollower follower;
  private SparkSession spark;

  @BeforeAll
  void breakThingsAmidRuns(@TempDir Path folder) throws Exception {
    cloud =
        new LocalCloud(
            INSTALLATION,
            folder.resolve("out"),
            HttpEndpoint.LOOPBACK,
            Backend.NONE,
            Clock.systemUTC(),
            warnings::add);
    aws = cloud.clients();
    follower = new ExecutionFollower(aws, cloud.stateMachineArn(), POLL);
    spark = TestSpark.session();
    Path undisturbed = generate(folder.resolve("undisturbed.csv"));
    List<Path> files = new ArrayList<>(List.of(undisturbed));
    for (String name : List.of("killed-reading", "killed-writing", "killed-late", "disk-full")) {
      files.add(Files.copy(undisturbed, folder.resolve(name + ".csv")));
    }
    List<CompletableFuture<?>> faults =
        List.of(
            once("killed-reading", this::readsRows, FaultsIT::kill),
            once("killed-writing", run -> has("cleaned", run, "_temporary"), FaultsIT::kill),
            once("killed-late", run -> has("processed", run, "_SUCCESS"), FaultsIT::kill),
            once("disk-full", run -> true, FaultsIT::fillDisk));

    for (RunSummary run : new LocalRuns(cloud, new Progress(System.err, true)).run(files)) {
      runs.put(Path.of(run.input().file()).getFileName().toString(), run);
    }
    faults.forEach(CompletableFuture::join);
  }

  @AfterAll
  void stop() {
    spark.stop();
    aws.close();
    cloud.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"killed-reading", "killed-writing", "killed-late", "disk-full"})
  void aBrokenAttemptIsRepeatedAndTheRowsAreThoseOfAnUndisturbedRun(String fault)
      throws IOException {
    RunSummary run = runs.get(fault + ".csv");

    assertThat(run.status()).as("%s", run.error()).isEqualTo("SUCCEEDED");
    assertThat(run.jobs()).extracting(ExecutionFollower.JobTry::status).contains("FAILED");
    assertThat(run.rows()).isEqualTo(runs.get("undisturbed.csv").rows());
    assertThat(run.rows().read())
        .isEqualTo(ROWS)
        .isEqualTo(run.rows().cleaned() + run.rows().allRejected());
    for (String dataSet : List.of("cleaned", "processed", "neighbourhood_summary", "quarantine")) {
      assertThat(rows(run, dataSet))
          .as(dataSet)
          .isEqualTo(rows(runs.get("undisturbed.csv"), dataSet));
      assertThat(names(Path.of(run.outputs().get(dataSet))))
          .allMatch(name -> name.equals("_SUCCESS") || name.endsWith(".parquet"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"killed-reading", "killed-writing", "killed-late", "disk-full"})
  void theFaultIsFoundInTheOneTraceOfItsRun(String fault) throws IOException {
    RunSummary run = runs.get(fault + ".csv");

    assertThat(run.trace().roots()).isEqualTo(1);
    assertThat(run.trace().orphans()).isZero();
    assertThat(run.trace().errors()).isPositive();
    assertThat(Files.readString(Path.of(run.report())))
        .contains(fault.equals("disk-full") ? "File too large" : "ended with status 137");
  }

  @Test
  void anObjectThatWasDeletedBeforeTheReadFailsItsRun() throws Exception {
    Created object = put("deleted.csv", "id\n1\n");
    Files.delete(cloud.bucketFolder().resolve(object.key()));
    cloud.created(object);

    assertThat(ended("deleted").cause())
        .contains("input/deleted.csv: is not in the bucket any more; upload it again");
  }

  @Test
  void anObjectThatWasOverwrittenIsNeverReadInTheOthersPlaceWhateverTheOrderOfEvents()
      throws Exception {
    String header =
        Files.readAllLines(INSTALLATION.root().resolve("sample-data/listings.csv")).get(0);
    Created older = put("overwritten.csv", header + "\n1,older\n");
    Created newer = put("overwritten.csv", header + "\n2,newer\n3,newer\n");
    cloud.created(newer);
    cloud.created(older);

    List<Ended> both =
        List.of(ended("overwritten", newer.etag()), ended("overwritten", older.etag()));

    assertThat(both.get(0).succeeded()).isTrue();
    assertThat(RunSummary.Recorded.ofRun(aws, LocalCloud.BUCKET, both.get(0).runId()).rows().read())
        .isEqualTo(2);
    assertThat(both.get(1).error()).isEqualTo("InvalidInput");
    assertThat(both.get(1).cause())
        .contains("input/overwritten.csv: was overwritten after this upload (etag " + older.etag());
    assertThat(both)
        .extracting(run -> run.input().path("trace_header").asText())
        .doesNotHaveDuplicates();
  }

  @Test
  void aThousandRepeatedEventsStartOneExecution() throws Exception {
    Created object = put("repeated.csv", "id\n1\n");
    for (int i = 0; i < 1_000; i++) {
      cloud.created(object);
    }
    Path log = cloud.runsFolder().resolve("lambda.log");
    Processes.waitFor(
        () ->
            TestFiles.lines(log, "this event came before", "input/repeated.csv") == 999
                ? Optional.of(true)
                : Optional.empty());

    assertThat(executions("repeated")).hasSize(1);
    assertThat(TestFiles.lines(log, "execution started", "input/repeated.csv")).isEqualTo(1);
  }

  @Test
  void anEventIsNotLostWithTheSandboxOfTheFunction() throws Exception {
    Created first = put("sandbox-1.csv", "id\n1\n");
    Created second = put("sandbox-2.csv", "id\n1\n");
    kill(Processes.waitFor(() -> process("dev.waybill.local.lambda.LambdaRuntime")));
    cloud.created(first);
    cloud.created(second);

    assertThat(ended("sandbox-1").error()).isEqualTo("InvalidInput");
    assertThat(ended("sandbox-2").error()).isEqualTo("InvalidInput");
    assertThat(executions("sandbox-1")).hasSize(1);
  }

  /** Does something to the process of a run's job, once, as soon as its time has come. */
  private CompletableFuture<?> once(
      String file, Predicate<String> time, java.util.function.Consumer<ProcessHandle> fault) {
    return CompletableFuture.runAsync(
        () -> {
          ProcessHandle process =
              Processes.waitFor(
                  () ->
                      runId(file).filter(time).flatMap(run -> process("--run_id\0" + run + "\0")));
          fault.accept(process);
        },
        task -> new Thread(task, "fault-" + file).start());
  }

  private Optional<String> runId(String file) {
    return names(cloud.runsFolder()).stream()
        .filter(name -> name.matches("\\d+-\\d+-" + file + "-[0-9a-f]{16}"))
        .findFirst();
  }

  /** Its session is up, and nothing is written yet. */
  private boolean readsRows(String run) {
    return !cloud.collector().ofRun(run, Signal.TRACES).isEmpty()
        && !has("cleaned", run, "_temporary");
  }

  private boolean has(String dataSet, String run, String name) {
    return Files.exists(cloud.bucketFolder().resolve(dataSet).resolve("run=" + run).resolve(name));
  }

  private static void kill(ProcessHandle process) {
    process.destroyForcibly();
  }

  /** From now on the process can't make a file longer: its writes fail, as on a full disk. */
  private static void fillDisk(ProcessHandle process) {
    try {
      int status =
          new ProcessBuilder(
                  "prlimit", "--pid", String.valueOf(process.pid()), "--fsize=" + FULL_AT_BYTES)
              .inheritIO()
              .start()
              .waitFor();
      assertThat(status).isZero();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A process of this JVM whose command line has this in it. */
  private static Optional<ProcessHandle> process(String words) {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> Processes.isCalledWith(process, words))
        .findFirst();
  }

  private Created put(String name, String content) throws IOException {
    Path file = cloud.bucketFolder().resolve("input").resolve(name);
    Path beside = Files.writeString(file.resolveSibling("." + name), content);
    Files.move(beside, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    return new Created(
        LocalCloud.BUCKET, "input/" + name, content.length(), Etag.of(file), Instant.now(), null);
  }

  private Ended ended(String file) throws InterruptedException {
    return ended(file, "");
  }

  /** The end of the run of a file that was uploaded with this etag. */
  private Ended ended(String file, String etag) throws InterruptedException {
    String execution =
        Processes.waitFor(
            () ->
                executions(file).stream()
                    .filter(
                        arn ->
                            aws.stepFunctions()
                                .describeExecution(request -> request.executionArn(arn))
                                .input()
                                .contains(etag))
                    .findFirst());
    return follower.follow(execution, (hop, what) -> {});
  }

  private List<String> executions(String file) {
    return follower.executions().stream()
        .filter(arn -> arn.matches(".*:\\d+-\\d+-" + file + "-[0-9a-f]{16}"))
        .toList();
  }

  private static List<String> names(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> rows(RunSummary run, String dataSet) {
    return spark.read().parquet(run.outputs().get(dataSet)).collectAsList().stream()
        .map(Row::toString)
        .sorted()
        .toList();
  }

  private static Path generate(Path file) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      new ListingsGenerator(5).write(ROWS, out);
    }
    return file;
  }
}
