package dev.waybill.gluejobs.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/**
 * Signed calls of Glue's API by the AWS SDK's signer: the SDK's client for all of Glue weighs more
 * than the job. Region, credentials and endpoint are found as the SDK's clients find them. For use
 * by one thread.
 */
final class GlueCalls {

  /** Takes the place of Glue's own address. */
  static final String ENDPOINT = "AWS_ENDPOINT_URL_GLUE";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CALL_BOUND = Duration.ofSeconds(20);
  private static final int ATTEMPTS = 5;
  private static final long FIRST_PAUSE_MILLIS = 200;
  private static final int OK = 200;
  private static final int SERVER_ERROR = 500;

  private final Map<String, String> environment;
  private SdkHttpClient http;
  private AwsCredentialsProvider credentials;
  private Region region;

  /** Nothing is looked for before the first call. */
  GlueCalls(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * Calls an operation, up to five times within some seconds where Glue is busy.
   *
   * @return the answer
   * @throws IOException with what Glue said, or why it could not be asked
   */
  JsonNode call(String operation, JsonNode request) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        Answer answer = once(operation, JSON.writeValueAsBytes(request));
        if (answer.status == OK) {
          return answer.body;
        }
        if (!answer.isBusy() || attempt == ATTEMPTS) {
          throw new IOException(answer.error());
        }
      } catch (SdkException e) {
        throw new IOException(e.getMessage(), e);
      }
      pause(attempt);
    }
  }

  private Answer once(String operation, byte[] body) throws IOException {
    if (http == null) {
      region = DefaultAwsRegionProviderChain.builder().build().getRegion();
      credentials = DefaultCredentialsProvider.builder().build();
      http =
          UrlConnectionHttpClient.builder()
              .connectionTimeout(CALL_BOUND)
              .socketTimeout(CALL_BOUND)
              .build();
    }
    SdkHttpRequest request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(endpoint())
            .putHeader("Content-Type", "application/x-amz-json-1.1")
            .putHeader("Content-Length", String.valueOf(body.length))
            .putHeader("X-Amz-Target", "AWSGlue." + operation)
            .build();
    SignedRequest signed =
        AwsV4HttpSigner.create()
            .sign(
                sign ->
                    sign.identity(credentials.resolveCredentials())
                        .request(request)
                        .payload(ContentStreamProvider.fromByteArray(body))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "glue")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region.id()));
    HttpExecuteResponse response =
        http.prepareRequest(
                HttpExecuteRequest.builder()
                    .request(signed.request())
                    .contentStreamProvider(signed.payload().orElseThrow())
                    .build())
            .call();
    return new Answer(response.httpResponse().statusCode(), json(response));
  }

  private URI endpoint() {
    String given = environment.getOrDefault(ENDPOINT, "");
    return URI.create(
        given.isBlank()
            ? "https://glue.%s.%s".formatted(region.id(), PartitionMetadata.of(region).dnsSuffix())
            : given.strip());
  }

  private static JsonNode json(HttpExecuteResponse response) throws IOException {
    AbortableInputStream nothing = AbortableInputStream.create(InputStream.nullInputStream());
    try (InputStream in = response.responseBody().orElse(nothing)) {
      return JSON.readTree(in);
    } catch (com.fasterxml.jackson.core.JsonProcessingException notGlues) {
      return JSON.missingNode();
    }
  }

  private static void pause(int attempt) throws IOException {
    try {
      Thread.sleep(FIRST_PAUSE_MILLIS << attempt);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for Glue", e);
    }
  }

  private record Answer(int status, JsonNode body) {

    private String code() {
      return body.path("__type").asText("HTTP " + status).replaceFirst("^.*#", "");
    }

    private boolean isBusy() {
      return status >= SERVER_ERROR || code().contains("Throttl");
    }

    private String error() {
      return code()
          + ": "
          + body.path("Message").asText(body.path("message").asText("no reason given"));
    }
  }
}
