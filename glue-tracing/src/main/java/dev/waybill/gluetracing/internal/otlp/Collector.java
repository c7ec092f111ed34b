package dev.waybill.gluetracing.internal.otlp;

import java.util.Map;
import java.util.Optional;

/**
 * Where a job's telemetry is sent.
 *
 * @param argument what the user calls it
 * @param url the base URL, without credentials
 * @param headers of each request; secret
 * @param problem what is wrong with the URL that the job was given; then it is not asked
 */
public record Collector(
    String argument, String url, Map<String, String> headers, Optional<String> problem) {

  String url(String signal) {
    return url + "/v1/" + signal;
  }
}
