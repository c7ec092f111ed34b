package dev.waybill.local.cli;

import dev.waybill.local.HostPort;
import dev.waybill.local.collector.Backend;
import picocli.CommandLine.Option;

/** Where {@code run} and {@code watch} pass telemetry on to. */
final class BackendOptions {

  @Option(
      names = "--otlp-endpoint",
      paramLabel = "URL",
      defaultValue = "${env:OTEL_EXPORTER_OTLP_ENDPOINT}",
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

  Backend backend() {
    return new Backend(
        otlpEndpoint, xrayDaemon == null ? null : HostPort.parse("--xray-daemon", xrayDaemon));
  }
}
