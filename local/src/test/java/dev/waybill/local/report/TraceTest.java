package dev.waybill.local.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.local.report.Trace.Span;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TraceTest {

  @Test
  void ofAJobThatRanTwiceTheLastRunsStepsCount() {
    Trace trace =
        new Trace(
            List.of(
                span("1", null, "StartJobRun", "waybill-pipeline", Map.of()),
                span("2", "1", "clean", "clean", Map.of()),
                span("3", "2", "read", "clean", Map.of("waybill.step.rows_out", "7")),
                span("4", "1", "clean", "clean", Map.of()),
                span("5", "4", "read", "clean", Map.of("waybill.step.rows_out", "9")),
                span("6", "5", "within", "clean", Map.of("waybill.step.rows_in", "9")),
                span("7", "4", "write", "clean", Map.of())));

    assertThat(trace.steps())
        .containsExactly(
            new Trace.Step("clean", "read", null, 9L), new Trace.Step("clean", "within", 9L, null));
  }

  private static Span span(
      String id, String parent, String name, String service, Map<String, String> attributes) {
    return new Span(id, parent, name, service, Integer.parseInt(id), 10, null, attributes);
  }
}
