package dev.waybill.gluetracing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.waybill.gluetracing.TestCollector.Answer;
import dev.waybill.gluetracing.internal.otlp.UnsentTelemetry;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** That what a collector does not take is on disk, and holds no job up. */
class UnsentTelemetryTest {

  /** Promised of all waits together. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  private static final SparkSession SPARK =
      SparkSession.builder()
          .master("local[2]")
          .config("spark.ui.enabled", false)
          .config("spark.driver.host", "127.0.0.1")
          .getOrCreate();

  private static final Logger LOG = LoggerFactory.getLogger(UnsentTelemetryTest.class);
  private static final List<String> NAMES = List.of("count", "test-job");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path bucket;
  private TestCollector collector;

  @BeforeEach
  void start() throws IOException {
    collector = TestCollector.healthy();
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  @Test
  void nothingIsKeptWhereTheCollectorTakesAll() {
    run();

    assertThat(collector.names()).containsAll(NAMES);
    assertThat(bucket).isEmptyDirectory();
  }

  @Test
  void aRefusedConnectionLosesNothing() {
    collector.close();
    run();

    assertThatAllIsKept();
  }

  @Test
  void anOverloadedCollectorLosesNothing() {
    collector.answers(Answer.UNAVAILABLE);
    run();

    assertThatAllIsKept();
  }

  @Test
  void anEndpointThatIsNotAUrlLosesNothingAndIsNamedInOneWarning() {
    String endpoint = collector.address();
    try (Warnings warnings = Warnings.listen()) {
      end(start(endpoint, bucket.toString()));

      assertThat(warnings.messages())
          .containsExactly(
              "the collector did not take all telemetry of this job: job argument --otlp_endpoint is '%s';"
                      .formatted(endpoint)
                  + " it must be an http or https URL such as http://localhost:4318."
                  + " What is missing there is in %s/test-job-jr_1; send it with:".formatted(bucket)
                  + " waybill replay FOLDER --otlp-endpoint URL");
    }
    assertThatAllIsKept();
    assertThat(collector.authorizations()).isEmpty();
  }

  @Test
  void credentialsOfTheEndpointAreSentWithEverySignalAndNamedNowhere() {
    end(start("http://me:between-us@" + collector.address(), bucket.toString()));

    assertThat(collector.authorizations())
        .contains(
            "/v1/traces Basic bWU6YmV0d2Vlbi11cw==",
            "/v1/metrics Basic bWU6YmV0d2Vlbi11cw==",
            "/v1/logs Basic bWU6YmV0d2Vlbi11cw==")
        .allMatch(request -> request.endsWith(" Basic bWU6YmV0d2Vlbi11cw=="));
    collector.close();
    try (Warnings warnings = Warnings.listen()) {
      end(start("http://me:between-us@" + collector.address(), bucket.toString()));

      assertThat(warnings.messages())
          .singleElement()
          .asString()
          .startsWith("the collector at %s (job argument".formatted(collector.url()))
          .doesNotContain("between-us");
    }
  }

  @Test
  void aCollectorThatNeverAnswersLosesNothingAndHoldsTheJobUpForLessThanTenSeconds() {
    collector.answers(Answer.NONE);
    Duration closing = run();

    assertThatAllIsKept();
    assertThat(closing).isLessThan(LONGEST_WAIT);
  }

  @Test
  void whatComesWhileTheCollectorIsAwayIsKeptAndTheRestArrivesOnce() {
    Set<Path> before = localFolders();
    TracedJob job = start(bucket.toString());
    collector.answers(Answer.UNAVAILABLE);
    LOG.info("said while it is away");
    while (newFolders(before).noneMatch(folder -> Files.exists(folder.resolve("logs.jsonl")))) {
      Thread.onSpinWait();
    }
    collector.answers(Answer.TAKES);
    end(job);

    assertThat(collector.names()).containsAll(NAMES);
    assertThat(collector.logs())
        .noneMatch(line -> line.getBody().getStringValue().equals("said while it is away"));
    assertThat(kept("logs", "/body/stringValue")).containsOnlyOnce("said while it is away");
    assertThat(bucket.resolve("test-job-jr_1/traces.jsonl")).doesNotExist();
  }

  @Test
  void aCollectorThatIsBackAfterHalfAMinuteGetsWhatComesThenAndIsNotAskedAllTheTimeBefore() {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    InstantSource time = now::get;
    UnsentTelemetry unsent = new UnsentTelemetry(time.withZone(ZoneOffset.UTC), Long.MAX_VALUE);
    collector.answers(Answer.UNAVAILABLE);
    try (SdkLoggerProvider logs =
        SdkLoggerProvider.builder()
            .addLogRecordProcessor(
                SimpleLogRecordProcessor.create(
                    unsent.logs(
                        OtlpHttpLogRecordExporter.builder()
                            .setEndpoint(collector.url() + "/v1/logs")
                            .setRetryPolicy(null)
                            .build())))
            .build()) {
      for (int second : List.of(0, 5, 15, 30)) {
        now.set(Instant.EPOCH.plusSeconds(second));
        // At 5 s it would take it, but was asked too lately.
        collector.answers(second == 5 || second == 30 ? Answer.TAKES : Answer.UNAVAILABLE);
        logs.get("test").logRecordBuilder().setBody(second + " s").emit();
        assertThat(logs.forceFlush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
      }
    }

    Path folder = unsent.close().orElseThrow();
    assertThat(kept(folder, "logs", "/body/stringValue")).containsExactly("0 s", "5 s", "15 s");
    assertThat(collector.logs())
        .extracting(line -> line.getBody().getStringValue())
        .containsExactly("30 s");
  }

  @Test
  void theRefusalOfOneSignalDoesNotSilenceTheOthers() {
    Instant now = Instant.EPOCH;
    UnsentTelemetry unsent = new UnsentTelemetry(Clock.fixed(now, ZoneOffset.UTC), Long.MAX_VALUE);
    collector.doesNotKnow("metrics");
    try (SdkMeterProvider metrics =
            SdkMeterProvider.builder()
                .registerMetricReader(
                    PeriodicMetricReader.create(
                        unsent.metrics(
                            OtlpHttpMetricExporter.builder()
                                .setEndpoint(collector.url() + "/v1/metrics")
                                .build())))
                .build();
        SdkLoggerProvider logs =
            SdkLoggerProvider.builder()
                .addLogRecordProcessor(
                    SimpleLogRecordProcessor.create(
                        unsent.logs(
                            OtlpHttpLogRecordExporter.builder()
                                .setEndpoint(collector.url() + "/v1/logs")
                                .build())))
                .build()) {
      metrics.get("test").counterBuilder("rows").build().add(1);
      assertThat(metrics.forceFlush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
      logs.get("test").logRecordBuilder().setBody("said after the refusal").emit();
      assertThat(logs.forceFlush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
    }

    assertThat(kept(unsent.close().orElseThrow(), "metrics", "/name")).contains("rows");
    assertThat(collector.logs())
        .extracting(line -> line.getBody().getStringValue())
        .containsExactly("said after the refusal");
  }

  @Test
  void ofABackendThatKnowsNoMetricsTheseAreKeptAndTheRestArrives() {
    collector.doesNotKnow("metrics");
    try (Warnings warnings = Warnings.listen()) {
      run();

      assertThat(warnings.messages())
          .singleElement()
          .asString()
          .contains("did not take all telemetry of this job");
    }
    assertThat(collector.names()).containsAll(NAMES);
    assertThat(collector.logs())
        .extracting(line -> line.getBody().getStringValue())
        .contains("counted");
    assertThat(kept("metrics", "/name")).contains("waybill.job.duration");
    assertThat(bucket.resolve("test-job-jr_1/traces.jsonl")).doesNotExist();
  }

  @Test
  void whatAFullQueueDropsIsCountedAndSaid() {
    int lines = 5_000;
    collector.answers(Answer.NONE);
    try (Warnings warnings = Warnings.listen()) {
      TracedJob job = start(bucket.toString());
      for (int line = 0; line < lines; line++) {
        LOG.info("line {}", line);
      }
      end(job);

      long kept = kept("logs", "/body/stringValue").size();
      Matcher dropped =
          Pattern.compile(" ([\\d,]+) log records were dropped, because they came faster")
              .matcher(warnings.messages().get(0));
      assertThat(dropped.find()).as("%s", warnings.messages()).isTrue();
      assertThat(kept).isLessThan(lines);
      // And what the job itself says.
      assertThat(kept + Long.parseLong(dropped.group(1).replace(",", "")))
          .isBetween(lines + 1L, lines + 20L);
    }
  }

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

      assertThat(end(job)).isLessThan(LONGEST_WAIT);
    } finally {
      over.countDown();
      SPARK.sparkContext().removeSparkListener(slow);
    }
  }

  /** Takes no file. */
  public static final class HangingFileSystem extends RawLocalFileSystem {

