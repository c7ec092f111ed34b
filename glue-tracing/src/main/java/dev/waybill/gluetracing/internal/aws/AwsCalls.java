package dev.waybill.gluetracing.internal.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.waybill.gluetracing.internal.trace.Deadline;
import dev.waybill.gluetracing.internal.trace.ErrorText;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
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
 * Signed calls of one AWS service, by the AWS SDK's signer: a client for two operations would weigh
 * more than all of the job. Region, credentials and endpoint are found as the SDK's clients find
 * them. For use by one thread.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html">Signature
 *     Version 4</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html">Service-specific
 *     endpoints</a>
 */
final class AwsCalls {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ANY_ENDPOINT = "AWS_ENDPOINT_URL";
  private static final Duration CALL_BOUND = Duration.ofSeconds(2);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final int ATTEMPTS = 6;
  private static final int SUCCESS = 2;

  private final Service service;
  private final Map<String, String> environment;
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
  private AwsCredentialsProvider credentials;
  private SdkHttpClient client;
  private Region region;

  /** An AWS service. */
  enum Service {
    XRAY("X-Ray", "xray", "XRAY"),
    LOGS("CloudWatch Logs", "logs", "CLOUDWATCH_LOGS");

    private final String words;
    private final String name;
    private final String variable;

    Service(String words, String name, String variable) {
      this.words = words;
      this.name = name;
      this.variable = variable;
    }
  }

  /** Nothing is looked for before the first call. */
  AwsCalls(Service service, Map<String, String> environment) {
    this.service = service;
    this.environment = environment;
  }

  /**
   * Posts, and again while that may help and there is time.
   *
   * @return the answer's JSON; missing where it has none
   * @throws AwsRefusal where the service does not take it
   * @throws IOException where it can't be reached, or nothing is known to sign with
   */
  JsonNode post(String path, Map<String, String> headers, byte[] body, Deadline deadline)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return once(path, headers, body);
      } catch (AwsRefusal e) {
        if (!e.mayPass() || !pause(attempt, deadline)) {
          throw e;
        }
      } catch (SdkException e) {
        throw new IOException(ErrorText.of(e), e);
      } catch (IOException e) {
        if (!pause(attempt, deadline)) {
          throw new IOException(
              "%s can't be reached (%s)".formatted(service.words, ErrorText.of(e)), e);
        }
      }
    }
  }

  /** Waits, half of the time by chance, so that jobs which were throttled together part. */
  private static boolean pause(int attempt, Deadline deadline) throws InterruptedException {
    long longest = FIRST_PAUSE.multipliedBy(1L << attempt).toMillis();
    Duration pause = Duration.ofMillis(ThreadLocalRandom.current().nextLong(longest / 2, longest));
    if (attempt == ATTEMPTS || deadline.left(pause).compareTo(pause) < 0) {
      return false;
    }
    Thread.sleep(pause.toMillis());
    return true;
  }

  private JsonNode once(String path, Map<String, String> headers, byte[] body) throws IOException {
    if (client == null) {
      region = DefaultAwsRegionProviderChain.builder().build().getRegion();
      credentials = DefaultCredentialsProvider.builder().build();
      client =
          UrlConnectionHttpClient.builder()
              .connectionTimeout(CALL_BOUND)
              .socketTimeout(CALL_BOUND)
              .build();
    }
    SdkHttpRequest.Builder request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(URI.create(endpoint() + path))
            .putHeader("Content-Length", String.valueOf(body.length));
    headers.forEach(request::putHeader);
    SignedRequest signed =
        signer.sign(
            sign ->
                sign.identity(credentials.resolveCredentials())
                    .request(request.build())
                    .payload(ContentStreamProvider.fromByteArray(body))
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service.name)
                    .putProperty(AwsV4HttpSigner.REGION_NAME, region.id()));
    HttpExecuteResponse answer =
        client
            .prepareRequest(
                HttpExecuteRequest.builder()
                    .request(signed.request())
                    .contentStreamProvider(signed.payload().orElseThrow())
                    .build())
            .call();
    byte[] text = new byte[0];
    if (answer.responseBody().isPresent()) {
      try (InputStream in = answer.responseBody().get()) {
        text = in.readAllBytes();
      }
    }
    int status = answer.httpResponse().statusCode();
    if (status / 100 != SUCCESS) {
      throw refusal(
          status,
          answer.httpResponse().firstMatchingHeader("x-amzn-ErrorType").orElse(""),
          new String(text, StandardCharsets.UTF_8));
    }
    return text.length == 0 ? JSON.missingNode() : JSON.readTree(text);
  }

  private String endpoint() {
    String given =
        environment.getOrDefault(
            ANY_ENDPOINT + "_" + service.variable, environment.getOrDefault(ANY_ENDPOINT, ""));
    return given.isBlank()
        ? "https://%s.%s.%s"
            .formatted(service.name, region.id(), PartitionMetadata.of(region).dnsSuffix())
        : given.strip().replaceAll("/+$", "");
  }

  /** The error's name comes in a header or in the body, with a namespace or without. */
  private AwsRefusal refusal(int status, String type, String text) {
    JsonNode body = JSON.missingNode();
    try {
      body = JSON.readTree(text);
    } catch (IOException notJson) {
      // Then the status says it.
    }
    String code = type.isEmpty() ? body.path("__type").asText() : type;
    return new AwsRefusal(
        service.words,
        status,
        code.replaceFirst("^.*#", "").replaceFirst(":.*$", ""),
        ErrorText.cut(
            body.path("message").asText(body.path("Message").asText("without a reason"))));
  }
}
