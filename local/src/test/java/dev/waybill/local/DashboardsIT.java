package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.waybill.local.Dashboards.Query;
import dev.waybill.local.RealPrometheus.Series;
import dev.waybill.local.report.Trace;
import dev.waybill.local.run.RunSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * A good and a failed run through the local profile's collector, one that does as the collector in
 * LGTM's image, and a real Prometheus; and every panel held to what the runs say of themselves.
 * What would go to Tempo and Loki is kept by a server that stands for them. Skipped where {@code
 * .ci/otelcol} and {@code .ci/queries/build} have not built these.
 */
@EnabledIfEnvironmentVariable(named = "WAYBILL_COLLECTOR", matches = ".+")
@EnabledIfEnvironmentVariable(named = "WAYBILL_QUERIES", matches = ".+")
@TestInstance(Lifecycle.PER_CLASS)
class DashboardsIT {

  private static final Path ROOT = Path.of(System.getProperty("waybill.root"));

  /** What a healthy collector never counted, and so never sent. */
  private static final Set<String> NOTHING_TO_SHOW =
      Set.of("Collector: Refused", "Collector: Given up");

  private RealPrometheus prometheus;
  private Dashboards dashboards;
  private LgtmRuns lgtm;
  private List<RunSummary> runs;

  @BeforeAll
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void runThroughTheCollectorsIntoPrometheus(@TempDir Path folder, @TempDir Path data)
      throws Exception {
    Path good = ROOT.resolve("sample-data/listings.csv");
    Path wrong = Files.writeString(folder.resolve("wrong.csv"), "id,NAME\n1,a\n");
    dashboards = Dashboards.of(ROOT.resolve("grafana/dashboards"));
    prometheus = RealPrometheus.start(data);
    lgtm = LgtmRuns.of(List.of(good, wrong), folder, prometheus);
    runs = lgtm.runs();
    assertThat(runs).extracting(RunSummary::status).containsExactly("SUCCEEDED", "FAILED");
  }

  @AfterAll
  void stopPrometheus() {
    if (prometheus != null) {
      prometheus.close();
    }
  }

  @Test
  void everyQueryOfPrometheusIsAnswered() throws Exception {
    List<String> empty = new ArrayList<>();
    int asked = 0;
    for (Query query : dashboards.queries()) {
      if (query.language().equals("promql")) {
        asked++;
        if (ask(query).isEmpty() && !NOTHING_TO_SHOW.contains(query.panel())) {
          empty.add(query.panel() + ": " + query.expression());
        }
      }
    }

    assertThat(asked).isGreaterThan(25);
    assertThat(empty).isEmpty();
  }

  @Test
  void everyNameInAQueryIsOneThatARunEmits() throws Exception {
    Dashboards.Names emitted =
        new Dashboards.Names(
            union(prometheus.names("label/__name__/values"), counters()),
            prometheus.names("labels"),
            lgtm.logs().stream()
                .flatMap(log -> Stream.of(log.attributes(), log.resource()))
                .flatMap(attributes -> attributes.keySet().stream())
                .map(key -> key.replace('.', '_'))
                .collect(Collectors.toSet()),
            lgtm.spans().stream()
                .flatMap(span -> Stream.of(span.attributes(), span.resource()))
                .flatMap(attributes -> attributes.keySet().stream())
                .collect(Collectors.toSet()));

    assertThat(dashboards.queries()).hasSizeGreaterThan(30);
    assertThat(dashboards.unknown(emitted)).isEmpty();
    assertThat(dashboards.wrongColumns()).isEmpty();
  }

  @Test
  void pipelineCountsRunsAndFailedJobs() throws Exception {
    long failedJobs =
        runs.stream()
            .flatMap(run -> run.jobs().stream())
            .filter(job -> job.status().equals("FAILED"))
            .count();

    assertThat(one("Pipeline", "Runs")).isEqualTo(runs.size());
    assertThat(one("Pipeline", "Succeeded"))
        .isEqualTo(runs.stream().filter(RunSummary::succeeded).count());
    assertThat(failedJobs).isPositive();
    assertThat(one("Pipeline", "Failed attempts of jobs")).isEqualTo(failedJobs);
  }

  @Test
  void pipelineCountsEachRowOnce() throws Exception {
    RunSummary.Rows rows = runs.get(0).rows();
    Map<String, Double> reasons = new HashMap<>();
    rows.rejected().forEach((reason, count) -> reasons.put(reason, (double) count));

    assertThat(one("Pipeline", "Rows read")).isEqualTo((double) rows.read());
    assertThat(one("Pipeline", "Rows rejected"))
        .isEqualTo((double) rows.allRejected() / rows.read());
    assertThat(sums("Pipeline", "Rejected rows by reason", "waybill_reason")).isEqualTo(reasons);
    assertThat(sums("Pipeline", "Rows by outcome", "waybill_outcome"))
        .isEqualTo(
            Map.of(
                "read", (double) rows.read(),
                "cleaned", (double) rows.cleaned(),
                "processed", (double) rows.processed(),
                "rejected", (double) rows.allRejected()));
  }

