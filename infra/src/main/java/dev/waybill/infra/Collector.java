package dev.waybill.infra;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.applicationautoscaling.EnableScalingProps;
import software.amazon.awscdk.services.ecs.CloudMapOptions;
import software.amazon.awscdk.services.ecs.Cluster;
import software.amazon.awscdk.services.ecs.ContainerInsights;
import software.amazon.awscdk.services.ecs.CpuUtilizationScalingProps;
import software.amazon.awscdk.services.ecs.DeploymentCircuitBreaker;
import software.amazon.awscdk.services.ecs.FargateService;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;
import software.amazon.awscdk.services.ecs.PropagatedTagSource;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.servicediscovery.DnsRecordType;
import software.amazon.awscdk.services.servicediscovery.PrivateDnsNamespace;
import software.constructs.Construct;

/**
 * The ADOT collector on Fargate: takes the jobs' telemetry over OTLP and hands it to X-Ray and
 * CloudWatch. {@link CollectorTask} says what runs in each of its tasks.
 *
 * @see <a href="https://github.com/aws-observability/aws-otel-collector">AWS Distro for
 *     OpenTelemetry Collector</a>
 */
final class Collector extends Construct implements Telemetry {

  static final String ID = "Collector";
  static final int TASKS = 2;

  private static final int MOST_TASKS = 6;
  private static final int CPU_PERCENT = 60;
  private static final Duration DNS_TTL = Duration.seconds(10);

  private final Network network;
  private final String jobLogs;
  private final Cluster cluster;
  private final FargateService service;
  private final String endpoint;

  Collector(Construct scope, Settings settings, Logs logs, Artifacts artifacts, Network network) {
    super(scope, ID);
    this.network = network;
    this.jobLogs = Logs.jobs(settings.prefix());
    String clusterName = settings.prefix() + "-collector";
    String namespace = settings.prefix() + ".internal";
    this.endpoint =
        "http://%s.%s:%d".formatted(CollectorTask.COLLECTOR, namespace, Network.OTLP_HTTP);
    this.cluster = cluster(clusterName, network);
    FargateTaskDefinition task = CollectorTask.define(this, settings, logs, artifacts);
    this.service =
        FargateService.Builder.create(this, "Service")
            .cluster(cluster)
            .taskDefinition(task)
            .minHealthyPercent(100)
            .maxHealthyPercent(200)
            .assignPublicIp(false)
            .vpcSubnets(network.privateSubnets())
            .securityGroups(List.of(network.collector()))
            .circuitBreaker(DeploymentCircuitBreaker.builder().enable(true).rollback(true).build())
            .propagateTags(PropagatedTagSource.SERVICE)
            .cloudMapOptions(
                CloudMapOptions.builder()
                    .name(CollectorTask.COLLECTOR)
                    .cloudMapNamespace(
                        PrivateDnsNamespace.Builder.create(this, "Namespace")
                            .name(namespace)
                            .vpc(network.vpc())
                            .build())
                    .dnsRecordType(DnsRecordType.A)
                    .dnsTtl(DNS_TTL)
                    .build())
            .build();
    // Only the scaling says how many tasks run: a count in the service would undo it at every
    // deployment. ECS begins with one, and registering the least number makes it that many.
    service
        .autoScaleTaskCount(
            EnableScalingProps.builder().minCapacity(TASKS).maxCapacity(MOST_TASKS).build())
        .scaleOnCpuUtilization(
            "Cpu",
            CpuUtilizationScalingProps.builder().targetUtilizationPercent(CPU_PERCENT).build());
  }

  @Override
  public Optional<Network> network() {
    return Optional.of(network);
  }

  /** The base URL of its OTLP/HTTP receiver, for whoever is in the VPC. */
  @Override
  public Map<String, String> arguments() {
    return Map.of("--otlp_endpoint", endpoint);
  }

  @Override
  public List<String> logGroups(List<String> writtenByGlue) {
    return List.of(jobLogs);
  }

  /** Whoever reaches it may send. */
  @Override
  public void allow(Role role) {}

  Cluster cluster() {
    return cluster;
  }

  FargateService service() {
    return service;
  }

  private Cluster cluster(String name, Network network) {
    Cluster made =
        Cluster.Builder.create(this, "Cluster")
            .clusterName(name)
            .vpc(network.vpc())
            .containerInsightsV2(ContainerInsights.DISABLED)
            .build();
    String why =
        "ECS reports tasks, CPU and memory of a service at no charge; Container Insights makes its"
            + " log group again after the stack deleted it";
    Findings.acknowledge(made, "AwsSolutions-ECS4", why);
    Findings.answerCheckov(made, Map.of("CKV_AWS_65", why));
    return made;
  }
}
