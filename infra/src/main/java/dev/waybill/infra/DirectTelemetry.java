package dev.waybill.infra;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.logs.LogGroup;
import software.constructs.Construct;

/**
 * No collector: each job puts its own segments into X-Ray, and its own metrics into a log group
 * from which CloudWatch takes them. Nothing of it costs anything while no job runs.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Generation_PutLogEvents.html">Embedded
 *     metric format by PutLogEvents</a>
 */
final class DirectTelemetry extends Construct implements Telemetry {

  private final String namespace;
  private final LogGroup metrics;

  /** The group is the same resource with a collector and without: its name is taken until then. */
  DirectTelemetry(Construct scope, Settings settings, Logs logs) {
    super(scope, Collector.ID);
    this.namespace = settings.stackName();
    this.metrics = logs.metrics(this, settings.prefix());
  }

  @Override
  public Optional<Network> network() {
    return Optional.empty();
  }

  @Override
  public Map<String, String> arguments() {
    return Map.of(
        "--telemetry",
        "aws",
        "--metrics_namespace",
        namespace,
        "--metrics_log_group",
        metrics.getLogGroupName());
  }

  @Override
  public List<String> logGroups(List<String> writtenByGlue) {
    return writtenByGlue;
  }

  @Override
  public void allow(Role role) {
    metrics.grantWrite(role);
    role.addToPolicy(
        PolicyStatement.Builder.create()
            .actions(List.of("xray:PutTraceSegments"))
            .resources(List.of("*"))
            .build());
  }
}
