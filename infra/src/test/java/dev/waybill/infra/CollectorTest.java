package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awscdk.assertions.Match;

class CollectorTest {

  /** Of a standard parameter. */
  private static final int LARGEST_PARAMETER = 4096;

  private final Deployment stack = Deployment.standard();

  @Test
  void readsTheFileOfCollectorConfigByItsParameter() throws IOException {
    String file = Files.readString(Deployment.ROOT.resolve("collector-config/aws.yaml"));

    assertThat(stack.one("AWS::SSM::Parameter", "CollectorConfig").path("Value").asText())
        .isEqualTo(file);
    assertThat(file.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(LARGEST_PARAMETER);
    assertThat(container().at("/Secrets/0/Name").asText()).isEqualTo("COLLECTOR_CONFIG");
    assertThat(Deployment.text(container().at("/Secrets/0/ValueFrom")))
        .endsWith(":parameter/<CollectorConfig>");
  }

  @Test
  void laysTheStacksNamesOverTheFile() {
    assertThat(Deployment.texts(container().path("Command")))
        .containsExactly(
            "--config=env:COLLECTOR_CONFIG",
            "--config=yaml:exporters::awsemf::namespace: Waybill",
            "--config=yaml:exporters::awsemf::log_group_name: <CollectorMetrics>",
            "--config=yaml:exporters::awscloudwatchlogs::log_group_name: <CollectorJobLogs>",
            "--config=yaml:exporters::awsxray::aws_log_groups: [<CollectorJobLogs>]");
  }

  /**
   * The image brings these components and no others: a configuration that names one more does not
   * start.
   */
  @Test
  void isConfiguredWithComponentsOfItsImageOnly() throws IOException {
    String image = container().path("Image").asText();
    List<String> manifest =
        Files.readAllLines(
            Deployment.ROOT.resolve(
                "infra/src/test/resources/adot-%s.txt"
                    .formatted(image.substring(image.lastIndexOf(':') + 1))));
    JsonNode config = yaml("collector-config/aws.yaml");

    for (String kind : List.of("receivers", "processors", "exporters", "extensions")) {
      List<String> there =
          manifest.stream()
              .filter(line -> line.startsWith(kind + ": "))
              .flatMap(line -> List.of(line.substring(kind.length() + 2).split(" ")).stream())
              .toList();
      assertThat(there).isNotEmpty();
      assertThat(config.path(kind).properties())
          .extracting(component -> component.getKey().split("/")[0])
          .isNotEmpty()
          .isSubsetOf(there);
    }
  }

  /** What is tested is what is deployed, as near as the Go module proxy lets it be. */
  @Test
  void isTestedWithTheSameComponentsOfTheSameVersion() throws IOException {
    JsonNode built = yaml("collector-config/otelcol.yaml");
    JsonNode config = yaml("collector-config/aws.yaml");

    for (String kind : List.of("receivers", "processors", "exporters", "extensions")) {
      List<String> modules = new ArrayList<>();
      built.path(kind).forEach(module -> modules.add(module.path("gomod").asText()));
      assertThat(modules).allMatch(module -> module.endsWith(" v0.156.0"));
      assertThat(modules.stream().map(CollectorTest::component))
          .containsExactlyInAnyOrderElementsOf(
              config.path(kind).properties().stream()
                  .map(each -> each.getKey().split("/")[0].replace("_", ""))
                  .distinct()
                  .toList());
    }
  }

  /** Or a deployment of another configuration would leave the old tasks running. */
  @Test
  void isAnotherTaskWhenItsConfigurationIsAnother() {
    assertThat(container().at("/DockerLabels/dev.waybill.config").asText()).hasSize(64);
  }

  @Test
  void isPinnedLockedAndWatched() {
    JsonNode container = container();
    assertThat(container.path("Image").asText())
        .isEqualTo("public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0");
    assertThat(container.path("ReadonlyRootFilesystem").asBoolean()).isTrue();
    assertThat(container.path("Environment").isMissingNode()).isTrue();
    assertThat(container.at("/HealthCheck/Command").toString())
        .isEqualTo("[\"CMD\",\"/healthcheck\"]");
    assertThat(container.at("/LogConfiguration/LogDriver").asText()).isEqualTo("awslogs");
  }

  @Test
  void runsTwiceOnTwoZonesAndRollsBackWhatDoesNotStart() {
    stack
        .template()
        .hasResourceProperties(
            "AWS::ECS::Service",
            Map.of(
                "DesiredCount",
                2,
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
    stack
        .template()
        .hasResourceProperties(
            "AWS::ApplicationAutoScaling::ScalableTarget",
            Map.of("MinCapacity", 2, "MaxCapacity", 6));
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
    return module.replaceAll("^.*/|(receiver|processor|exporter|extension) .*$", "");
  }

  private static JsonNode yaml(String file) throws IOException {
    return new ObjectMapper(new YAMLFactory()).readTree(Deployment.ROOT.resolve(file).toFile());
  }

  private JsonNode container() {
    return stack
        .one("AWS::ECS::TaskDefinition", "CollectorTask")
        .path("ContainerDefinitions")
        .path(0);
  }
}