  /** To two percent of what the jobs' spans say, which end a moment later. */
  @Test
  void pipelineShowsHowLongJobsTook() throws Exception {
    Map<String, Double> longest = new HashMap<>();
    for (RunSummary run : runs) {
      for (Trace.Span span : RunFiles.trace(run).spans()) {
        if (span.name().equals(span.service()) && span.attributes().containsKey("waybill.job")) {
          longest.merge(span.name(), span.end() - span.start(), Math::max);
        }
      }
    }
    List<Query> duration = dashboards.queries("Pipeline", "Duration by job and status");
    List<Series> means = ask(duration.get(0));
    List<Series> percentiles = ask(duration.get(1));

    assertThat(longest).containsOnlyKeys("clean-listings", "process-listings");
    assertThat(percentiles).hasSameSizeAs(longest.keySet());
    for (Series percentile : percentiles) {
      double took = longest.get(percentile.labels().get("waybill_job"));
      assertThat(percentile.values().values())
          .allSatisfy(value -> assertThat(value).isCloseTo(took, within(0.02 * took + 0.1)));
    }
    assertThat(means)
        .filteredOn(series -> series.labels().get("waybill_status").equals("SUCCEEDED"))
        .hasSize(2)
        .allSatisfy(
            series -> {
              double took = longest.get(series.labels().get("waybill_job"));
              assertThat(series.values().values())
                  .singleElement()
                  .satisfies(value -> assertThat(value).isCloseTo(took, within(0.02 * took + 0.1)));
            });
    assertThat(prometheus.exemplars(lgtm.from(), lgtm.to(), "waybill_job_duration_seconds"))
        .isEqualTo(runs.stream().map(RunFiles::otlpTraceId).collect(Collectors.toSet()));
  }

  /**
   * Asked for until long after the jobs: Prometheus itself goes on with a value for five minutes.
   */
  @Test
  void linesOfAJobBeginWithAMeasurementAndEndWithIt() throws Exception {
    double last =
        runs.stream()
            .flatMap(run -> RunFiles.trace(run).spans().stream())
            .mapToDouble(Trace.Span::end)
            .max()
            .orElseThrow();
    for (String panel : List.of("CPU of the job", "Memory of the job")) {
      Query query = dashboards.queries("Run", panel).get(0);
      List<Series> lines =
          prometheus.range(
              lgtm.from(),
              lgtm.to().plus(Duration.ofMinutes(4)),
              query.step(),
              query.over(Duration.ofHours(1)));

      assertThat(lines).isNotEmpty();
      assertThat(lines)
          .allSatisfy(
              line -> {
                assertThat(line.labels().get("waybill_run_id")).isNotBlank();
                assertThat(line.values().firstEntry().getValue()).as(panel).isPositive();
                assertThat(line.values().lastKey()).as(panel).isLessThan(last + 25);
              });
    }
  }

  @Test
  void collectorAcceptedWhatItDeliveredAndThatIsWhatTheRunsSent() throws Exception {
    double sent = runs.stream().mapToInt(run -> run.trace().spans()).sum();
    List<Query> accepted = dashboards.queries("Collector", "Accepted");
    List<Query> delivered = dashboards.queries("Collector", "Delivered");

    assertThat(sum(accepted.get(0))).isEqualTo(sent);
    for (int signal = 0; signal < 3; signal++) {
      assertThat(sum(delivered.get(signal)))
          .as(delivered.get(signal).expression())
          .isPositive()
          .isEqualTo(sum(accepted.get(signal)));
    }
    assertThat(sum(delivered.get(2))).isEqualTo(lgtm.logs().size());
    assertThat(sum(dashboards.queries("Collector", "Traces by decision").get(0)))
        .isEqualTo(runs.size());
    for (Query query : dashboards.queries("Collector", "Not stored")) {
      assertThat(sum(query)).isZero();
    }
  }

  /** Processors times seconds are the processor seconds that the process told of. */
  @Test
  void collectorShowsItsOwnProcessorAndNotAnothers() throws Exception {
    Query query = dashboards.queries("Collector", "Processor").get(0);
    double told =
        prometheus
            .at(
                lgtm.to(),
                "sum(sum_over_time(otelcol_process_cpu_seconds_total{service_namespace=\"waybill\"}[1h]))")
            .get(0)
            .sum();

    assertThat(query.step()).isEqualTo(Duration.ofMinutes(1));
    assertThat(told).isPositive();
    assertThat(sum(query) * query.step().toSeconds()).isCloseTo(told, within(1e-6));
    assertThat(ask(dashboards.queries("Collector", "Memory").get(0))).hasSize(1);
  }

  private List<Series> ask(Query query) throws IOException, InterruptedException {
    String expression = query.over(Duration.between(lgtm.from(), lgtm.to()));
    return query.instant()
        ? prometheus.at(lgtm.to(), expression)
        : prometheus.range(lgtm.from(), lgtm.to().plus(query.step()), query.step(), expression);
  }

  private double one(String dashboard, String panel) throws Exception {
    List<Series> answer = ask(dashboards.queries(dashboard, panel).get(0));
    assertThat(answer).hasSize(1);
    return answer.get(0).sum();
  }

  private double sum(Query query) throws Exception {
    return ask(query).stream().mapToDouble(Series::sum).sum();
  }

  private Map<String, Double> sums(String dashboard, String panel, String label) throws Exception {
    return ask(dashboards.queries(dashboard, panel).get(0)).stream()
        .collect(Collectors.toMap(series -> series.labels().get(label), Series::sum));
  }

  /** What the collector has once it refuses or gives up: LocalCollectorIT sees it send these. */
  private static Set<String> counters() {
    return Stream.of("spans", "metric_points", "log_records")
        .flatMap(
            signal ->
                Stream.of(
                    "otelcol_receiver_refused_" + signal + "_total",
                    "otelcol_exporter_send_failed_" + signal + "_total"))
        .collect(Collectors.toSet());
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    return Stream.concat(one.stream(), other.stream()).collect(Collectors.toSet());
  }
}
