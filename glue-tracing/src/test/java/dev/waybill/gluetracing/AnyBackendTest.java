package dev.waybill.gluetracing;

import static dev.waybill.gluetracing.TestCollector.attribute;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** OpenTelemetry's own names for where telemetry goes, and what is said of the sender. */
class AnyBackendTest {

  private static final SparkSession SPARK = TestSpark.session();

  @TempDir private Path folder;
  @AutoClose private final TestCollector collector = TestCollector.healthy();

  @Test
  void opentelemetrysNamesSayWhereAndHowAllSignalsAreSent() {
    run(
        "--otlp_endpoint",
        "http://127.0.0.1:1",
        "--otel_exporter_otlp_endpoint",
        collector.url(),
        "--otel_exporter_otlp_headers",
        "Authorization=Api-Token%20dt0c01,x-scope=a",
        "--otel_exporter_otlp_compression",
        "gzip",
        "--otel_exporter_otlp_timeout",
        "2000",
        "--otel_exporter_otlp_protocol",
        "http/protobuf");

    assertThat(collector.names()).contains("test-job");
    assertThat(collector.authorizations())
        .contains("/v1/traces Api-Token dt0c01", "/v1/metrics Api-Token dt0c01")
        .contains("/v1/logs Api-Token dt0c01");
    assertThat(collector.encodings()).allSatisfy(request -> assertThat(request).endsWith(" gzip"));
  }

  @Test
  void aSignalsOwnNamesCountBeforeThoseOfAll() throws IOException {
    try (TestCollector traces = TestCollector.healthy()) {
      run(
          "--otel_exporter_otlp_endpoint",
          collector.url(),
          "--otel_exporter_otlp_traces_endpoint",
          traces.url() + "/v1/traces",
          "--otel_exporter_otlp_headers",
          "Authorization=all",
          "--otel_exporter_otlp_traces_headers",
          "Authorization=traces",
          "--otel_exporter_otlp_traces_compression",
          "gzip");

      assertThat(traces.names()).contains("test-job");
      assertThat(traces.authorizations()).containsOnly("/v1/traces traces");
      assertThat(traces.encodings()).containsOnly("/v1/traces gzip");
    }
    assertThat(collector.spans()).isEmpty();
    assertThat(collector.authorizations()).contains("/v1/metrics all", "/v1/logs all");
    assertThat(collector.encodings()).contains("/v1/metrics null");
  }

  @Test
  void aCertificateThatTheJvmDoesNotKnowIsTrustedByItsFile() throws Exception {
    TestCertificate certificate = TestCertificate.make(folder);
    try (TestCollector secure = TestCollector.secure(certificate.tls())) {
      run(
          "--otel_exporter_otlp_endpoint",
          secure.url(),
          "--otel_exporter_otlp_certificate",
          certificate.pem().toString());

      assertThat(secure.names()).contains("test-job");
      assertThat(secure.logs()).isNotEmpty();
      assertThat(secure.metrics()).isNotEmpty();
    }
  }

  @Test
  void theSendersNameAndAttributesAreAsAsked() {
    run(
        "--otlp_endpoint",
        collector.url(),
        "--otel_service_name",
        "orders",
        "--otel_resource_attributes",
        "service.name=lower,deployment.environment.name=pre%2Dprod, service.namespace=shop ");

    assertThat(collector.names()).contains("test-job");
    assertThat(collector.resources())
        .isNotEmpty()
        .allSatisfy(
            resource -> {
              assertThat(attribute(resource.getAttributesList(), "service.name"))
                  .isEqualTo("orders");
              assertThat(attribute(resource.getAttributesList(), "deployment.environment.name"))
                  .isEqualTo("pre-prod");
              assertThat(attribute(resource.getAttributesList(), "service.namespace"))
                  .isEqualTo("shop");
            });
  }

  @Test
  void attributesThatAreNoListAreLeftOutWithAWarning() {
    try (Warnings warnings = Warnings.listen()) {
      run("--otlp_endpoint", collector.url(), "--otel_resource_attributes", "team");

      assertThat(warnings.messages())
          .anySatisfy(
              message ->
                  assertThat(message)
                      .contains(
                          "job argument --otel_resource_attributes is not a list such as key=value"));
    }
    assertThat(collector.names()).contains("test-job");
  }

