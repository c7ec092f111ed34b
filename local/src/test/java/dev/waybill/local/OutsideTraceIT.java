package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.WaybillCommand.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code waybill run --traceparent} as a scheduler or CI types it. */
class OutsideTraceIT {

  private static final String SAMPLE =
      Path.of(System.getProperty("waybill.root")).resolve("sample-data/listings.csv").toString();
  private static final String TRACEPARENT =
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  @TempDir private Path home;

  @Test
  void theRunIsPartOfTheTraceFromTheUploadToTheLastJob() throws Exception {
    Ended run = new WaybillCommand(home).run("run", "--json", "--traceparent", TRACEPARENT, SAMPLE);

    assertThat(run.status()).as(run.err()).isZero();
    JsonNode summary = Json.parse(run.out()).path(0);
    assertThat(summary.path("trace_id").asText()).isEqualTo("1-0af76519-16cd43dd8448eb211c80319c");
    assertThat(summary.at("/trace/roots").asInt()).isEqualTo(1);
    assertThat(summary.at("/trace/orphans").asInt()).isZero();
    Path folder = home.resolve("out/runs").resolve(summary.path("run_id").asText());
    List<JsonNode> segments =
        Files.readAllLines(folder.resolve("segments.jsonl")).stream().map(Json::parse).toList();
    assertThat(segments)
        .filteredOn(segment -> segment.path("name").asText().equals("waybill upload"))
        .singleElement()
        .satisfies(
            upload -> assertThat(upload.path("parent_id").asText()).isEqualTo("b7ad6b7169203331"));
    List<String> traces =
        Files.readAllLines(folder.resolve("traces.jsonl")).stream()
            .flatMap(line -> Json.parse(line).findValuesAsText("traceId").stream())
            .filter(Objects::nonNull)
            .distinct()
            .toList();
    assertThat(traces).containsExactly("0af7651916cd43dd8448eb211c80319c");
  }

  @Test
  void whatIsNoTraceparentIsNamedBeforeAnythingRuns() throws Exception {
    Ended run = new WaybillCommand(home).run("run", "--traceparent", "00-0af7-01", SAMPLE);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            "waybill: --traceparent is '00-0af7-01'; it must be a traceparent such as 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n");
    assertThat(home.resolve("out")).doesNotExist();
  }

  @Test
  void aTraceHasRoomForOneRun() throws Exception {
    Path other = Files.copy(Path.of(SAMPLE), home.resolve("other.csv"));

    Ended run =
        new WaybillCommand(home).run("run", "--traceparent", TRACEPARENT, SAMPLE, other.toString());

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            "waybill: --traceparent goes with one file, and there are 2: a trace has room for one run\n");
  }
}
