package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.gluetracing.OtlpEndpoint;
import dev.waybill.local.OtlpSink.Span;
import dev.waybill.local.collector.Backend;
import dev.waybill.local.run.RunSummary;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Runs that went through the local profile's collector, one that does as the collector in LGTM's
 * image, and into a real Prometheus; what would go to Tempo and Loki, a server kept.
 *
 * @param spans what Tempo would have
 * @param logs what Loki would have
 * @param from before the first run
 * @param to after all was delivered
 */
record LgtmRuns(
    RealPrometheus prometheus,
    List<RunSummary> runs,
    List<Span> spans,
    List<OtlpSink.Log> logs,
    Instant from,
    Instant to) {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("waybill.root")));
  private static final Path LGTM_CONFIG =
      INSTALLATION.root().resolve("local/src/test/resources/lgtm-collector.yaml");

  static LgtmRuns of(List<Path> files, Path folder, RealPrometheus prometheus)
      throws IOException, InterruptedException {
    Instant from = Instant.now().minus(Dashboards.SHORTEST_STEP);
    int http = RealCollector.freePort();
    int daemon = RealCollector.freePort();
    String lgtmListens = "127.0.0.1:" + RealCollector.freePort();
    try (OtlpSink stores = new OtlpSink();
        RealCollector lgtm =
            RealCollector.start(
                "lgtm-collector",
                List.of(LGTM_CONFIG.toString()),
                List.of(),
                Map.of(
                    "LISTEN", lgtmListens,
                    "PROMETHEUS", prometheus.url(),
                    "STORES", stores.url()));
        RealCollector ours =
            RealCollector.start(
                "dashboards-collector",
                List.of("common.yaml", "local.yaml"),
                settings(http, daemon, "http://" + lgtmListens),
                Map.of(
                    "DELIVER_TO",
                    "http://" + lgtmListens,
                    "QUEUE_DIRECTORY",
                    folder.resolve("queue").toString()))) {
      Backend backend =
          new Backend(
              OtlpEndpoint.parse("collector", "http://127.0.0.1:" + http),
              new HostPort("127.0.0.1", daemon));
      List<RunSummary> runs = PipelineIT.run(folder.resolve("out"), files, backend);
      Set<String> sent = new HashSet<>();
      runs.forEach(run -> RunFiles.trace(run).spans().forEach(span -> sent.add(span.id())));
      stores.await(
          sink ->
              sink.spans().stream()
                  .map(Span::spanId)
                  .collect(Collectors.toSet())
                  .containsAll(sent));
      assertThat(ours.stop()).as("see " + ours.log()).isZero();
      assertThat(lgtm.stop()).as("see " + lgtm.log()).isZero();
      return new LgtmRuns(
          prometheus,
          runs,
          stores.spans(),
          stores.logs(),
          from,
          Instant.now().plus(Dashboards.SHORTEST_STEP));
    }
  }

  private static List<String> settings(int http, int daemon, String deliverTo) throws IOException {
    List<String> settings = new ArrayList<>(RealCollector.receivers(http));
    settings.add("receivers::awsxray::endpoint: 127.0.0.1:" + daemon);
    settings.add("receivers::awsxray::proxy_server::endpoint: 127.0.0.1:" + daemon);
    settings.add(RealCollector.tellsEvery(1_000, deliverTo));
    return settings;
  }
}
