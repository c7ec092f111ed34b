package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The local profile's {@code compose.yaml}, as far as no container has to run for it. */
class ComposeTest {

  /** Where each service's process reads its environment; LGTM's is its image's README. */
  private static final Map<String, List<String>> READERS =
      Map.of(
          "collector", List.of("collector-config/common.yaml", "collector-config/local.yaml"),
          "alloy", List.of("collector-config/local.alloy"),
          "waybill",
              List.of(
                  "local/src/main/java/dev/waybill/local/cli/BackendOptions.java",
                  "local/src/main/java/dev/waybill/local/Keys.java"));

  /** Read by the resource detection's {@code env}, whatever the configuration. */
  private static final String RESOURCE = "OTEL_RESOURCE_ATTRIBUTES";

  private final JsonNode services = Deployment.yaml("compose.yaml").path("services");

  @Test
  void everyImageIsPinnedAndTheCollectorsIsTheDeployedOne() {
    assertThat(services.at("/collector/image").asText()).isEqualTo(CollectorTask.IMAGE);
    services
        .properties()
        .forEach(
            service -> {
              if (service.getValue().path("build").isMissingNode()) {
                assertThat(service.getValue().path("image").asText()).matches(".+:v?\\d+\\.\\d+.*");
              }
            });
  }

  @Test
  void everyFileThatItMountsOrBuildsFromExists() {
    for (JsonNode service : services) {
      for (JsonNode volume : service.path("volumes")) {
        String from = volume.asText().split(":")[0];
        if (from.startsWith("./") && !from.equals("./data")) {
          assertThat(Deployment.ROOT.resolve(from)).exists();
        }
      }
    }
    for (String file : List.of("Dockerfile", ".dockerignore", ".ci/image")) {
      assertThat(Deployment.ROOT.resolve(file)).exists();
    }
  }

  @Test
  void everyVariableThatItSetsIsOneThatTheProcessReads() throws IOException {
    for (Map.Entry<String, List<String>> reader : READERS.entrySet()) {
      StringBuilder sources = new StringBuilder();
      for (String file : reader.getValue()) {
        sources.append(Files.readString(Deployment.ROOT.resolve(file)));
      }
      JsonNode environment = services.path(reader.getKey()).path("environment");
      assertThat(environment.size()).isPositive();
      environment
          .properties()
          .forEach(
              variable -> {
                if (!variable.getKey().equals(RESOURCE)) {
                  assertThat(sources.toString())
                      .containsAnyOf(
                          "env:" + variable.getKey(),
                          "env(\"" + variable.getKey() + "\")",
                          "_VARIABLE = \"" + variable.getKey() + "\"");
                }
              });
    }
    assertThat(services.at("/lgtm/environment").properties())
        .extracting(Map.Entry::getKey)
        .containsExactly("PROMETHEUS_EXTRA_ARGS");
  }

  /** Keys that everyone can read in this file would let everyone in. */
  @Test
  void theBucketsKeysAreTheUsersOwn() {
    JsonNode environment = services.at("/waybill/environment");
    for (String key : List.of("WAYBILL_S3_ACCESS_KEY_ID", "WAYBILL_S3_SECRET_ACCESS_KEY")) {
      assertThat(environment.has(key)).isTrue();
      assertThat(environment.path(key).isNull()).isTrue();
    }
  }

  @Test
  void nothingIsReachedFromOtherMachines() {
    for (JsonNode service : services) {
      service.path("ports").forEach(port -> assertThat(port.asText()).startsWith("127.0.0.1:"));
    }
  }

  /** What is provisioned under a name must be mounted where Grafana looks for it. */
  @Test
  void theDashboardsAreMountedWhereTheirProviderLooks() throws IOException {
    String provider = Files.readString(Deployment.ROOT.resolve("grafana/dashboards.yaml"));
    String mounted =
        Stream.of(services.at("/lgtm/volumes"))
            .flatMap(volumes -> volumes.valueStream())
            .map(JsonNode::asText)
            .filter(volume -> volume.startsWith("./grafana/dashboards:"))
            .map(volume -> volume.split(":")[1])
            .findFirst()
            .orElseThrow();

    assertThat(provider).contains("path: " + mounted + "\n");
  }

  /** Prometheus looks for its rules beside its configuration. */
  @Test
  void theAlertRulesAreMountedWherePrometheusLooks() throws IOException {
    List<String> volumes = new ArrayList<>();
    services.at("/lgtm/volumes").forEach(volume -> volumes.add(volume.asText()));

    assertThat(volumes)
        .contains(
            "./grafana/prometheus.yaml:/otel-lgtm/prometheus.yaml:ro",
            "./grafana/alerts:/otel-lgtm/alerts:ro");
    assertThat(Deployment.yaml("grafana/prometheus.yaml").at("/rule_files/0").asText())
        .isEqualTo("alerts/*.yaml");
  }

  /** The image must bring every folder and file that the launcher and its classes look for. */
  @Test
  void theImageIsBuiltFromWhatIsNotIgnored() throws IOException {
    List<String> ignored = Files.readAllLines(Deployment.ROOT.resolve(".dockerignore"));
    for (String line : Files.readAllLines(Deployment.ROOT.resolve("Dockerfile"))) {
      if (line.startsWith("COPY ") && !line.contains("--from")) {
        String source =
            Stream.of(line.split(" "))
                .skip(1)
                .filter(part -> !part.startsWith("--"))
                .findFirst()
                .orElseThrow();
        Path path = Deployment.ROOT.resolve(source);
        assertThat(path).exists();
        assertThat(ignored)
            .as(line)
            .anyMatch(
                pattern ->
                    pattern.equals("!" + source)
                        || pattern.equals("!*/src") && Files.isDirectory(path.resolve("src"))
                        || pattern.equals("!*/pom.xml") && source.endsWith("pom.xml"));
      }
    }
  }
}