  @ParameterizedTest
  @CsvSource({
    "otel_exporter_otlp_protocol, grpc, is 'grpc'; it must be http/protobuf",
    "otel_exporter_otlp_compression, zip, is 'zip'; it must be gzip or none",
    "otel_exporter_otlp_logs_timeout, 2s, is '2s'; it must be a number of milliseconds",
    "otel_exporter_otlp_endpoint, collector, is 'collector'; it must be an http or https URL",
    "otel_exporter_otlp_certificate, gone.pem, is 'gone.pem'; it must be a file of certificates",
    "otel_exporter_otlp_headers, s3cret, is not a list such as key=value",
    "otel_exporter_otlp_headers, a=s3cret%zz, is not a list such as key=value",
    "otel_exporter_otlp_headers, Authorization=Basic s3cret%0Adef, is not a list such as key=value",
    "otel_exporter_otlp_headers, Authorization=s3cret%C3%A9, is not a list such as key=value",
    "otel_exporter_otlp_headers, s3cret%0Akey=a, is not a list such as key=value",
    "otel_exporter_otlp_certificate, /etc/hosts, it must be a file of certificates in PEM",
  })
  void aValueThatCanNotBeUsedIsNamedAndTelemetryIsKept(String name, String value, String words) {
    try (Warnings warnings = Warnings.listen()) {
      run("--telemetry_folder", folder.toString(), "--" + name, value);

      assertThat(warnings.messages())
          .anySatisfy(
              message ->
                  assertThat(message)
                      .contains("did not take all telemetry of this job: job argument --" + name)
                      .contains(words)
                      .doesNotContain("s3cret"));
    }
    assertThat(folder).isDirectoryRecursivelyContaining("glob:**/traces.jsonl");
  }

  @Test
  void headersAreNeitherLoggedNorKept() throws Exception {
    collector.answers(TestCollector.Answer.UNAVAILABLE);
    JobProcess job =
        JobProcess.start(
            Main.class,
            List.of(),
            "--telemetry_folder",
            folder.toString(),
            "--otel_exporter_otlp_endpoint",
            collector.url(),
            "--otel_exporter_otlp_headers",
            "Authorization=s3cret,x-key=s3cret");

    assertThat(job.await()).as("%s", job.lines()).isZero();
    assertThat(String.join("\n", job.lines()))
        .contains(collector.url() + " (job argument --otel_exporter_otlp_endpoint)")
        .doesNotContain("s3cret");
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> kept = files.filter(Files::isRegularFile).toList();
      assertThat(kept).isNotEmpty();
      for (Path file : kept) {
        assertThat(file).content().doesNotContain("s3cret");
      }
    }
  }

  @Test
  void theJobHangsUnderATraceparentAndHandsItOnWithItsState() {
    List<String> handedOn = new ArrayList<>();
    String[] arguments = {
      "--otlp_endpoint", collector.url(),
      "--traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "--tracestate", "congo=t61rcWkgMzE",
      "--trace_header", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    };
    try (TracedJob job = TracedJob.start("test-job", arguments)) {
      job.step(
          "call",
          () -> {
            handedOn.add(job.traceparent());
            handedOn.add(job.tracestate().orElseThrow());
          });
      job.complete();
    }

    Span root = collector.span("test-job");
    assertThat(TestCollector.hex(root.getTraceId())).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(TestCollector.hex(root.getParentSpanId())).isEqualTo("b7ad6b7169203331");
    assertThat(collector.spans())
        .allSatisfy(span -> assertThat(span.getTraceState()).isEqualTo("congo=t61rcWkgMzE"));
    assertThat(handedOn)
        .containsExactly(
            "00-0af7651916cd43dd8448eb211c80319c-%s-01"
                .formatted(TestCollector.hex(collector.span("call").getSpanId())),
            "congo=t61rcWkgMzE");
  }

  @Test
  void aTraceparentThatIsNoneGivesWayToTheTraceHeaderAndSaysSo() {
    run(
        "--otlp_endpoint",
        collector.url(),
        "--traceparent",
        "00-0af7651916cd43dd8448eb211c80319c",
        "--trace_header",
        "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");

    assertThat(TestCollector.hex(collector.span("test-job").getParentSpanId()))
        .isEqualTo("53995c3f42cd8ad8");
    assertThat(collector.logs())
        .anySatisfy(
            record ->
                assertThat(record.getBody().getStringValue())
                    .isEqualTo(
                        "no usable --traceparent (00-0af7651916cd43dd8448eb211c80319c): --trace_header counts"));
  }

  @Test
  void aTraceparentInThePlaceOfTheTraceHeaderIsOne() {
    run(
        "--otlp_endpoint",
        collector.url(),
        "--trace_header",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

    assertThat(TestCollector.hex(collector.span("test-job").getParentSpanId()))
        .isEqualTo("b7ad6b7169203331");
  }

  @Test
  void aTraceparentThatIsNotSampledSendsNoSpans() {
    run(
        "--otlp_endpoint",
        collector.url(),
        "--traceparent",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");

    assertThat(collector.spans()).isEmpty();
    assertThat(collector.metrics()).isNotEmpty();
  }

  private static void run(String... arguments) {
    try (TracedJob job = TracedJob.start("test-job", arguments)) {
      job.step("count", () -> SPARK.range(3).count());
      org.slf4j.LoggerFactory.getLogger(AnyBackendTest.class).info("a line");
      job.complete();
    }
  }

  /** A job in a JVM of its own. */
  static final class Main {

    private Main() {}

    public static void main(String[] args) {
      try (TracedJob job = TracedJob.start("test-job", args)) {
        job.step("count", () -> job.spark().range(3).count());
        job.complete();
      }
    }
  }
}
