package dev.waybill.gluetracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpEndpointTest {

  @ParameterizedTest
  @CsvSource({
    "http://localhost:4318, http://localhost:4318",
    "HTTPS://otlp.example.com//, https://otlp.example.com",
    "https://otlp.example.com/otlp/, https://otlp.example.com/otlp",
    "http://[::1]:4318, http://[::1]:4318",
    "http://me@otlp.example.com, http://otlp.example.com",
    "http://me:pass%2Fword@otlp.example.com:80/a%20b, http://otlp.example.com:80/a%20b",
  })
  void theUrlHasNeitherCredentialsNorSlashesAtItsEnd(String given, String url) {
    OtlpEndpoint endpoint = OtlpEndpoint.parse("it", given);

    assertThat(endpoint.url()).isEqualTo(url);
    assertThat(endpoint).hasToString(url);
    assertThat(endpoint.url("logs")).isEqualTo(url + "/v1/logs");
  }

  @ParameterizedTest
  @CsvSource({
    "http://me:pass%2Fw%C3%B6rd@host, me:pass/wörd",
    "http://me@host, me:",
    "http://:token@host, :token",
  })
  void credentialsAreTheHeaderOfBasicAuthentication(String given, String credentials) {
    String encoded =
        Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));

    assertThat(OtlpEndpoint.parse("it", given).headers())
        .containsOnly(java.util.Map.entry("Authorization", "Basic " + encoded));
  }

  @Test
  void withoutCredentialsThereIsNoHeader() {
    assertThat(OtlpEndpoint.parse("it", "http://host").headers()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:4318",
        "collector",
        "",
        "grpc://localhost:4317",
        "http://",
        "http:///v1/traces",
        "http://host:port",
        "http://host:65536",
        "http://host:0",
        "http://a b",
        "http://host?key=1",
        "http://host#there",
      })
  void whatIsNotABaseUrlIsRefusedWithNameValueAndAnExample(String given) {
    assertThatThrownBy(() -> OtlpEndpoint.parse("--otlp-endpoint", given))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "--otlp-endpoint is '%s'; it must be an http or https URL such as http://localhost:4318",
            given);
  }

  @ParameterizedTest
  @CsvSource({
    "me:secret@host:4318, ***@host:4318",
    "grpc://me:secret@host, grpc://***@host",
    "http://me:sec@ret@host, http://***@host",
    "http://me:sec/ret@host, http://***@host",
    "http://me:sec?ret@host, http://***@host",
  })
  void theMessageHasNoPassword(String given, String shown) {
    assertThatThrownBy(() -> OtlpEndpoint.parse("it", given))
        .hasMessageStartingWith("it is '%s'; it must be ".formatted(shown));
  }
}
