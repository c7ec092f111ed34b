package dev.waybill.gluetracing;

import dev.waybill.gluetracing.internal.otlp.Collector;
import dev.waybill.gluetracing.internal.otlp.Collector.Target;
import dev.waybill.gluetracing.internal.otlp.OtlpTelemetry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names of OpenTelemetry's environment variables as job arguments, in lower case, because no
 * variable of that name can be set on Glue: {@code --otel_exporter_otlp_headers} is {@code
 * OTEL_EXPORTER_OTLP_HEADERS}. No text that this class gives has a header's value.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/protocol/exporter/">OTLP exporter</a>
 */
final class OtelArguments {

  /** OpenTelemetry's default. */
  private static final String DEFAULT_ENDPOINT = "http://localhost:4318";

  private static final String OTLP = "otel_exporter_otlp_";
  private static final String ENDPOINT = "endpoint";
  private static final String HTTP = "http/protobuf";
  private static final List<String> COMPRESSIONS = List.of("gzip", "none");
  private static final String SERVICE_NAME = "otel_service_name";
  private static final String RESOURCE_ATTRIBUTES = "otel_resource_attributes";
  private static final String SERVICE_NAME_ATTRIBUTE = "service.name";

  private final JobArguments arguments;

  OtelArguments(JobArguments arguments) {
    this.arguments = arguments;
  }

  /** Where telemetry goes: the default, unasked, where what was given can't be used. */
  Collector collector() {
    try {
      return new Collector(target("traces"), target("metrics"), target("logs"), Optional.empty());
    } catch (IllegalArgumentException e) {
      OtelArguments none = new OtelArguments(JobArguments.parse());
      return new Collector(
          none.target("traces"),
          none.target("metrics"),
          none.target("logs"),
          Optional.of(e.getMessage()));
    }
  }

  /**
   * What is said of the sender besides what Waybill knows, the service's name included.
   *
   * @throws IllegalArgumentException where it is not a list; OpenTelemetry leaves such a one out
   */
  Map<String, String> resourceAttributes() {
    Map<String, String> attributes =
        new LinkedHashMap<>(
            arguments
                .find(RESOURCE_ATTRIBUTES)
                .map(list -> KeyValueList.parse(named(RESOURCE_ATTRIBUTES), list))
                .orElse(Map.of()));
    arguments.find(SERVICE_NAME).ifPresent(name -> attributes.put(SERVICE_NAME_ATTRIBUTE, name));
    return attributes;
  }

  private Target target(String signal) {
    option(signal, "protocol")
        .filter(protocol -> !protocol.value.equals(HTTP))
        .ifPresent(
            protocol -> {
              throw protocol.mustBe(HTTP);
            });
    Optional<Option> own = find(OTLP + signal + "_" + ENDPOINT);
    Option given =
        own.or(() -> find(OTLP + ENDPOINT))
            .or(() -> find(JobArguments.OTLP_ENDPOINT))
            .orElse(new Option(named(JobArguments.OTLP_ENDPOINT), DEFAULT_ENDPOINT));
    OtlpEndpoint endpoint = OtlpEndpoint.parse(given.argument, given.value);
    Map<String, String> headers = new LinkedHashMap<>(endpoint.headers());
    option(signal, "headers")
        .ifPresent(list -> headers.putAll(KeyValueList.headers(list.argument, list.value)));
    return new Target(
        given.argument,
        endpoint.url(),
        own.isPresent() ? endpoint.url() : endpoint.url(signal),
        Map.copyOf(headers),
        option(signal, "certificate").map(OtelArguments::certificate),
        option(signal, "compression").map(OtelArguments::compression).orElse("none"),
        option(signal, "timeout").map(OtelArguments::timeout).orElse(OtlpTelemetry.BOUND));
  }

  private static String compression(Option given) {
    if (!COMPRESSIONS.contains(given.value)) {
      throw given.mustBe(String.join(" or ", COMPRESSIONS));
    }
    return given.value;
  }

  /** No export may take longer than the job's end may. */
  private static Duration timeout(Option given) {
    if (!given.value.matches("[1-9][0-9]{0,8}")) {
      throw given.mustBe("a number of milliseconds");
    }
    Duration time = Duration.ofMillis(Integer.parseInt(given.value));
    return time.compareTo(OtlpTelemetry.BOUND) < 0 ? time : OtlpTelemetry.BOUND;
  }

  private static String certificate(Option given) {
    try {
      String pem = Files.readString(Path.of(given.value));
      if (!CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))
          .isEmpty()) {
        return pem;
      }
    } catch (IOException | InvalidPathException | CertificateException e) {
      // Said below.
    }
    throw given.mustBe("a file of certificates in PEM that the driver can read");
  }

  private Optional<Option> option(String signal, String name) {
    return find(OTLP + signal + "_" + name).or(() -> find(OTLP + name));
  }

  private Optional<Option> find(String name) {
    return arguments.find(name).map(value -> new Option(named(name), value.strip()));
  }

  private static String named(String name) {
    return "job argument --" + name;
  }

  private record Option(String argument, String value) {

    private IllegalArgumentException mustBe(String what) {
      return new IllegalArgumentException(
          "%s is '%s'; it must be %s".formatted(argument, value, what));
    }
  }
}
