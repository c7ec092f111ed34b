package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awscdk.assertions.Match;

class CollectorTest {

  /** Bytes, of an advanced parameter. */
  private static final int LARGEST_PARAMETER = 8192;

  private static final Path CONFIGS = Deployment.ROOT.resolve("collector-config");
  private static final List<String> KINDS =
      List.of("receivers", "processors", "exporters", "extensions");
  private static final List<String> FILES =
      List.of("common.yaml", "aws.yaml", "local.yaml", "aws-transaction-search.yaml");

  private final Deployment stack = Deployment.standard();

  @Test
  void readsTheFilesOfCollectorConfigByParameters() throws IOException {
    Map<String, String> files = Map.of("Collector", "common.yaml", "Exporter", "aws.yaml");
    for (Map.Entry<String, String> each : files.entrySet()) {
      String file = Files.readString(CONFIGS.resolve(each.getValue()));
      String id = "Collector" + each.getKey() + "Config";
      JsonNode container = container(stack, each.getKey().toLowerCase(Locale.ROOT));

      assertThat(stack.one("AWS::SSM::Parameter", id).path("Value").asText()).isEqualTo(file);
      assertThat(stack.one("AWS::SSM::Parameter", id).path("Tier").asText()).isEqualTo("Advanced");
      assertThat(file.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(LARGEST_PARAMETER);
      assertThat(container.at("/Secrets/0/Name").asText())
          .isEqualTo(each.getKey().toUpperCase(Locale.ROOT) + "_CONFIG");
      assertThat(Deployment.text(container.at("/Secrets/0/ValueFrom")))
          .endsWith(":parameter/<" + id + ">");
    }
  }

  @Test
  void laysTheStacksNamesOverTheExportersFile() {
    assertThat(Deployment.texts(container(stack, "collector").path("Command")))
        .containsExactly("--config=env:COLLECTOR_CONFIG");
    assertThat(Deployment.texts(container(stack, "exporter").path("Command")))
        .containsExactly(
            "--config=env:EXPORTER_CONFIG",
            "--config=yaml:exporters::awsemf::namespace: Waybill",
            "--config=yaml:exporters::awsemf::log_group_name: <CollectorMetrics>",
            "--config=yaml:exporters::awscloudwatchlogs::log_group_name: <CollectorJobLogs>",
            "--config=yaml:exporters::awsxray::aws_log_groups: [<CollectorJobLogs>]");
  }

  /** What the collector holds must find somebody to take it until the collector has ended. */
  @Test
  void theExporterStartsBeforeTheCollectorAndSoEndsAfterIt() {
    JsonNode depends = container(stack, "collector").at("/DependsOn/0");

    assertThat(depends.path("ContainerName").asText()).isEqualTo("exporter");
    assertThat(depends.path("Condition").asText()).isEqualTo("HEALTHY");
    assertThat(container(stack, "collector").path("StopTimeout").asInt()).isEqualTo(60);
  }

  @Test
  void deliversWhereTheExporterListens() {
    String endpoint = yaml("common.yaml").at("/exporters/otlp_http~1traces/endpoint").asText();
    String listens = yaml("aws.yaml").at("/receivers/otlp/protocols/http/endpoint").asText();

    assertThat(endpoint).isEqualTo("${env:DELIVER_TO:-http://%s}".formatted(listens));
  }

  @Test
  void sendsSpansToTheOtlpEndpointWhereTheContextSaysSo() throws IOException {
    Deployment otlp = Deployment.with(Map.of("traces", "otlp"));

    assertThat(Deployment.texts(container(otlp, "collector").path("Command")))
        .containsExactly("--config=env:COLLECTOR_CONFIG", "--config=env:COLLECTOR_TRACES");
    assertThat(otlp.one("AWS::SSM::Parameter", "CollectorCollectorTraces").path("Value").asText())
        .isEqualTo(Files.readString(CONFIGS.resolve("aws-transaction-search.yaml")));
    assertThat(otlp.resources().toString()).contains("xray:PutSpans", "xray:PutSpansForIndexing");
    assertThat(stack.resources().toString()).doesNotContain("xray:PutSpans");
  }

  @Test
  void keepsAShareOfTheTracesWhereTheContextSaysSo() {
    Deployment tenth = Deployment.with(Map.of("keepPercent", "10"));

    assertThat(tenth.one("AWS::SSM::Parameter", "CollectorKeepPercent").path("Value").asText())
        .isEqualTo("10");
    assertThat(container(tenth, "collector").path("Secrets").toString()).contains("KEEP_PERCENT");
    assertThat(stack.resources().toString()).doesNotContain("KeepPercent");
  }

  /**
   * The image brings these components and no others: a configuration that names one more does not
   * start.
   */
  @ParameterizedTest
  @ValueSource(strings = {"common.yaml", "aws.yaml", "local.yaml", "aws-transaction-search.yaml"})
  void isConfiguredWithComponentsOfItsImageOnly(String file) throws IOException {
    String image = container(stack, "collector").path("Image").asText();
    List<String> manifest =
        Files.readAllLines(
            Deployment.ROOT.resolve(
                "infra/src/test/resources/adot-%s.txt"
                    .formatted(image.substring(image.lastIndexOf(':') + 1))));

    for (String kind : KINDS) {
      List<String> there =
          manifest.stream()
              .filter(line -> line.startsWith(kind + ": "))
              .flatMap(line -> List.of(line.substring(kind.length() + 2).split(" ")).stream())
              .toList();
      assertThat(there).isNotEmpty();
      assertThat(components(file, kind)).isSubsetOf(there);
    }
  }

  /** What is tested is what is deployed, as near as the Go module proxy lets it be. */
  @Test
  void isTestedWithTheSameComponentsOfTheSameVersion() {
    JsonNode built = yaml("otelcol.yaml");

    for (String kind : KINDS) {
      List<String> modules = new ArrayList<>();
      built.path(kind).forEach(module -> modules.add(module.path("gomod").asText()));
      Set<String> configured = new TreeSet<>();
      for (String file : FILES) {
        components(file, kind).forEach(name -> configured.add(name.replace("_", "")));
      }
      assertThat(modules).allMatch(module -> module.endsWith(" v0.156.0"));
      assertThat(modules.stream().map(CollectorTest::component))
          .containsExactlyInAnyOrderElementsOf(configured);
    }
  }

  /** Or a deployment of another configuration would leave the old tasks running. */
  @Test
  void isAnotherTaskWhenItsConfigurationIsAnother() {
    for (String name : List.of("collector", "exporter")) {
      assertThat(container(stack, name).at("/DockerLabels/dev.waybill.config").asText())
          .hasSize(64);
    }
  }

  @Test
  void isPinnedLockedAndWatched() {
    Map<String, String> healthChecks =
        Map.of(
            "collector", "[\"CMD\",\"/healthcheck\"]",
            "exporter", "[\"CMD\",\"/healthcheck\",\"-port\",\"13134\"]");
    healthChecks.forEach(
        (name, check) -> {
          JsonNode container = container(stack, name);
          assertThat(container.path("Image").asText())
              .isEqualTo("public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0");
          assertThat(container.path("ReadonlyRootFilesystem").asBoolean()).isTrue();
          assertThat(container.path("Environment").isMissingNode()).isTrue();
          assertThat(container.at("/HealthCheck/Command").toString()).isEqualTo(check);
          assertThat(container.at("/LogConfiguration/LogDriver").asText()).isEqualTo("awslogs");
          assertThat(container.path("Memory").asInt()).isPositive();
        });
  }

  @Test
  void runsOnTwoZonesAndRollsBackWhatDoesNotStart() {
    stack
        .template()
        .hasResourceProperties(
            "AWS::ECS::Service",
            Map.of(
                "LaunchType",
                "FARGATE",
                "DeploymentConfiguration",
                Match.objectLike(
                    Map.of(
                        "MinimumHealthyPercent",
                        100,
                        "DeploymentCircuitBreaker",
                        Map.of("Enable", true, "Rollback", true)))));
    assertThat(
            stack
                .one("AWS::ECS::Service", "CollectorService")
                .at("/NetworkConfiguration/AwsvpcConfiguration/Subnets"))
        .hasSize(2);
    stack
        .template()
        .hasResourceProperties(
            "AWS::ECS::TaskDefinition",
            Map.of(
                "Cpu", "256",
                "Memory", "512",
                "RuntimePlatform",
                    Map.of("CpuArchitecture", "ARM64", "OperatingSystemFamily", "LINUX")));
  }

  /** A count in the service would be set again by each deployment of another task. */
  @Test
  void onlyItsScalingSaysHowManyTasksRun() {
    JsonNode target =
        stack.one("AWS::ApplicationAutoScaling::ScalableTarget", "CollectorServiceTaskCountTarget");

    assertThat(stack.one("AWS::ECS::Service", "CollectorService").has("DesiredCount")).isFalse();
    assertThat(target.path("MinCapacity").asInt()).isEqualTo(2);
    assertThat(target.path("MaxCapacity").asInt()).isEqualTo(6);
    assertThat(target.path("ScalableDimension").asText()).isEqualTo("ecs:service:DesiredCount");
    assertThat(Deployment.text(target.path("ResourceId")))
        .isEqualTo("service/<CollectorCluster>/<CollectorService.Name>");
  }

  @Test
  void isFoundByTheNameThatTheJobsAreGiven() {
    stack
        .template()
        .hasResourceProperties(
            "AWS::ServiceDiscovery::PrivateDnsNamespace", Map.of("Name", "waybill.internal"));
    stack
        .template()
        .hasResourceProperties(
            "AWS::ServiceDiscovery::Service",
            Map.of(
                "Name",
                "collector",
                "DnsConfig",
                Match.objectLike(Map.of("DnsRecords", List.of(Map.of("TTL", 10, "Type", "A"))))));
  }

  /** The name in {@code …/exporter/awsxrayexporter v0.156.0}: {@code awsxray}. */
  private static String component(String module) {
    return module
        .replaceAll("^.*/|(receiver|processor|exporter|extension)? v.*$", "")
        .replaceAll("(receiver|processor|exporter|extension)$", "");
  }

  private static JsonNode yaml(String file) {
    return Deployment.yaml("collector-config/" + file);
  }

  private static List<String> components(String file, String kind) {
    return yaml(file).path(kind).properties().stream()
        .map(component -> component.getKey().split("/")[0])
        .toList();
  }

  private static JsonNode container(Deployment stack, String name) {
    JsonNode containers =
        stack.one("AWS::ECS::TaskDefinition", "CollectorTask").path("ContainerDefinitions");
    for (JsonNode container : containers) {
      if (container.path("Name").asText().equals(name)) {
        return container;
      }
    }
    throw new AssertionError("no container " + name);
  }
}
