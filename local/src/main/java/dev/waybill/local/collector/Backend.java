package dev.waybill.local.collector;

import dev.waybill.gluetracing.OtlpEndpoint;
import dev.waybill.local.HostPort;

/**
 * A real collector that gets a copy of the telemetry.
 *
 * @param otlpEndpoint its OTLP/HTTP receiver, for example {@code http://localhost:4318}, or null
 * @param xrayDaemon where it listens as an X-Ray daemon does, for example {@code localhost:2000},
 *     or null
 */
public record Backend(OtlpEndpoint otlpEndpoint, HostPort xrayDaemon) {

  /** Telemetry stays in the run's folder. */
  public static final Backend NONE = new Backend(null, null);
}
