package dev.waybill.gluetracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.trace.v1.Span;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A job's JVM that is told to stop, as Glue does on a timeout. */
class StoppedJobTest {

  private static final String READY = "the step runs";

  @Test
  void whatIsKnownOfAJobThatIsStoppedIsWrittenAndSent() throws Exception {
    try (TestCollector collector = TestCollector.healthy()) {
      Process process = start(collector.url());
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        List<String> lines = new ArrayList<>();
        for (String line = out.readLine(); line != null && !line.equals(READY); ) {
          lines.add(line);
          line = out.readLine();
        }
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s", lines).isTrue();
      }

      Span root = collector.span("stopped-job");
      assertThat(root.getStatus().getMessage())
          .startsWith("the JVM was told to stop while step 'wait for ever' ran");
      assertThat(collector.span("wait for ever").getParentSpanId()).isEqualTo(root.getSpanId());
      assertThat(collector.names()).contains("spark.stage");
    }
  }

  private static Process start(String endpoint) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of(System.getProperty("waybill.spark.options").split(" ")));
    command.addAll(
        List.of(
            "-Dspark.master=local[1]",
            "-Dspark.ui.enabled=false",
            "-Dspark.driver.host=127.0.0.1",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            EndlessJob.class.getName(),
            "--otlp_endpoint",
            endpoint));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** Works, then waits. */
  static final class EndlessJob {
    private EndlessJob() {}

    public static void main(String[] args) {
      try (TracedJob job = TracedJob.start("stopped-job", args)) {
        job.step("count", () -> job.spark().range(10).count());
        job.step("wait for ever", EndlessJob::block);
        job.complete();
      }
    }

    private static void block() {
      System.out.println(READY);
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
