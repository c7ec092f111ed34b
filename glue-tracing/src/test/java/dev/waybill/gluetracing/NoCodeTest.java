package dev.waybill.gluetracing;

import static dev.waybill.gluetracing.TestCollector.attribute;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.gluetracing.internal.trace.SparkAttributes;
import dev.waybill.gluetracing.internal.trace.WaybillAttributes;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.example.PlainJob;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs without a line of Waybill's, to which Spark attaches it. */
class NoCodeTest {

  private static final String TRACE = "5759e988bd862e3fe1be46a994272793";
  private static final String HEADER =
      "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

  @TempDir private Path folder;
  @AutoClose private final TestCollector collector = TestCollector.healthy();

  @AfterEach
  void checkAttributes() {
    assertThat(UndeclaredAttributes.of(collector)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"stops", "ends", "exits", "survives", "survives without a Spark job"})
  void aPlainJobHangsUnderTheWorkflowWithItsSparkJobsAndStages(String how) throws Exception {
    JobProcess job = start(PlainJob.class, how, "--trace_header", HEADER, "--JOB_RUN_ID", "jr_1");

    assertThat(job.await()).as("%s", job.lines()).isZero();
    Span root = collector.span("plain-job");
    assertThat(TestCollector.hex(root.getTraceId())).isEqualTo(TRACE);
    assertThat(TestCollector.hex(root.getParentSpanId())).isEqualTo("53995c3f42cd8ad8");
    assertThat(root.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
    assertOneTrace(root);
    assertThat(with(SparkAttributes.STAGE_SHUFFLE_WRITE_BYTES.getKey())).isNotEmpty();
    assertThat(with(SparkAttributes.STAGE_SKEW.getKey())).isNotEmpty();
    assertThat(with(SparkAttributes.STAGE_SPILL_DISK_BYTES.getKey())).isNotEmpty();
    assertThat(with(SparkAttributes.STAGE_INPUT_ROWS.getKey())).isNotEmpty();
    assertThat(collector.resources())
        .allSatisfy(
            resource ->
                assertThat(
                        attribute(
                            resource.getAttributesList(), WaybillAttributes.JOB_RUN_ID.getKey()))
                    .isEqualTo("jr_1"));
  }

  @Test
  void aPlainJobLastsFromTheStartOfItsJvmToTheEndOfItsSpark() throws Exception {
    JobProcess job = start(PlainJob.class, "stops");

    assertThat(job.await()).as("%s", job.lines()).isZero();
    Span root = collector.span("plain-job");
    Span start = collector.span("start spark");
    assertThat(root.getStartTimeUnixNano())
        .isEqualTo(start.getStartTimeUnixNano())
        .isLessThan(job.nanos("main began "));
    assertThat(start.getEndTimeUnixNano()).isGreaterThan(job.nanos("main began "));
    assertThat(root.getEndTimeUnixNano()).isEqualTo(job.nanos("Spark ended "));
  }

  @Test
  void aFailedActionIsTheJobsError() throws Exception {
    JobProcess job = start(PlainJob.class, "fails");

    assertThat(job.await()).as("%s", job.lines()).isNotZero();
    Span root = collector.span("plain-job");
    assertThat(root.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
    assertThat(root.getStatus().getMessage()).contains("row is bad");
    assertThat(with(SparkAttributes.STAGE_TASKS_FAILED.getKey()))
        .anySatisfy(stage -> assertThat(stage.getStatus().getMessage()).contains("row is bad"));
  }

  @Test
  void anErrorOutsideOfSparkIsTheJobsErrorWithItsStack() throws Exception {
    JobProcess job = start(PlainJob.class, "throws");

    assertThat(job.await()).as("%s", job.lines()).isNotZero();
    assertThat(job.lines()).anySatisfy(line -> assertThat(line).contains("the shop is closed"));
    Span root = collector.span("plain-job");
    assertThat(root.getStatus().getMessage()).isEqualTo("the shop is closed");
    assertThat(root.getEventsList())
        .singleElement()
        .satisfies(
            event ->
                assertThat(attribute(event.getAttributesList(), "exception.stacktrace"))
                    .contains("PlainJob.main"));
  }

  @Test
  void aPlainJobPrintsWhatItPrintsWithoutATrace() throws Exception {
    Path log4j = folder.resolve("log4j2.properties");
    Files.writeString(
        log4j,
        """
        rootLogger.level = warn
        rootLogger.appenderRef.console.ref = console
        appender.console.type = Console
        appender.console.name = console
        appender.console.target = SYSTEM_OUT
        appender.console.layout.type = PatternLayout
        appender.console.layout.pattern = %p %c: %m%n
        """);
    String configuration = "-Dlog4j2.configurationFile=" + log4j.toUri();
    JobProcess plain = JobProcess.start(PlainJob.class, List.of(configuration), "logs");
    assertThat(plain.await()).as("%s", plain.lines()).isZero();
    List<String> options = new ArrayList<>(traced());
    options.add(configuration);

    JobProcess job = JobProcess.start(PlainJob.class, options, "logs", "--trace_header", HEADER);

    assertThat(job.await()).as("%s", job.lines()).isZero();
    assertThat(withoutTimes(job))
        .contains("WARN org.example.PlainJob: to be seen once")
        .containsExactlyInAnyOrderElementsOf(withoutTimes(plain));
    assertThat(collector.logs())
        .extracting(line -> line.getBody().getStringValue())
        .contains("to be seen once");
  }

  @Test
  void aJobThatIsToldToStopHasFailed() throws Exception {
    JobProcess job = start(PlainJob.class, "waits");

    job.awaitLine("waits").stop().await();

    Span root = collector.span("plain-job");
    assertThat(root.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
    assertThat(root.getStatus().getMessage()).startsWith("the JVM was told to stop (");
  }

  @Test
  void nothingIsToldTwiceWhereTheJobTracesItself() throws Exception {
    JobProcess job = start(Traced.class, "first");

    assertThat(job.await()).as("%s", job.lines()).isZero();
    assertOneTrace(collector.span("traced-job"));
    assertThat(collector.names()).contains("count").doesNotContain("plain-job");
  }

  @Test
  void aJobThatTracesItselfAfterItStartedSparkDoesSoAlone() throws Exception {
    JobProcess job = start(Traced.class, "after");

    assertThat(job.await()).as("%s", job.lines()).isZero();
    assertOneTrace(collector.span("traced-job"));
    assertThat(collector.names()).contains("count").doesNotContain("plain-job");
    assertThat(collector.inProgress()).hasSize(1);
    assertThat(collector.span("traced-job").getStartTimeUnixNano())
        .isEqualTo(collector.span("start spark").getStartTimeUnixNano())
        .isLessThan(job.nanos("main began "));
  }

  @Test
  void anArgumentThatCanNotBeUsedIsNoTroubleOfTheJobs() throws Exception {
    JobProcess job = start(PlainJob.class, "stops", "--telemetry", "maybe");

    assertThat(job.await()).as("%s", job.lines()).isZero();
    assertThat(job.lines()).anySatisfy(line -> assertThat(line).contains("--telemetry is 'maybe'"));
  }

  private JobProcess start(Class<?> main, String... args) throws IOException {
    return JobProcess.start(main, traced(), args);
  }

  private List<String> traced() {
    return List.of(
        "-Dspark.plugins=" + WaybillPlugin.class.getName(),
        "-Dspark.waybill.otlp_endpoint=" + collector.url(),
        "-Dspark.waybill.JOB_RUN_ID=overridden");
  }

  private static List<String> withoutTimes(JobProcess job) {
    return job.lines().stream().map(line -> line.replaceAll("[0-9]+", "0")).toList();
  }

  private void assertOneTrace(Span root) {
    Set<String> ids =
        collector.spans().stream()
            .map(span -> TestCollector.hex(span.getSpanId()))
            .collect(Collectors.toSet());
    Map<Boolean, List<Span>> byParent =
        collector.spans().stream()
            .collect(
                Collectors.partitioningBy(
                    span -> ids.contains(TestCollector.hex(span.getParentSpanId()))));
    assertThat(byParent.get(false)).containsExactly(root);
    assertThat(byParent.get(true)).isNotEmpty();
  }

  private List<Span> with(String attribute) {
    return collector.spans().stream()
        .filter(span -> attribute(span.getAttributesList(), attribute) != null)
        .toList();
  }

  /** A job that traces itself. */
  static final class Traced {

    private Traced() {}

    public static void main(String[] args) {
      System.out.println("main began " + System.currentTimeMillis());
      if (Arrays.asList(args).contains("after")) {
        org.apache.spark.sql.SparkSession.builder().appName("plain-job").getOrCreate();
      }
      try (TracedJob job = TracedJob.start("traced-job", endpoint())) {
        job.step("count", () -> job.spark().range(3).count());
        job.complete();
      }
    }

    private static String[] endpoint() {
      return new String[] {
        "--otlp_endpoint", System.getProperty(CommandLine.PREFIX + JobArguments.OTLP_ENDPOINT)
      };
    }
  }
}
