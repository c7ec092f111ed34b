package dev.waybill.infra;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.ecs.AwsLogDriverProps;
import software.amazon.awscdk.services.ecs.ContainerDefinition;
import software.amazon.awscdk.services.ecs.ContainerDefinitionOptions;
import software.amazon.awscdk.services.ecs.ContainerDependency;
import software.amazon.awscdk.services.ecs.ContainerDependencyCondition;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.amazon.awscdk.services.ecs.CpuArchitecture;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;
import software.amazon.awscdk.services.ecs.HealthCheck;
import software.amazon.awscdk.services.ecs.LogDrivers;
import software.amazon.awscdk.services.ecs.OperatingSystemFamily;
import software.amazon.awscdk.services.ecs.PortMapping;
import software.amazon.awscdk.services.ecs.RuntimePlatform;
import software.amazon.awscdk.services.ecs.Secret;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.ssm.ParameterTier;
import software.amazon.awscdk.services.ssm.StringParameter;
import software.constructs.Construct;

/**
 * What runs in a collector's task: the collector itself ({@code common.yaml}), which takes, keeps
 * and tries again, and beside it the exporter ({@code aws.yaml}), which hands on to X-Ray and
 * CloudWatch. Their configurations come by way of parameters; what only the stack knows, the names
 * of its log groups, is laid over them on the command line. The exporter starts first and, as ECS
 * stops containers in the opposite order, ends last: the collector can still deliver what it holds.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html">The
 *     order of a task's containers</a>
 */
final class CollectorTask {

  static final String IMAGE = "public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0";

  /** The container that jobs send to. */
  static final String COLLECTOR = "collector";

  private static final String EXPORTER = "exporter";
  private static final int ALL = 100;
  private static final int CPU = 256;
  private static final int COLLECTOR_MEBIBYTES = 320;
  private static final int EXPORTER_MEBIBYTES = 192;

  /** Long enough for the collector's last deliveries. */
  private static final Duration LAST_DELIVERIES = Duration.seconds(60);

  private final Construct scope;
  private final FargateTaskDefinition task;
  private final LogGroup log;

  private CollectorTask(Construct scope, FargateTaskDefinition task, LogGroup log) {
    this.scope = scope;
    this.task = task;
    this.log = log;
  }

  static FargateTaskDefinition define(
      Construct scope, Settings settings, Logs logs, Artifacts artifacts) {
    LogGroup metrics = logs.metrics(scope, settings.prefix());
    LogGroup jobLogs = logs.group(scope, "JobLogs", Logs.jobs(settings.prefix()));
    FargateTaskDefinition task =
        FargateTaskDefinition.Builder.create(scope, "Task")
            .cpu(CPU)
            .memoryLimitMiB(COLLECTOR_MEBIBYTES + EXPORTER_MEBIBYTES)
            .runtimePlatform(
                RuntimePlatform.builder()
                    .cpuArchitecture(CpuArchitecture.ARM64)
                    .operatingSystemFamily(OperatingSystemFamily.LINUX)
                    .build())
            .build();
    allowToExport(task, settings, List.of(metrics, jobLogs));
    CollectorTask containers =
        new CollectorTask(
            scope, task, logs.group(scope, "Log", "/%s/collector".formatted(settings.prefix())));
    ContainerDefinition collector = containers.addCollector(settings, artifacts);
    ContainerDefinition exporter =
        containers.add(
            EXPORTER,
            Map.of("EXPORTER_CONFIG", artifacts.collectorConfig("aws.yaml")),
            List.of("EXPORTER_CONFIG"),
            List.of(
                "exporters::awsemf::namespace: " + settings.stackName(),
                "exporters::awsemf::log_group_name: " + metrics.getLogGroupName(),
                "exporters::awscloudwatchlogs::log_group_name: " + jobLogs.getLogGroupName(),
                "exporters::awsxray::aws_log_groups: [%s]".formatted(jobLogs.getLogGroupName())),
            EXPORTER_MEBIBYTES,
            List.of("/healthcheck", "-port", "13134"));
    collector.addContainerDependencies(
        ContainerDependency.builder()
            .container(exporter)
            .condition(ContainerDependencyCondition.HEALTHY)
            .build());
    return task;
  }