    private static volatile CountDownLatch over;

    @Override
    public java.net.URI getUri() {
      return java.net.URI.create("hangs:///");
    }

    @Override
    protected void checkPath(org.apache.hadoop.fs.Path path) {}

    @Override
    public FSDataOutputStream create(
        org.apache.hadoop.fs.Path path,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
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

  @Test
  void saysWhereItIsAlsoWhenTheFolderTakesNothing() throws IOException {
    collector.answers(Answer.UNAVAILABLE);
    Path noFolder = Files.createFile(bucket.resolve("file"));
    Set<Path> before = localFolders();
    end(start(noFolder.toString()));

    assertThat(newFolders(before))
        .singleElement()
        .satisfies(folder -> assertThat(kept(folder, "traces", "/name")).containsAll(NAMES));
  }

  @Test
  void countsWhatIsTooMuchToKeep() {
    UnsentTelemetry unsent = new UnsentTelemetry(Clock.systemUTC(), 1);
    unsent.giveUp();
    try (SdkLoggerProvider logs =
        SdkLoggerProvider.builder()
            .addLogRecordProcessor(
                SimpleLogRecordProcessor.create(unsent.logs(LogRecordExporter.composite())))
            .build()) {
      for (String line : List.of("first", "second", "third")) {
        logs.get("test").logRecordBuilder().setBody(line).emit();
      }
    }

    Path folder = unsent.close().orElseThrow();
    assertThat(kept(folder, "logs", "/body/stringValue")).containsExactly("first");
    assertThat(unsent.lost())
        .contains("2 records could not be kept either (logs.jsonl has its 1 bytes)");
  }

  /** Where a driver keeps what is unsent until the job ends. */
  private static Set<Path> localFolders() {
    try (Stream<Path> found = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return found
          .filter(folder -> folder.getFileName().toString().startsWith("waybill-telemetry-"))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> newFolders(Set<Path> before) {
    return localFolders().stream().filter(folder -> !before.contains(folder));
  }

  private void assertThatAllIsKept() {
    assertThat(kept("traces", "/name")).containsAll(NAMES);
    assertThat(kept("traces", "/traceId")).containsOnly("5759e988bd862e3fe1be46a994272793");
    assertThat(kept("logs", "/body/stringValue")).contains("counted");
    assertThat(kept("metrics", "/name")).contains("waybill.job.duration");
    assertThat(collector.spans()).isEmpty();
  }

  private Duration run() {
    return end(start(bucket.toString()));
  }

  private TracedJob start(String folder) {
    return start(collector.url(), folder);
  }

  private static TracedJob start(String endpoint, String folder) {
    return TracedJob.start(
        "test-job",
        "--otlp_endpoint",
        endpoint,
        "--telemetry_folder",
        folder,
        "--trace_header",
        "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
        "--JOB_RUN_ID",
        "jr_1");
  }

  /** How long the job is held up at its end. */
  private static Duration end(TracedJob job) {
    job.step("count", () -> SPARK.range(3).count());
    LOG.info("counted");
    job.complete();
    Instant closing = Instant.now();
    job.close();
    return Duration.between(closing, Instant.now());
  }

  private List<String> kept(String signal, String field) {
    return kept(bucket.resolve("test-job-jr_1"), signal, field);
  }

  /** A field of every record in a signal's file. */
  private static List<String> kept(Path folder, String signal, String field) {
    List<String> found = new ArrayList<>();
    try (Stream<String> lines = Files.lines(folder.resolve(signal + ".jsonl"))) {
      for (String line : lines.toList()) {
        for (JsonNode resource : JSON.readTree(line).iterator().next()) {
          for (String list : List.of("scopeSpans", "scopeMetrics", "scopeLogs")) {
            for (JsonNode scope : resource.path(list)) {
              for (String records : List.of("spans", "metrics", "logRecords")) {
                scope.path(records).forEach(one -> found.add(one.at(field).asText()));
              }
            }
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }
}
