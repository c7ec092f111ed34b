package dev.waybill.local.cli;

import dev.waybill.gluetracing.OtlpEndpoint;
import dev.waybill.local.HostPort;
import dev.waybill.local.collector.Backend;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** Where {@code run} and {@code watch} pass telemetry on to. */
final class BackendOptions {

  static final String OTLP_OPTION = "--otlp-endpoint";

  /** OpenTelemetry's own. */
  private static final String OTLP_VARIABLE = "OTEL_EXPORTER_OTLP_ENDPOINT";

  @Option(
      names = OTLP_OPTION,
      paramLabel = "URL",
      description =
          "pass telemetry on to this collector, for example http://localhost:4318"
              + " (default: $OTEL_EXPORTER_OTLP_ENDPOINT)")
  private String otlpEndpoint;

  @Option(
      names = "--xray-daemon",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:AWS_XRAY_DAEMON_ADDRESS}",
      description =
          "pass the segments of the hops before the jobs on to this X-Ray daemon or collector, for example"
              + " localhost:2000 (default: $AWS_XRAY_DAEMON_ADDRESS)")
  private String xrayDaemon;

  /**
   * Checks them.
   *
   * @param warn is told where a part of the trace will not arrive
   * @throws IllegalArgumentException naming the option or variable, and its value
   */
  Backend backend(Consumer<String> warn) {
    String variable = System.getenv().getOrDefault(OTLP_VARIABLE, "");
    String named = otlpEndpoint == null ? variable : otlpEndpoint;
    boolean none = otlpEndpoint == null && variable.isEmpty();
    Backend backend =
        new Backend(
            none
                ? null
                : OtlpEndpoint.parse(otlpEndpoint == null ? OTLP_VARIABLE : OTLP_OPTION, named),
            xrayDaemon == null ? null : HostPort.parse("--xray-daemon", xrayDaemon));
    if (!none && xrayDaemon == null) {
      warn.accept(
          "the collector gets the jobs' spans only: those of the upload, the Lambda and the workflow"
              + " go to a collector with an X-Ray receiver by --xray-daemon HOST:PORT");
    }
    return backend;
  }
}
