package dev.waybill.gluetracing;

import static dev.waybill.gluetracing.TestCollector.attribute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.FileNotFoundException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /** Here the driver is the only executor: it counts as two workers. */
  @Test
  void aJobThatKnowsItsPricesSaysWhatItCosts() throws Exception {
    try (TestCollector collector = TestCollector.healthy()) {
      try (TracedJob job = start(collector, "--worker_dpus", "2", "--dpu_hour_price", "0.3")) {
        job.complete();
      }

      Span span = collector.span("test-job");
      double seconds = (span.getEndTimeUnixNano() - span.getStartTimeUnixNano()) / 1e9;
      List<KeyValue> root = span.getAttributesList();
      assertThat(Double.valueOf(attribute(root, "waybill.glue.dpu_seconds")))
          .isEqualTo(2 * 2 * seconds, within(0.01));
      double ofAMinute = 2 * 2 / 60.0 * 0.3;
      assertThat(Double.valueOf(attribute(root, "waybill.cost")))
          .isEqualTo(ofAMinute, within(1e-9));
      Metric cost =
          collector.metrics().stream()
              .filter(metric -> metric.getName().equals("waybill.cost"))
              .findFirst()
              .orElseThrow();
      assertThat(cost.getSum().getDataPoints(0).getAsDouble()).isEqualTo(ofAMinute, within(1e-9));
      assertThat(attribute(cost.getSum().getDataPoints(0).getAttributesList(), "waybill.job"))
          .isEqualTo("test-job");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "free"})
  void aJobWithoutAPriceSaysNothingOfItsCost(String price) throws Exception {
    try (TestCollector collector = TestCollector.healthy();
        Warnings warnings = Warnings.listen()) {
      try (TracedJob job = start(collector, "--worker_dpus", "1", "--dpu_hour_price", price)) {
        job.complete();
      }

      assertThat(attribute(collector.span("test-job").getAttributesList(), "waybill.cost"))
          .isNull();
      assertThat(collector.metrics())
          .extracting(Metric::getName)
          .contains("waybill.job.duration")
          .doesNotContain("waybill.cost");
      assertThat(warnings.messages())
          .filteredOn(warning -> warning.contains("cost"))
          .hasSize(price.isEmpty() ? 0 : 1)
          .allSatisfy(
              warning ->
                  assertThat(warning)
                      .contains("job argument --dpu_hour_price is 'free'; it must be a number"));
    }
  }

  private static TracedJob start(TestCollector collector, String... more) {
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.addAll(arguments(collector));
    return TracedJob.start("test-job", arguments.toArray(String[]::new));
  }

  private static List<String> arguments(TestCollector collector) {
    return List.of(
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
