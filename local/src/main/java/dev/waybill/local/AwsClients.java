package dev.waybill.local;

import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.defaultsmode.DefaultsMode;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.xray.XRayClient;

/** The SDK clients by which files are sent and followed, the same for AWS and for the stand-ins. */
public record AwsClients(S3Client s3, SfnClient stepFunctions, XRayClient xray)
    implements AutoCloseable {

  /** The region that every stand-in is in. */
  public static final String REGION = "eu-west-1";

  private static final ProfileFile NO_PROFILES = ProfileFile.aggregator().build();
  private static final StandardRetryStrategy RETRIES =
      DefaultRetryStrategy.standardStrategyBuilder().maxAttempts(3).build();

  private static final S3Configuration BY_PATH =
      S3Configuration.builder()
          .pathStyleAccessEnabled(true)
          .useArnRegionEnabled(false)
          .multiRegionEnabled(false)
          .profileFile(() -> NO_PROFILES)
          .build();

  /** Clients of the account and region that the environment names, as for the AWS command line. */
  public static AwsClients ofEnvironment() {
    SdkHttpClient http = UrlConnectionHttpClient.create();
    return new AwsClients(
        S3Client.builder().httpClient(http).build(),
        SfnClient.builder().httpClient(http).build(),
        XRayClient.builder().httpClient(http).build());
  }

  /**
   * Clients of stand-ins, for which neither the user's AWS configuration nor a proxy matters.
   *
   * @param endpoints by service: {@code s3}, {@code sfn}, {@code xray}
   * @param keys those that the stand-in for S3 expects
   */
  public static AwsClients of(Map<String, String> endpoints, Keys keys) {
    SdkHttpClient http = UrlConnectionHttpClient.create(AwsClients::connectDirectly);
    return new AwsClients(
        local(S3Client.builder(), endpoints.get("s3"), keys)
            .serviceConfiguration(BY_PATH)
            .disableS3ExpressSessionAuth(true)
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_SUPPORTED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_SUPPORTED)
            .httpClient(http)
            .build(),
        local(SfnClient.builder(), endpoints.get("sfn"), keys).httpClient(http).build(),
        local(XRayClient.builder(), endpoints.get("xray"), keys).httpClient(http).build());
  }

  @Override
  public void close() {
    s3.close();
    stepFunctions.close();
    xray.close();
  }

  private static HttpURLConnection connectDirectly(URI uri) {
    try {
      return (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** What is set here, the SDK does not look up in variables, properties and profiles. */
  private static <B extends AwsClientBuilder<B, C>, C> B local(
      B builder, String endpoint, Keys keys) {
    return builder
        .endpointOverride(URI.create(endpoint))
        .region(Region.of(REGION))
        .fipsEnabled(false)
        .dualstackEnabled(false)
        .defaultsMode(DefaultsMode.LEGACY)
        .overrideConfiguration(
            own ->
                own.defaultProfileFileSupplier(() -> NO_PROFILES)
                    .compressionConfiguration(
                        none ->
                            none.requestCompressionEnabled(false)
                                .minimumCompressionThresholdInBytes(0))
                    .retryStrategy(RETRIES))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(keys.id(), keys.secret())));
  }
}
