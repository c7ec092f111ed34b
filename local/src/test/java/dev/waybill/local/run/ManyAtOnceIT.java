package dev.waybill.local.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.local.AwsClients;
import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.Installation;
import dev.waybill.local.LocalCloud;
import dev.waybill.local.Processes;
import dev.waybill.local.TestFiles;
import dev.waybill.local.TestSpark;
import dev.waybill.local.collector.Backend;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;

/**
 * Many files dropped into the watched folder at once. A build takes a few; a hundred with {@code
 * -Dwaybill.many=100}.
 */
class ManyAtOnceIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("waybill.root")));
  private static final int FILES = Integer.getInteger("waybill.many", 5);
  private static final int ROWS_EACH = 3;
  private static final String SECRET = "between-us-only";

  @Test
  void eachFileHasARunATraceAndOutputsOfItsOwnAndNoneIsMixed(@TempDir Path folder)
      throws Exception {
    List<RunSummary> runs = new CopyOnWriteArrayList<>();
    List<String> warnings = new CopyOnWriteArrayList<>();
    CountDownLatch ended = new CountDownLatch(FILES);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Set<String> listening = new HashSet<>();
    Set<String> jvms = new HashSet<>();
    int most = 0;
    try (LocalCloud cloud =
        new LocalCloud(
            INSTALLATION,
            folder,
            HttpEndpoint.LOOPBACK,
            Backend.NONE,
            Clock.systemUTC(),
            warnings::add)) {
      LocalWatch watching =
          new LocalWatch(
              cloud, new Progress(new PrintStream(said, true, StandardCharsets.UTF_8), false));
      Thread watch =
          new Thread(
              () -> {
                try {
                  watching.serve(
                      run -> {
                        runs.add(run);
                        ended.countDown();
                      });
                } catch (InterruptedException stopped) {
                  Thread.currentThread().interrupt();
                }
              });
      watch.start();
      drop(cloud.bucketFolder().resolve("input"));
      while (!ended.await(50, TimeUnit.MILLISECONDS)) {
        List<String> now = jobJvms();
        most = Math.max(most, now.size());
        jvms.addAll(now);
        listening.addAll(ListeningSockets.ofThisJvmAndItsChildren());
      }
      watch.interrupt();
      watch.join();
      assertThatNothingStartsAgain(cloud, runs);
    }

    assertThat(warnings).isEmpty();
    int cores = Runtime.getRuntime().availableProcessors();
    assertThat(most).isBetween(1, cores);
    // One that starts beside others gets its part of the machine.
    String part = "-Dspark.master=local[" + Math.max(1, cores / most) + "]";
    assertThat(jvms).anyMatch(words -> words.contains(part));
    assertThat(listening).isNotEmpty().allMatch(ListeningSockets::isLoopback);
    assertThat(runs)
        .hasSize(FILES)
        .allSatisfy(
            run -> {
              assertThat(run.status()).as("%s", run.error()).isEqualTo("SUCCEEDED");
              assertThat(run.rows().read()).isEqualTo(ROWS_EACH + 1);
              assertThat(run.rows().rejected()).isEqualTo(Map.of("malformed_record", 1L));
              assertThat(run.trace().roots()).isEqualTo(1);
              assertThat(run.trace().orphans()).isZero();
            });
    assertThat(runs).extracting(RunSummary::traceId).doesNotHaveDuplicates();
    assertThat(runs).extracting(RunSummary::runId).doesNotHaveDuplicates();
    for (String dataSet : List.of("cleaned", "processed")) {
      assertThat(idsByRun(folder.resolve("bucket").resolve(dataSet)))
          .as(dataSet)
          .isEqualTo(expected(runs));
    }
    for (RunSummary run : runs) {
      assertThat(said.toString(StandardCharsets.UTF_8)).contains(run.runId());
      assertThat(Files.readString(Path.of(run.report()).resolveSibling("traces.jsonl")))
          .contains(run.runId())
          .doesNotContain(others(runs, run));
    }
    // Data is in the data sets alone: not in reports, logs, spans and metrics.
    assertThat(TestFiles.containing(SECRET, folder.resolve("runs"))).isEmpty();
    assertThat(TestFiles.containing(SECRET, folder.resolve("bucket/quarantine"))).hasSize(FILES);
  }

  /** Each file's listings have numbers that begin with the file's. */
  private static void drop(Path input) throws IOException {
    List<String> sample =
        Files.readAllLines(INSTALLATION.root().resolve("sample-data/listings.csv"));
    List<String> good =
        sample.stream().skip(1).filter(line -> line.matches("\\d+,[^\"]*")).toList();
    for (int file = 0; file < FILES; file++) {
      List<String> lines = new ArrayList<>(List.of(sample.get(0)));
      for (int row = 0; row < ROWS_EACH; row++) {
        lines.add(id(file, row) + good.get(row).replaceFirst("^\\d+,[^,]*", "," + SECRET));
      }
      lines.add(SECRET + ",is no record");
      Files.write(input.resolve("file-" + file + ".csv"), lines);
    }
  }

  /** What came of each file is written down and forgotten; its event still starts nothing twice. */
  private static void assertThatNothingStartsAgain(LocalCloud cloud, List<RunSummary> runs) {
    try (AwsClients aws = cloud.clients()) {
      SfnClient stepFunctions = aws.stepFunctions();
      String machine = cloud.stateMachineArn();
      assertThat(stepFunctions.listExecutions(all -> all.stateMachineArn(machine)).executions())
          .isEmpty();
      for (RunSummary run : runs) {
        assertThatThrownBy(
                () ->
                    stepFunctions.startExecution(
                        again -> again.stateMachineArn(machine).name(run.runId()).input("{}")))
            .isInstanceOf(ExecutionAlreadyExistsException.class);
      }
    }
  }

  private static long id(int file, int row) {
    return 1_000L * (file + 1) + row;
  }

  /** Every output row bears its run as the partition column {@code run}. */
  private static Set<String> idsByRun(Path dataSet) {
    SparkSession spark = TestSpark.session();
    Set<String> found = new HashSet<>();
    for (Row row : spark.read().parquet(dataSet.toString()).select("run", "id").collectAsList()) {
      assertThat(found.add(row.getString(0) + " " + row.getLong(1))).isTrue();
    }
    return found;
  }

  private static Set<String> expected(List<RunSummary> runs) {
    Set<String> expected = new HashSet<>();
    for (RunSummary run : runs) {
      int file = Integer.parseInt(run.input().file().replaceAll("\\D", ""));
      for (int row = 0; row < ROWS_EACH; row++) {
        expected.add(run.runId() + " " + id(file, row));
      }
    }
    return expected;
  }

  private static String[] others(List<RunSummary> runs, RunSummary not) {
    return runs.stream()
        .map(RunSummary::runId)
        .filter(id -> !id.equals(not.runId()))
        .toArray(String[]::new);
  }

  /** Children only: what a job starts itself bears its name until it has its own. */
  private static List<String> jobJvms() {
    return ProcessHandle.current()
        .children()
        .map(Processes::commandLine)
        .filter(words -> words.contains("dev.waybill.local.glue.JobMain"))
        .toList();
  }
}
