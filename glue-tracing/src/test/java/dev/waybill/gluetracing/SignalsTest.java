package dev.waybill.gluetracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.gluetracing.TestCollector.Answer;
import dev.waybill.gluetracing.internal.otlp.UnsentTelemetry;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** That no signal waits for another, and none is lost without a word. */
class SignalsTest {

  private static final SparkSession SPARK = TestSpark.session();

  private static final Logger LOG = LoggerFactory.getLogger(SignalsTest.class);

  @TempDir private Path bucket;
  @AutoClose private final TestCollector collector = TestCollector.healthy();

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

    assertThat(KeptTelemetry.kept(unsent.close().orElseThrow(), "metrics", "/name"))
        .contains("rows");
    assertThat(collector.logs())
        .extracting(line -> line.getBody().getStringValue())
        .containsExactly("said after the refusal");
  }

  @Test
  void ofABackendThatKnowsNoMetricsTheseAreKeptAndTheRestArrives() {
    collector.doesNotKnow("metrics");
    try (Warnings warnings = Warnings.listen()) {
      run(() -> LOG.info("counted"));

      assertThat(warnings.messages())
          .singleElement()
          .asString()
          .contains("did not take all telemetry of this job");
    }
    assertThat(collector.names()).contains("count", "test-job");
    assertThat(collector.logs())
        .extracting(line -> line.getBody().getStringValue())
        .contains("counted");
    assertThat(kept("metrics", "/name")).contains("waybill.job.duration");
    assertThat(bucket.resolve("test-job-jr_1/traces.jsonl")).doesNotExist();
  }

  @Test
  void theLogConfigurationIsLeftAsItWas() {
    Set<String> before = loggers();

    run(() -> LOG.info("counted"));

    assertThat(collector.logs()).isNotEmpty();
    assertThat(loggers()).isEqualTo(before).doesNotContain("dev.waybill");
  }

  @Test
  void whatAFullQueueDropsIsCountedAndSaid() {
    int lines = 5_000;
    collector.answers(Answer.NONE);
    try (Warnings warnings = Warnings.listen()) {
      run(
          () -> {
            for (int line = 0; line < lines; line++) {
              LOG.info("line {}", line);
            }
          });

      long kept = kept("logs", "/body/stringValue").size();
      Matcher dropped =
          Pattern.compile(" ([\\d,]+) log records were dropped, because they came faster")
              .matcher(warnings.messages().get(0));
      assertThat(dropped.find()).as("%s", warnings.messages()).isTrue();
      assertThat(kept).isLessThan(lines);
      // And what the job itself says.
      assertThat(kept + Long.parseLong(dropped.group(1).replace(",", "")))
          .isBetween((long) lines, lines + 20L);
    }
  }

  private static Set<String> loggers() {
    return Set.copyOf(
        ((LoggerContext) LogManager.getContext(false)).getConfiguration().getLoggers().keySet());
  }

  private void run(Runnable work) {
    try (TracedJob job =
        TracedJob.start(
            "test-job",
            "--otlp_endpoint",
            collector.url(),
            "--telemetry_folder",
            bucket.toString(),
            "--trace_header",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
            "--JOB_RUN_ID",
            "jr_1")) {
      job.step("count", () -> SPARK.range(3).count());
      work.run();
      job.complete();
    }
  }

  private List<String> kept(String signal, String field) {
    return KeptTelemetry.kept(bucket.resolve("test-job-jr_1"), signal, field);
  }
}
