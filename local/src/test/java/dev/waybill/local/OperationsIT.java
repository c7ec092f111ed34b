package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.gluetracing.OtlpEndpoint;
import dev.waybill.local.collector.Backend;
import dev.waybill.local.run.LocalWatch;
import dev.waybill.local.run.Progress;
import dev.waybill.local.run.RunSummary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The other ways into the pipeline, and telemetry that is passed on. */
class OperationsIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("waybill.root")));
  private static final Path SAMPLE = INSTALLATION.root().resolve("sample-data/listings.csv");

  private final Progress progress = new Progress(System.err, true);
  private final java.util.Set<String> forwarded =
      java.util.concurrent.ConcurrentHashMap.newKeySet();
  @TempDir private Path folder;
  private HttpEndpoint realCollector;
  private LocalCloud cloud;

  @BeforeEach
  void start() {
    realCollector =
        HttpEndpoint.start(
            "collector",
            HttpEndpoint.LOOPBACK,
            exchange -> {
              exchange.getRequestBody().readAllBytes();
              forwarded.add(exchange.getRequestURI().getPath());
              HttpEndpoint.answer(exchange, 200, "application/x-protobuf", new byte[0]);
            });
    cloud =
        new LocalCloud(
            INSTALLATION,
            folder,
            HttpEndpoint.LOOPBACK,
            new Backend(OtlpEndpoint.parse("collector", realCollector.url()), null),
            Clock.systemUTC(),
            progress::warn);
  }

  @AfterEach
  void stop() {
    cloud.close();
    realCollector.close();
  }

  @Test
  void watchRunsAFileThatIsDroppedIntoTheFolder() throws Exception {
    CompletableFuture<RunSummary> ended = new CompletableFuture<>();
    LocalWatch watching = new LocalWatch(cloud, progress);
    Thread watch =
        new Thread(
            () -> {
              try {
                watching.serve(ended::complete);
              } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
              }
            });
    watch.start();
    Path input = cloud.bucketFolder().resolve("input");
    Files.copy(SAMPLE, input.resolve("dropped.csv"));

    RunSummary run = ended.get(120, TimeUnit.SECONDS);
    cloud.stop();
    watch.join();

    assertThat(run.status()).as("%s", run.error()).isEqualTo("SUCCEEDED");
    assertThat(run.input().file()).isEqualTo("input/dropped.csv");
    assertThat(run.trace().roots()).isEqualTo(1);
    JsonNode json = Json.parse(Files.readString(Path.of(run.report()).resolveSibling("run.json")));
    assertThat(json.properties())
        .extracting(java.util.Map.Entry::getKey)
        .containsExactly(
            "run_id",
            "status",
            "error",
            "trace_id",
            "input",
            "rows",
            "steps",
            "values",
            "warnings",
            "outputs",
            "jobs",
            "cost",
            "trace",
            "seconds",
            "report");
    assertThat(Files.readString(Path.of(run.report())))
        .contains("<!doctype html>", run.traceId(), "remove duplicates")
        .doesNotContain("<!--");
    assertThat(forwarded).contains("/v1/traces", "/v1/metrics", "/v1/logs");
  }
}
