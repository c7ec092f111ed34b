package dev.waybill.local;

import static dev.waybill.local.OtlpClient.span;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** What the real collector keeps when it is told to keep nothing that is ordinary. */
@EnabledIfEnvironmentVariable(named = "WAYBILL_COLLECTOR", matches = ".+")
class TailSamplingIT {

  private static final String REJECTED =
      "\"attributes\": [{\"key\": \"waybill.rows.rejected\", \"value\": {\"intValue\": \"1\"}}],";
  private static final String ERROR = "\"status\": {\"code\": 2},";
  private static final int QUARTER_OF_AN_HOUR = 900;

  @Test
  @Timeout(value = 1, unit = TimeUnit.MINUTES)
  void runsWithAnErrorOrSlowOrRejectingAreKeptWhole() throws Exception {
    int http = RealCollector.freePort();
    OtlpClient jobs = new OtlpClient(http);
    List<String> settings = new ArrayList<>(RealCollector.receivers(http));
    settings.add("service::telemetry::metrics::level: none");
    try (OtlpSink sink = new OtlpSink();
        RealCollector collector =
            RealCollector.start(
                "tail-sampling",
                List.of("common.yaml"),
                settings,
                Map.of("DELIVER_TO", sink.url(), "KEEP_PERCENT", "0"))) {
      jobs.spans(
          "",
          span("01", "first job", 1, ""),
          span("02", "failed", 1, ERROR),
          span("03", "slow", QUARTER_OF_AN_HOUR, ""),
          span("04", "rejecting", 1, REJECTED),
          span("05", "ordinary", 1, ""));
      sink.await(all -> all.spans().size() >= 3);
      jobs.spans("", span("01", "second job failed", 1, ERROR));
      sink.await(all -> all.spans().size() >= 5);
      collector.stop();

      assertThat(sink.spans())
          .extracting(OtlpSink.Span::name)
          .containsExactlyInAnyOrder(
              "failed", "slow", "rejecting", "first job", "second job failed");
    }
  }
}