  private ContainerDefinition addCollector(Settings settings, Artifacts artifacts) {
    Map<String, String> variables = new TreeMap<>();
    List<String> configs = new ArrayList<>(List.of("COLLECTOR_CONFIG"));
    variables.put("COLLECTOR_CONFIG", artifacts.collectorConfig("common.yaml"));
    if (settings.tracesByOtlp()) {
      configs.add("COLLECTOR_TRACES");
      variables.put("COLLECTOR_TRACES", artifacts.collectorConfig("aws-transaction-search.yaml"));
    }
    if (settings.keepPercent() < ALL) {
      variables.put("KEEP_PERCENT", String.valueOf(settings.keepPercent()));
    }
    ContainerDefinition collector =
        add(COLLECTOR, variables, configs, List.of(), COLLECTOR_MEBIBYTES, List.of("/healthcheck"));
    for (int port : List.of(Network.OTLP_GRPC, Network.OTLP_HTTP)) {
      collector.addPortMappings(PortMapping.builder().containerPort(port).build());
    }
    return collector;
  }

  /**
   * Adds a container.
   *
   * @param variables of its environment, each by a parameter
   * @param configs the variables that are configurations, each laid over those before it
   * @param settings laid over all of them
   */
  private ContainerDefinition add(
      String name,
      Map<String, String> variables,
      List<String> configs,
      List<String> settings,
      int mebibytes,
      List<String> healthCheck) {
    Map<String, Secret> secrets = new TreeMap<>();
    variables.forEach(
        (variable, value) ->
            secrets.put(
                variable,
                Secret.fromSsmParameter(
                    parameter(
                        variable,
                        value,
                        configs.contains(variable)
                            ? ParameterTier.ADVANCED
                            : ParameterTier.STANDARD))));
    return task.addContainer(
        name,
        ContainerDefinitionOptions.builder()
            .image(ContainerImage.fromRegistry(IMAGE))
            .memoryLimitMiB(mebibytes)
            .command(command(configs, settings))
            .secrets(secrets)
            // A task reads its parameters at its start: another configuration is another task.
            .dockerLabels(
                Map.of(
                    "dev.waybill.config",
                    sha256(String.join("", new TreeMap<>(variables).values()))))
            .readonlyRootFilesystem(true)
            .stopTimeout(LAST_DELIVERIES)
            .healthCheck(
                HealthCheck.builder()
                    .command(Stream.concat(Stream.of("CMD"), healthCheck.stream()).toList())
                    .interval(Duration.seconds(10))
                    .timeout(Duration.seconds(5))
                    .retries(3)
                    .startPeriod(Duration.seconds(20))
                    .build())
            .logging(
                LogDrivers.awsLogs(
                    AwsLogDriverProps.builder().logGroup(log).streamPrefix(name).build()))
            .build());
  }

  /**
   * Its id is the variable's name, as in {@code CollectorConfig}.
   *
   * @param tier standard up to 4 KB, advanced up to 8 KB
   */
  private StringParameter parameter(String variable, String value, ParameterTier tier) {
    StringBuilder id = new StringBuilder();
    for (String word : variable.split("_")) {
      id.append(word.charAt(0)).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
    }
    return StringParameter.Builder.create(scope, id.toString())
        .description("collector-config/ of Waybill, by the variable " + variable)
        .stringValue(value)
        .tier(tier)
        .build();
  }

  private static void allowToExport(
      FargateTaskDefinition task, Settings settings, List<LogGroup> groups) {
    List<String> actions =
        new ArrayList<>(List.of("xray:PutTraceSegments", "xray:PutTelemetryRecords"));
    if (settings.tracesByOtlp()) {
      actions.addAll(List.of("xray:PutSpans", "xray:PutSpansForIndexing"));
    }
    task.addToTaskRolePolicy(
        PolicyStatement.Builder.create().actions(actions).resources(List.of("*")).build());
    groups.forEach(group -> group.grantWrite(task.getTaskRole()));
    Findings.acknowledge(
        task.getTaskRole(),
        "AwsSolutions-IAM5[Resource::*]",
        "X-Ray's actions that take traces know no resources");
  }

  private static List<String> command(List<String> configs, List<String> settings) {
    return Stream.concat(
            configs.stream().map(variable -> "--config=env:" + variable),
            settings.stream().map(setting -> "--config=yaml:" + setting))
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
