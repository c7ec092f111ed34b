package dev.waybill.gluetracing;

import static dev.waybill.gluetracing.TestCollector.attribute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.FileNotFoundException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A job says what it works on and how it ended in the words of the semantic conventions. */
class JobAttributesTest {

  static {
    TestSpark.session();
  }

  @Test
  void theJobNamesItsFileItsWorkflowAndItsLogs() throws Exception {
    try (TestCollector collector = TestCollector.healthy()) {
      try (TracedJob job = start(collector)) {
        job.complete();
      }

      List<KeyValue> root = collector.span("test-job").getAttributesList();
      assertThat(attribute(root, "aws.s3.bucket")).isEqualTo("data");
      assertThat(attribute(root, "aws.s3.key")).isEqualTo("input/a.csv");
      assertThat(attribute(root, "aws.step_functions.state_machine.arn"))
          .isEqualTo("arn:aws:states:eu-west-1:000000000000:stateMachine:pipeline");
      assertThat(attribute(root, "waybill.execution.arn"))
          .isEqualTo("arn:aws:states:eu-west-1:000000000000:execution:pipeline:run-1");
      List<KeyValue> resource = collector.resources().get(0).getAttributesList();
      assertThat(attribute(resource, "cloud.region")).isEqualTo("eu-west-1");
      assertThat(attribute(resource, "cloud.account.id")).isEqualTo("000000000000");
      assertThat(attribute(resource, "aws.log.group.names")).contains("/one", "/two");
    }
  }

  @Test
  void everySpanThatFailedAndTheDurationTellTheErrorsType() throws Exception {
    try (TestCollector collector = TestCollector.healthy()) {
      assertThatThrownBy(
              () -> {
                try (TracedJob job = start(collector)) {
                  job.step(
                      "outer",
                      () ->
                          job.step(
                              "inner",
                              () -> {
                                throw new FileNotFoundException("no such file");
                              }));
                }
              })
          .hasRootCauseMessage("no such file");

      for (String name : List.of("test-job", "outer", "inner")) {
        Span span = collector.span(name);
        assertThat(attribute(span.getAttributesList(), "error.type"))
            .as(name)
            .isEqualTo("java.io.FileNotFoundException");
      }
      Metric duration =
          collector.metrics().stream()
              .filter(metric -> metric.getName().equals("waybill.job.duration"))
              .findFirst()
              .orElseThrow();
      List<KeyValue> point =
          duration.getExponentialHistogram().getDataPoints(0).getAttributesList();
      assertThat(attribute(point, "waybill.status")).isEqualTo("FAILED");
      assertThat(attribute(point, "error.type")).isEqualTo("java.io.FileNotFoundException");
    }
  }

  private static TracedJob start(TestCollector collector) {
    return TracedJob.start(
        "test-job",
        "--otlp_endpoint",
        collector.url(),
        "--bucket",
        "data",
        "--key",
        "input/a.csv",
        "--execution_arn",
        "arn:aws:states:eu-west-1:000000000000:execution:pipeline:run-1",
        "--log_group_names",
        "/one,/two");
  }
}
