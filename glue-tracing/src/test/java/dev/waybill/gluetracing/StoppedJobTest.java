package dev.waybill.gluetracing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.api.java.function.ForeachFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job's JVM that is told to stop, as Glue does on a timeout. */
class StoppedJobTest {

  private static final Set<String> OF_THE_DRIVER = Set.of("start spark", "plan", "commit");
  private static final String READY = "the step runs";

  @TempDir private Path folder;

  @Test
  void whatIsKnownOfAJobThatIsStoppedIsWrittenAndSent() throws Exception {
    try (TestCollector collector = TestCollector.healthy()) {
      JobProcess.start(EndlessJob.class, List.of(), "--otlp_endpoint", collector.url())
          .awaitLine(READY)
          .stop()
          .await();

      Span root = collector.span("stopped-job");
      assertThat(root.getStatus().getMessage())
          .startsWith("the JVM was told to stop while steps 'wait for ever', 'within' ran");
      Span step = collector.span("wait for ever");
      assertThat(step.getParentSpanId()).isEqualTo(root.getSpanId());
      assertThat(collector.span("within").getParentSpanId()).isEqualTo(step.getSpanId());
      assertThat(collector.stages()).isNotEmpty();
    }
  }

  @Test
  void itIsWrittenOnceAndKeptBeforeSparkAndItsFileSystemsStop() throws Exception {
    try (TestCollector silent = TestCollector.silent()) {
      JobProcess job =
          JobProcess.start(
              EndlessSparkJob.class,
              List.of("-Dspark.hadoop.fs.closes.impl=" + ClosingFileSystem.class.getName()),
              "--otlp_endpoint",
              silent.url(),
              "--telemetry_folder",
              "closes://" + folder,
              "--JOB_RUN_ID",
              "jr_1");
      job.awaitLine(READY).stop().await();

      assertThat(job.lines())
          .filteredOn(line -> line.contains("did not take all telemetry of this job"))
          .isNotEmpty()
          .allMatch(line -> line.contains("in closes://" + folder + "/stopped-job-jr_1;"));
    }

    List<JsonNode> spans = keptSpans(folder.resolve("stopped-job-jr_1/traces.jsonl"));
    assertThat(spans)
        .filteredOn(span -> !isStage(span) && !OF_THE_DRIVER.contains(span.path("name").asText()))
        .extracting(span -> span.path("name").asText() + ": " + span.at("/status/message").asText())
        .containsExactlyInAnyOrder(
            "count: ",
            "run for ever: the JVM was told to stop while step 'run for ever' ran"
                + " (timeout, cancelled run or lost machine)",
            "stopped-job: the JVM was told to stop while step 'run for ever' ran"
                + " (timeout, cancelled run or lost machine)");
    assertThat(spans).anyMatch(StoppedJobTest::isStage);
  }

  private static boolean isStage(JsonNode span) {
    return span.path("attributes").findValuesAsText("key").contains("waybill.spark.stage.tasks");
  }

  private static List<JsonNode> keptSpans(Path file) throws IOException {
    List<JsonNode> spans = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      for (JsonNode resource : new ObjectMapper().readTree(line).path("resourceSpans")) {
        resource.path("scopeSpans").forEach(scope -> scope.path("spans").forEach(spans::add));
      }
    }
    return spans;
  }

  /** Works, then waits. */
  static final class EndlessJob {
    private EndlessJob() {}

    public static void main(String[] args) {
      try (TracedJob job = TracedJob.start("stopped-job", args)) {
        job.step("count", () -> job.spark().range(10).count());
        job.step("wait for ever", () -> job.step("within", () -> block(READY)));
        job.complete();
      }
    }
  }

  /** Works, then has Spark work. */
  static final class EndlessSparkJob {
    private EndlessSparkJob() {}

    public static void main(String[] args) {
      try (TracedJob job = TracedJob.start("stopped-job", args)) {
        job.step("count", () -> count(job));
        job.step(
            "run for ever",
            () -> job.spark().range(1).foreach((ForeachFunction<Long>) row -> block(READY)));
        job.complete();
      }
    }
  }

  /** Also uses the file system, so that Hadoop has it to close. */
  private static long count(TracedJob job) throws IOException {
    new org.apache.hadoop.fs.Path("closes:///")
        .getFileSystem(job.spark().sparkContext().hadoopConfiguration());
    return job.spark().range(10).count();
  }

  private static void block(String line) {
    System.out.println(line);
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The local one, of no use once Hadoop has closed it. */
  public static final class ClosingFileSystem extends TestFileSystem {

    private static volatile boolean closed;

    @Override
    String scheme() {
      return "closes";
    }

    @Override
    void beforeCreate() throws IOException {
      if (closed) {
        throw new IOException("file system is closed");
      }
    }

    @Override
    public void close() throws IOException {
      closed = true;
      super.close();
    }
  }
}
