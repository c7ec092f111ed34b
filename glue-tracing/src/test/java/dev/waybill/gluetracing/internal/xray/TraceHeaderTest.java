package dev.waybill.gluetracing.internal.xray;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceHeaderTest {

  private static final String TRACE = "5759e988bd862e3fe1be46a994272793";
  private static final String PARENT = "53995c3f42cd8ad8";

  @ParameterizedTest
  @CsvSource({
    "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1, true, true",
    "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0, true, false",
    "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=?, true, true",
    "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8, true, true",
    "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1, false, true",
    "Root=1-5759E988-BD862E3FE1BE46A994272793; Parent=53995C3F42CD8AD8; Sampled=1, true, true",
    "Sampled=1;Lineage=1:a87bd80c:1|68fd508a:5;Parent=53995c3f42cd8ad8;Root=1-5759e988-bd862e3fe1be46a994272793, true, true",
    "Self=1-00000000-000000000000000000000000;Root=1-5759e988-bd862e3fe1be46a994272793;Parent=zzz;Sampled=1, false, true"
  })
  void takesRootAndParentWhereTheyAreValid(String header, boolean hasParent, boolean sampled) {
    TraceHeader read = TraceHeader.parse(header).orElseThrow();

    assertThat(read.traceId()).isEqualTo(TRACE);
    assertThat(read.sampled()).isEqualTo(sampled);
    assertThat(read.parent().isValid()).isEqualTo(hasParent);
    if (hasParent) {
      assertThat(read.parent().getSpanId()).isEqualTo(PARENT);
      assertThat(read.parent().isSampled()).isEqualTo(sampled);
    }
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {"", "Root=", "Root=1-00000000-000000000000000000000000", "Root=2-1-2", "Parent=1"})
  void findsNoTraceWhereThereIsNoValidRoot(String header) {
    assertThat(TraceHeader.parse(header)).isEmpty();
  }

  @Test
  void writesTheHeaderOfACallWithinASpan() {
    TraceHeader header =
        TraceHeader.parse("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8")
            .orElseThrow();

    assertThat(TraceHeader.of(header.parent()))
        .isEqualTo("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
  }
}
