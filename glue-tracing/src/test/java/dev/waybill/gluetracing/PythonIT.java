package dev.waybill.gluetracing;

import static dev.waybill.gluetracing.TestCollector.attribute;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.gluetracing.internal.trace.SparkAttributes;
import dev.waybill.gluetracing.internal.trace.WaybillAttributes;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * A PySpark job with the published jar, in the Python of {@code WAYBILL_PYSPARK}, which {@code
 * .ci/pyspark} installs: its telemetry is that of a Java job.
 */
@EnabledIfEnvironmentVariable(named = "WAYBILL_PYSPARK", matches = ".+")
class PythonIT {

  private static final Path MODULE = Path.of(System.getProperty("waybill.root"), "glue-tracing");
  private static final String HEADER =
      "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

  @TempDir private Path folder;
  @AutoClose private final TestCollector collector = TestCollector.healthy();

  @AfterEach
  void checkAttributes() {
    assertThat(UndeclaredAttributes.of(collector)).isEmpty();
  }

  @Test
  void stepsRowsAndLogsArriveAsFromJava() throws Exception {
    assertThat(run(jar(), "main"))
        .contains("the job is done")
        .as("logging is as the job has it")
        .containsPattern("(?m)^said before basicConfig$")
        .contains("as configured: counting from the step");

    Span root = collector.span("python-orders");
    assertThat(TestCollector.hex(root.getParentSpanId())).isEqualTo("53995c3f42cd8ad8");
    assertThat(root.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
    assertThat(collector.rows("make orders", "")).containsExactly(null, "100");
    assertThat(collector.rows("check orders", "")).containsExactly("100", "80");
    assertThat(collector.rows("filter good", "")).containsExactly("80", "80");
    assertThat(collector.rows("join customers", "filter_good")).containsExactly("80", "32");
    assertThat(collector.rows("join customers", "input_2")).containsExactly("4", "32");
    assertThat(collector.rows("unite", "first")).containsExactly("32", "64");
    assertThat(collector.rows("double ids", "")).containsExactly(null, "64");
    assertThat(collector.rows("filter file", "")).containsExactly("3", "1");
    assertThat(root.getSpanId()).isEqualTo(collector.span("count rows").getParentSpanId());
    assertThat(root.getSpanId())
        .as("a step that returned no rows has ended")
        .isEqualTo(collector.span("count file").getParentSpanId())
        .isEqualTo(collector.span("after counting").getParentSpanId());
    Set<Object> ids = collector.spans().stream().map(Span::getSpanId).collect(Collectors.toSet());
    assertThat(collector.spans())
        .filteredOn(span -> !ids.contains(span.getParentSpanId()))
        .containsExactly(root);
    assertThat(collector.spans())
        .as("Spark's own work is under the action that launched it")
        .anySatisfy(
            span ->
                assertThat(span.getParentSpanId())
                    .isEqualTo(collector.span("count rows").getSpanId()));
    assertThat(attribute(root.getAttributesList(), WaybillAttributes.ROWS_REJECTED.getKey()))
        .isEqualTo("20");
    assertThat(collector.metrics()).extracting(Metric::getName).contains("waybill.rows");
    assertThat(line("said before basicConfig").getSpanId()).isEqualTo(root.getSpanId());
    LogRecord line = line("counting from the step");
    assertThat(line.getSpanId()).isEqualTo(collector.span("count rows").getSpanId());
    assertThat(line.getSeverityText()).isEqualTo("INFO");
  }

  @Test
  void anErrorHasPythonsTypeAndTraceback() throws Exception {
    assertThat(run(jar(), "failing")).contains("KeyError").doesNotContain("the job is done");

    Span inner = collector.span("inner");
    Span outer = collector.span("outer");
    assertThat(inner.getParentSpanId()).isEqualTo(outer.getSpanId());
    assertThat(attribute(inner.getAttributesList(), "error.type")).isEqualTo("KeyError");
    assertThat(inner.getEventsList())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getName()).isEqualTo("exception");
              assertThat(attribute(event.getAttributesList(), "exception.type"))
                  .isEqualTo("KeyError");
              assertThat(attribute(event.getAttributesList(), "exception.message"))
                  .isEqualTo("'price'");
              assertThat(attribute(event.getAttributesList(), "exception.stacktrace"))
                  .startsWith("Traceback (most recent call last):")
                  .contains("orders.py")
                  .contains("{}[\"price\"]");
            });
    assertThat(outer.getEventsList()).isEmpty();
    assertThat(outer.getStatus().getMessage()).isEqualTo("'price'");
    assertThat(collector.span("python-orders").getStatus().getMessage()).isEqualTo("'price'");
    LogRecord line = line("no price");
    assertThat(line.getSpanId()).isEqualTo(inner.getSpanId());
    assertThat(attribute(line.getAttributesList(), "exception.type")).isEqualTo("KeyError");
    assertThat(attribute(line.getAttributesList(), "exception.stacktrace"))
        .startsWith("Traceback (most recent call last):");
  }

  @Test
  void anErrorOutsideOfStepsIsTheJobs() throws Exception {
    assertThat(run(jar(), "failing_outside")).contains("ValueError: not in a step");

    Span root = collector.span("python-orders");
    assertThat(root.getStatus().getMessage()).isEqualTo("not in a step");
    assertThat(attribute(root.getEvents(0).getAttributesList(), "exception.stacktrace"))
        .contains("failing_outside");
  }

  @Test
  void withoutTheJarTheJobRunsAndSaysSo() throws Exception {
    String said = run(folder.resolve("gone.jar"), "without");

    assertThat(said)
        .contains("this job runs without telemetry")
        .contains("is the jar of glue-tracing on the driver's class path?")
        .contains("KeyError: 'without'");
  }

  @Test
  void theJobOfTheGuideRunsAsItStandsThere() throws Exception {
    String guide = Files.readString(MODULE.resolveSibling("docs/your-job.md"));
    int begin = guide.indexOf("```python\n") + "```python\n".length();
    Path script = folder.resolve("guide.py");
    Files.writeString(
        script,
        "from pyspark.sql import SparkSession\n"
            + "spark = SparkSession.builder.getOrCreate()\n"
            + "spark.range(200).coalesce(1).selectExpr('id as total').write.parquet('%s/orders')\n"
                .formatted(folder)
            + guide.substring(begin, guide.indexOf("```", begin)));

    String said =
        run(
            jar(),
            List.of(python(), script.toString()),
            "--shop",
            folder.toString(),
            "--otlp_endpoint",
            collector.url());

    assertThat(collector.names()).as(said).contains("large-orders");
    assertThat(collector.rows("filter large orders", "")).containsExactly("200", "99");
  }

  @Test
  void aJobThatKnowsNothingOfWaybillIsTracedByOneSetting() throws Exception {
    Path script = folder.resolve("plain.py");
    Files.writeString(
        script,
        """
        from pyspark.sql import SparkSession

        spark = SparkSession.builder.appName("plain-python").getOrCreate()
        print("rows:", spark.range(100).groupBy("id").count().count())
        """);

    String said =
        run(
            jar(),
            List.of(
                Path.of(python()).resolveSibling("spark-submit").toString(),
                "--driver-class-path",
                jar().toString(),
                "--conf",
                "spark.plugins=dev.waybill.gluetracing.WaybillPlugin",
                script.toString()),
            "--trace_header",
            HEADER,
            "--otlp_endpoint",
            collector.url());

    assertThat(said).contains("rows: 100");
    Span root = collector.span("plain-python");
    assertThat(TestCollector.hex(root.getParentSpanId())).isEqualTo("53995c3f42cd8ad8");
    assertThat(root.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
    assertThat(collector.spans())
        .anySatisfy(
            span ->
                assertThat(
                        attribute(
                            span.getAttributesList(),
                            SparkAttributes.STAGE_SHUFFLE_WRITE_BYTES.getKey()))
                    .isNotNull());
  }

  private String run(Path jar, String what) throws Exception {
    return run(
        jar,
        List.of(python(), MODULE.resolve("src/test/resources/python/orders.py").toString()),
        "--what",
        what,
        "--folder",
        folder.resolve("rows").toString(),
        "--trace_header",
        HEADER,
        "--otlp_endpoint",
        collector.url());
  }

  private static String python() {
    return System.getenv("WAYBILL_PYSPARK");
  }

  private static String run(Path jar, List<String> start, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(start);
    command.addAll(List.of(arguments));
    ProcessBuilder process = new ProcessBuilder(command).redirectErrorStream(true);
    process.environment().put("PYTHONPATH", MODULE.resolve("python").toString());
    process.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    process.environment().put("PYSPARK_PYTHON", python());
    process.environment().remove("SPARK_HOME");
    process
        .environment()
        .put(
            "PYSPARK_SUBMIT_ARGS",
            "--master local[2] --conf spark.ui.enabled=false --conf spark.driver.host=127.0.0.1"
                + " --driver-class-path "
                + jar
                + " pyspark-shell");
    Process python = process.start();
    String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    python.waitFor();
    return said;
  }

  private static Path jar() {
    return MODULE.resolve("target/published/glue-tracing.jar");
  }

  private LogRecord line(String text) {
    return collector.logs().stream()
        .filter(record -> record.getBody().getStringValue().equals(text))
        .findFirst()
        .orElseThrow();
  }
}
