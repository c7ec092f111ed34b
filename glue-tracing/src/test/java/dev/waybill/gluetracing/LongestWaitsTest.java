package dev.waybill.gluetracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.gluetracing.TestCollector.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job's end where nothing answers that it waits for. */
class LongestWaitsTest {

  private static final SparkSession SPARK = TestSpark.session();

  @TempDir private Path bucket;
  @AutoClose private final TestCollector collector = TestCollector.healthy();

  @Test
  void allWaitsTogetherAreShorterThanTenSeconds() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    SparkListener slow =
        new SparkListener() {
          @Override
          public void onJobEnd(SparkListenerJobEnd event) {
            try {
              over.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        };
    HangingFileSystem.over = over;
    SPARK
        .sparkContext()
        .hadoopConfiguration()
        .set("fs.hangs.impl", HangingFileSystem.class.getName());
    SPARK.sparkContext().addSparkListener(slow);
    collector.answers(Answer.NONE);
    try (SilentXray xray = SilentXray.start()) {
      TracedJob job =
          TracedJob.start(
              "test-job",
              "--otlp_endpoint",
              collector.url(),
              "--telemetry_folder",
              "hangs:///" + bucket,
              "--trace_header",
              "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
              "--execution_arn",
              "arn:aws:states:eu-west-1:000000000000:execution:m:run-1",
              "--state_name",
              "Clean");

      job.step("count", () -> SPARK.range(3).count());
      job.complete();
      Instant closing = Instant.now();
      job.close();
      assertThat(Duration.between(closing, Instant.now())).isLessThan(Duration.ofSeconds(10));
    } finally {
      over.countDown();
      SPARK.sparkContext().removeSparkListener(slow);
    }
  }

  /** Takes no file. */
  public static final class HangingFileSystem extends TestFileSystem {

    private static volatile CountDownLatch over;

    @Override
    String scheme() {
      return "hangs";
    }

    @Override
    void beforeCreate() throws IOException {
      try {
        over.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new IOException("it hung");
    }
  }

  /** An X-Ray that takes calls and never answers, at the address that the SDK is told. */
  private record SilentXray(ServerSocket socket) implements AutoCloseable {

    private static final Map<String, String> SDK =
        Map.of(
            "aws.region", "eu-west-1",
            "aws.accessKeyId", "nobody",
            "aws.secretAccessKey", "nothing");

    static SilentXray start() throws IOException {
      ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      System.setProperty("aws.endpointUrlXRay", "http://127.0.0.1:" + socket.getLocalPort());
      SDK.forEach(System::setProperty);
      return new SilentXray(socket);
    }

    @Override
    public void close() throws IOException {
      System.clearProperty("aws.endpointUrlXRay");
      SDK.keySet().forEach(System::clearProperty);
      socket.close();
    }
  }
}
