package dev.waybill.gluetracing;

import static dev.waybill.gluetracing.TestCollector.attribute;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** That no trouble of a job's is hidden by telemetry, and none of telemetry's is the job's. */
class HarmlessTest {

  private static final SparkSession SPARK = TestSpark.session();

  private static final Logger LOG = LoggerFactory.getLogger(HarmlessTest.class);

  @AutoClose private final TestCollector collector = TestCollector.healthy();

  static Stream<Error> errors() {
    return Stream.of(
        new StackOverflowError("in Catalyst"),
        new OutOfMemoryError("Java heap space"),
        new NoSuchMethodError("of another version"));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void anErrorIsRecordedLikeAnExceptionAndReachesTheCaller(Error error) {
    assertThatThrownBy(
            () ->
                run(
                    job ->
                        job.step(
                            "break",
                            () -> {
                              SPARK.range(3).collectAsList();
                              throw error;
                            })))
        .isSameAs(error);

    Span step = collector.span("break");
    assertThat(step.getStatus().getMessage()).isEqualTo(error.getMessage());
    assertThat(attribute(step.getAttributesList(), "error.type"))
        .isEqualTo(error.getClass().getName());
    assertThat(collector.span("test-job").getStatus().getMessage()).isEqualTo(error.getMessage());
    assertThat(collector.stages())
        .isNotEmpty()
        .allMatch(stage -> stage.getParentSpanId().equals(step.getSpanId()));
  }

  @ParameterizedTest
  @CsvSource({
    "opentelemetry-sdk-logs, LogRecordProcessor",
    "opentelemetry-sdk-trace, io.opentelemetry.sdk.trace",
  })
  void aJobWhoseTelemetryDoesNotStartRunsWithoutAndWarnsOnce(String missing, String named)
      throws Exception {
    JobProcess job =
        JobProcess.withoutJar(
            missing, SmallJob.class, List.of(), "--otlp_endpoint", collector.url());

    assertThat(job.await()).as("%s", job.lines()).isZero();
    assertThat(job.lines()).contains("7 rows, 3 left");
    assertThat(job.lines())
        .filteredOn(line -> line.contains("telemetry of this job is incomplete"))
        .singleElement()
        .asString()
        .contains("WARN")
        .contains("can't start telemetry: ")
        .contains(named);
    assertThat(collector.spans()).isEmpty();
  }

  @Test
  void sparkThatDoesNotStartLeavesARootSpanWithTheError() throws Exception {
    JobProcess job =
        JobProcess.start(
            SmallJob.class, List.of("-Dspark.master=nonsense"), "--otlp_endpoint", collector.url());

    assertThat(job.await()).isEqualTo(1);
    Span root = collector.span("small-job");
    assertThat(root.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
    assertThat(root.getStatus().getMessage()).contains("nonsense");
    assertThat(root.getEvents(0).getName()).isEqualTo("exception");
    assertThat(job.lines())
        .anyMatch(
            line -> line.startsWith("Exception in thread \"main\" ") && line.contains("nonsense"));
  }

  @Test
  void aLogLineThatIsHardToTellArrivesAllTheSame() {
    run(
        job -> {
          LOG.warn((String) null);
          LOG.warn("worse", new SpeechlessException());
        });

    assertThat(collector.logs())
        .extracting(line -> line.getBody().getStringValue())
        .contains("null", "worse");
    LogRecord worse =
        collector.logs().stream()
            .filter(line -> line.getBody().getStringValue().equals("worse"))
            .findFirst()
            .orElseThrow();
    assertThat(attribute(worse.getAttributesList(), "exception.message"))
        .isEqualTo(SpeechlessException.class.getName());
  }

  @Test
  void anExceptionThatCanNotTellItsMessageIsNotReplaced() {
    assertThatThrownBy(
            () ->
                run(
                    job ->
                        job.step(
                            "break",
                            () -> {
                              throw new SpeechlessException();
                            })))
        .isInstanceOf(SpeechlessException.class);

    assertThat(collector.span("break").getStatus().getMessage())
        .isEqualTo(SpeechlessException.class.getName());
  }

  @Test
  void rowsThatCanNotBeCountedAreNoTroubleOfTheJobs() {
    Map<String, Long> noNumber = new HashMap<>();
    noNumber.put("missing", null);
    try (Warnings warnings = Warnings.listen()) {
      run(
          job -> {
            job.rejectionColumn("rejection");
            Dataset<Row> one = SPARK.range(4).withColumn("rejection", col("id"));
            Dataset<Row> two = one.select(col("*"), col("id").as("rejection"));
            Dataset<Row> some = job.step("filter", two, rows -> rows.where("id > 0"));
            Dataset<Row> rowwise =
                job.rowwise(two).then("keep", rows -> rows.where("id >= 0")).counted();

            assertThat(some.count()).isEqualTo(3);
            assertThat(rowwise.count()).isEqualTo(4);
            job.countChanged("filter", Map.of("name", noNumber));
          });

      assertThat(warnings.messages())
          .singleElement()
          .asString()
          .startsWith("telemetry of this job is incomplete: can't count the rows of a step: ");
    }
    Span step = collector.span("filter");
    assertThat(step.getAttributesList()).isEmpty();
    assertThat(collector.names()).contains("keep");
    assertThat(collector.span("test-job").getStatus().getCode())
        .isEqualTo(StatusCode.STATUS_CODE_UNSET);
  }

  @Test
  void aJobWhoseThreadIsInterruptedEndsAsEverAndStaysInterrupted() {
    try {
      run(
          job -> {
            job.step("count", () -> SPARK.range(3).count());
            Thread.currentThread().interrupt();
          });
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }

    assertThat(collector.names()).contains("count", "test-job");
    assertThat(collector.stages()).isNotEmpty();
  }

  private void run(Consumer<TracedJob> body) {
    try (TracedJob job =
        TracedJob.start(
            "test-job",
            "--otlp_endpoint",
            collector.url(),
            "--trace_header",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")) {
      body.accept(job);
      job.complete();
    }
  }

  /** Counts and filters. */
  static final class SmallJob {
    private SmallJob() {}

    public static void main(String[] args) {
      try (TracedJob job = TracedJob.start("small-job", args)) {
        Dataset<Long> rows = job.step("make rows", () -> job.spark().range(7));
        Dataset<Long> some = job.step("filter rows", rows, all -> all.filter("id >= 4"));
        job.step(
            "count", () -> System.out.println(rows.count() + " rows, " + some.count() + " left"));
        job.countRows("read", 7);
        job.complete();
      }
    }
  }

  /** Fails where it is asked for its words. */
  private static final class SpeechlessException extends RuntimeException {
    private static final long serialVersionUID = 1;

    @Override
    public String getMessage() {
      throw new IllegalStateException("no words");
    }
  }
}
