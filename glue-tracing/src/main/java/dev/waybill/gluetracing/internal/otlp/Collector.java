package dev.waybill.gluetracing.internal.otlp;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where a job's telemetry is sent.
 *
 * @param problem what is wrong with what the job was given; then nothing is sent
 */
public record Collector(Target traces, Target metrics, Target logs, Optional<String> problem) {

  /** Where, in words. */
  String places() {
    return Stream.of(traces, metrics, logs)
        .map(target -> "%s (%s)".formatted(target.place, target.argument))
        .distinct()
        .collect(Collectors.joining(" and "));
  }

  /**
   * Where a signal is sent.
   *
   * @param argument what the user calls it
   * @param place the URL that the user gave, without credentials
   * @param url of the signal
   * @param headers of each request; secret
   * @param certificate of those that are trusted, PEM; empty for the JVM's own
   * @param compression {@code gzip} or {@code none}
   * @param timeout of an export
   */
  public record Target(
      String argument,
      String place,
      String url,
      Map<String, String> headers,
      Optional<String> certificate,
      String compression,
      Duration timeout) {

    Optional<byte[]> trusted() {
      return certificate.map(pem -> pem.getBytes(StandardCharsets.US_ASCII));
    }

    /** Without what is secret. */
    @Override
    public String toString() {
      return url;
    }
  }
}
