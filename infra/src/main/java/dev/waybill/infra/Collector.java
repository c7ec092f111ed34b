package dev.waybill.infra;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.applicationautoscaling.EnableScalingProps;
import software.amazon.awscdk.services.ecs.AwsLogDriverProps;
import software.amazon.awscdk.services.ecs.CloudMapOptions;
import software.amazon.awscdk.services.ecs.Cluster;
import software.amazon.awscdk.services.ecs.ContainerDefinition;
import software.amazon.awscdk.services.ecs.ContainerDefinitionOptions;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.amazon.awscdk.services.ecs.ContainerInsights;
import software.amazon.awscdk.services.ecs.CpuArchitecture;
import software.amazon.awscdk.services.ecs.CpuUtilizationScalingProps;
import software.amazon.awscdk.services.ecs.DeploymentCircuitBreaker;
import software.amazon.awscdk.services.ecs.FargateService;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;
import software.amazon.awscdk.services.ecs.HealthCheck;
import software.amazon.awscdk.services.ecs.LogDrivers;
import software.amazon.awscdk.services.ecs.OperatingSystemFamily;
import software.amazon.awscdk.services.ecs.PortMapping;
import software.amazon.awscdk.services.ecs.PropagatedTagSource;
import software.amazon.awscdk.services.ecs.RuntimePlatform;
import software.amazon.awscdk.services.ecs.Secret;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.servicediscovery.DnsRecordType;
import software.amazon.awscdk.services.servicediscovery.PrivateDnsNamespace;
import software.amazon.awscdk.services.ssm.StringParameter;
import software.constructs.Construct;

/**
 * The ADOT collector on Fargate: takes the jobs' telemetry over OTLP and hands it to X-Ray and
 * CloudWatch. Its configuration is {@code collector-config/aws.yaml}, by way of a parameter; what
 * only the stack knows, the names of its log groups, is laid over it on the command line.
 *
 * @see <a href="https://github.com/aws-observability/aws-otel-collector">AWS Distro for
 *     OpenTelemetry Collector</a>
 */
final class Collector extends Construct {

  static final String IMAGE = "public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0";
  static final int TASKS = 2;

  private static final String CONFIG_VARIABLE = "COLLECTOR_CONFIG";
  private static final String NAME = "collector";
  private static final int MOST_TASKS = 6;
  private static final int CPU = 256;
  private static final int MEMORY_MEBIBYTES = 512;
  private static final int CPU_PERCENT = 60;
  private static final Duration DNS_TTL = Duration.seconds(10);

  private final Cluster cluster;
  private final FargateService service;
  private final String endpoint;

  Collector(Construct scope, Settings settings, Logs logs, Artifacts artifacts, Network network) {
    super(scope, "Collector");
    String clusterName = settings.prefix() + "-collector";
    String namespace = settings.prefix() + ".internal";
    this.endpoint = "http://%s.%s:%d".formatted(NAME, namespace, Network.OTLP_HTTP);
    this.cluster = cluster(clusterName, network, logs);
    LogGroup metrics = logs.group(this, "Metrics", "/%s/metrics".formatted(settings.prefix()));
    LogGroup jobLogs = logs.group(this, "JobLogs", "/%s/job-logs".formatted(settings.prefix()));
    FargateTaskDefinition task =
        FargateTaskDefinition.Builder.create(this, "Task")
            .cpu(CPU)
            .memoryLimitMiB(MEMORY_MEBIBYTES)
            .runtimePlatform(
                RuntimePlatform.builder()
                    .cpuArchitecture(CpuArchitecture.ARM64)
                    .operatingSystemFamily(OperatingSystemFamily.LINUX)
                    .build())
            .build();
    allowToExport(task, List.of(metrics, jobLogs));
    addContainer(
        task,
        artifacts.collectorConfig(),
        logs.group(this, "Log", "/%s/collector".formatted(settings.prefix())),
        List.of(
            "yaml:exporters::awsemf::namespace: " + settings.stackName(),
            "yaml:exporters::awsemf::log_group_name: " + metrics.getLogGroupName(),
            "yaml:exporters::awscloudwatchlogs::log_group_name: " + jobLogs.getLogGroupName(),
            "yaml:exporters::awsxray::aws_log_groups: [%s]".formatted(jobLogs.getLogGroupName())));
    this.service =
        FargateService.Builder.create(this, "Service")
            .cluster(cluster)
            .taskDefinition(task)
            .desiredCount(TASKS)
            .minHealthyPercent(100)
            .maxHealthyPercent(200)
            .assignPublicIp(false)
            .vpcSubnets(network.privateSubnets())
            .securityGroups(List.of(network.collector()))
            .circuitBreaker(DeploymentCircuitBreaker.builder().enable(true).rollback(true).build())
            .propagateTags(PropagatedTagSource.SERVICE)
            .cloudMapOptions(
                CloudMapOptions.builder()
                    .name(NAME)
                    .cloudMapNamespace(
                        PrivateDnsNamespace.Builder.create(this, "Namespace")
                            .name(namespace)
                            .vpc(network.vpc())
                            .build())
                    .dnsRecordType(DnsRecordType.A)
                    .dnsTtl(DNS_TTL)
                    .build())
            .build();
    service
        .autoScaleTaskCount(
            EnableScalingProps.builder().minCapacity(TASKS).maxCapacity(MOST_TASKS).build())
        .scaleOnCpuUtilization(
            "Cpu",
            CpuUtilizationScalingProps.builder().targetUtilizationPercent(CPU_PERCENT).build());
  }

