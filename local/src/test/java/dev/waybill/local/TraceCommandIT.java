package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code waybill trace} around Spark jobs that know nothing of it, in the PySpark whose Python is
 * {@code WAYBILL_PYSPARK}, which {@code .ci/pyspark} installs.
 */
@EnabledIfEnvironmentVariable(named = "WAYBILL_PYSPARK", matches = ".+")
@Timeout(300)
class TraceCommandIT {

  private static final String JOB =
      Path.of(System.getProperty("waybill.root"), "local/src/test/resources/plain_job.py")
          .toString();
  private static final Path PYTHON = Path.of(String.valueOf(System.getenv("WAYBILL_PYSPARK")));

  @TempDir private Path folder;

  @Test
  void aJobOfSparkSubmitLeavesItsTraceAndReport() throws Exception {
    int status = trace(spark("spark-submit"), "--conf", "spark.ui.enabled=false", JOB, "numbers");

    assertThat(status).as(errors()).isZero();
    assertThat(text("stdout")).isEqualTo("counted\n");
    assertThat(errors()).contains("spark-submit plain_job.py  SUCCEEDED", "1 root, 0 orphans");
    JsonNode run = run();
    assertThat(run.at("/trace/spans").asInt()).isGreaterThan(3);
    assertThat(run.path("run_id").asText()).startsWith("plain-job-");
    assertThat(Path.of(run.path("report").asText())).content().contains("plain-job");
    assertThat(text("out/runs/" + run.path("run_id").asText() + "/traces.jsonl"))
        .contains("\"plain-job\"", "waybill.spark");
  }

  @Test
  void theJvmOfAPythonProgramIsWaitedFor() throws Exception {
    int status = trace(PYTHON.toString(), JOB, "numbers");

    assertThat(status).as(errors()).isZero();
    assertThat(errors()).contains("python plain_job.py  SUCCEEDED", "1 root, 0 orphans");
    assertThat(run().at("/trace/spans").asInt()).isGreaterThan(3);
    assertThat(text("out/runs/" + run().path("run_id").asText() + "/traces.jsonl"))
        .contains("\"plain-job\"", "waybill.spark");
  }

  @Test
  void stepsOfAJobThatCallsTheLibraryAreSeen() throws Exception {
    int status = trace(spark("spark-submit"), JOB.replace("plain_job", "traced_job"));

    assertThat(status).as(errors()).isZero();
    assertThat(errors())
        .contains("rows by step", "1 root, 0 orphans")
        .containsPattern(" 1,000 +500  keep even numbers");
  }

  @Test
  void theStatusIsTheCommands() throws Exception {
    int status = trace(spark("spark-submit"), JOB, "numbers", "7");

    assertThat(status).isEqualTo(7);
    assertThat(errors()).contains("plain_job.py  FAILED", "the command ended with status 7");
    assertThat(run().at("/error/type").asText()).isEqualTo("ExitStatus");
  }

  @Test
  void aJobThatSaysWhyItFailsIsQuoted() throws Exception {
    int status = trace(spark("spark-submit"), JOB.replace("plain_job", "traced_job"), "totals");

    assertThat(status).isEqualTo(1);
    assertThat(errors()).contains("totals are off (the command ended with status 1)");
    assertThat(run().at("/error/message").asText()).contains("totals are off");
  }

  @Test
  void aCommandWithoutSparkIsSaidToHaveSentNothing() throws Exception {
    assertThat(trace("true")).isZero();
    assertThat(errors()).contains("waybill: no Spark job sent anything: the command must start");
  }

  @Test
  void aCommandThatIsNotThereIsNamed() throws Exception {
    assertThat(trace("no-such-command")).isEqualTo(2);
    assertThat(errors())
        .contains("waybill: can't start no-such-command: is it on the PATH, or at that place?");
  }

  private int trace(String... command) throws Exception {
    return new WaybillCommand(folder)
        .with(Map.of("PYSPARK_PYTHON", PYTHON.toString()))
        .run(
            Stream.concat(Stream.of("trace", "--out", "out", "--"), Stream.of(command))
                .toArray(String[]::new))
        .status();
  }

  private static String spark(String program) {
    return PYTHON.resolveSibling(program).toString();
  }

  private JsonNode run() throws IOException {
    try (Stream<Path> runs = Files.list(folder.resolve("out/runs"))) {
      List<Path> all = runs.toList();
      assertThat(all).hasSize(1);
      return Json.parse(Files.readString(all.get(0).resolve("run.json")));
    }
  }

  private String errors() throws IOException {
    return text("stderr");
  }

  private String text(String file) throws IOException {
    return Files.readString(folder.resolve(file));
  }
}
