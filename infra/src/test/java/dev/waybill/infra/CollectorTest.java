package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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

  private JsonNode container() {
    return stack
        .one("AWS::ECS::TaskDefinition", "CollectorTask")
        .path("ContainerDefinitions")
        .path(0);
  }
}