  /** The base URL of its OTLP/HTTP receiver, for whoever is in the VPC. */
  String endpoint() {
    return endpoint;
  }

  Cluster cluster() {
    return cluster;
  }

  FargateService service() {
    return service;
  }

  private Cluster cluster(String name, Network network, Logs logs) {
    LogGroup insights =
        logs.group(this, "Insights", "/aws/ecs/containerinsights/%s/performance".formatted(name));
    Cluster made =
        Cluster.Builder.create(this, "Cluster")
            .clusterName(name)
            .vpc(network.vpc())
            .containerInsightsV2(ContainerInsights.ENABLED)
            .build();
    // Made before the cluster and gone after it: Container Insights would make a group of its own.
    made.getNode().addDependency(insights);
    return made;
  }

  private void addContainer(
      FargateTaskDefinition task, String config, LogGroup log, List<String> overrides) {
    StringParameter parameter =
        StringParameter.Builder.create(this, "Config")
            .description("collector-config/aws.yaml")
            .stringValue(config)
            .build();
    ContainerDefinition container =
        task.addContainer(
            NAME,
            ContainerDefinitionOptions.builder()
                .image(ContainerImage.fromRegistry(IMAGE))
                .command(command(overrides))
                .secrets(Map.of(CONFIG_VARIABLE, Secret.fromSsmParameter(parameter)))
                // A task reads its parameter at its start: another configuration is another task.
                .dockerLabels(Map.of("dev.waybill.config", sha256(config)))
                .readonlyRootFilesystem(true)
                .healthCheck(
                    HealthCheck.builder()
                        .command(List.of("CMD", "/healthcheck"))
                        .interval(Duration.seconds(10))
                        .timeout(Duration.seconds(5))
                        .retries(3)
                        .startPeriod(Duration.seconds(20))
                        .build())
                .logging(
                    LogDrivers.awsLogs(
                        AwsLogDriverProps.builder().logGroup(log).streamPrefix(NAME).build()))
                .build());
    for (int port : List.of(Network.OTLP_GRPC, Network.OTLP_HTTP)) {
      container.addPortMappings(PortMapping.builder().containerPort(port).build());
    }
  }

  private void allowToExport(FargateTaskDefinition task, List<LogGroup> groups) {
    task.addToTaskRolePolicy(
        PolicyStatement.Builder.create()
            .actions(List.of("xray:PutTraceSegments", "xray:PutTelemetryRecords"))
            .resources(List.of("*"))
            .build());
    groups.forEach(group -> group.grantWrite(task.getTaskRole()));
    Findings.acknowledge(
        task.getTaskRole(),
        "AwsSolutions-IAM5[Resource::*]",
        "xray:PutTraceSegments and xray:PutTelemetryRecords know no resources");
  }

  private static List<String> command(List<String> overrides) {
    return Stream.concat(Stream.of("env:" + CONFIG_VARIABLE), overrides.stream())
        .map(source -> "--config=" + source)
        .toList();
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
