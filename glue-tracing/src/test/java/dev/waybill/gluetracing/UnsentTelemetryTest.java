package dev.waybill.gluetracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.gluetracing.TestCollector.Answer;
import dev.waybill.gluetracing.internal.otlp.UnsentTelemetry;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** That what a collector does not take is on disk, and holds no job up. */
class UnsentTelemetryTest {

  /** Promised of all waits together. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  private static final SparkSession SPARK = TestSpark.session();

  private static final Logger LOG = LoggerFactory.getLogger(UnsentTelemetryTest.class);
  private static final List<String> NAMES = List.of("count", "test-job");

  @TempDir private Path bucket;
  @AutoClose private final TestCollector collector = TestCollector.healthy();

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
    assertThat(KeptTelemetry.kept(folder, "logs", "/body/stringValue"))
        .containsExactly("0 s", "5 s", "15 s");
    assertThat(collector.logs())
        .extracting(line -> line.getBody().getStringValue())
        .containsExactly("30 s");
  }

  @Test
  void saysWhereItIsAlsoWhenTheFolderTakesNothing() throws IOException {
    collector.answers(Answer.UNAVAILABLE);
    Path noFolder = Files.createFile(bucket.resolve("file"));
    Set<Path> before = localFolders();
    end(start(noFolder.toString()));

    assertThat(newFolders(before))
        .singleElement()
        .satisfies(
            folder -> assertThat(KeptTelemetry.kept(folder, "traces", "/name")).containsAll(NAMES));
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
    assertThat(KeptTelemetry.kept(folder, "logs", "/body/stringValue")).containsExactly("first");
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
    return KeptTelemetry.kept(bucket.resolve("test-job-jr_1"), signal, field);
  }
}
