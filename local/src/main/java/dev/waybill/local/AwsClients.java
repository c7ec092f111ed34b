package dev.waybill.local;

import java.net.URI;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.xray.XRayClient;

/** The SDK clients by which files are sent and followed, the same for AWS and for the stand-ins. */
public record AwsClients(S3Client s3, SfnClient stepFunctions, XRayClient xray)
    implements AutoCloseable {

  /** The region that every stand-in is in. */
  public static final String REGION = "eu-west-1";

  /** Clients of the account and region that the environment names, as for the AWS command line. */
  public static AwsClients ofEnvironment() {
    SdkHttpClient http = UrlConnectionHttpClient.create();
    return new AwsClients(
        S3Client.builder().httpClient(http).build(),
        SfnClient.builder().httpClient(http).build(),
        XRayClient.builder().httpClient(http).build());
  }

  /**
   * Clients of stand-ins.
   *
   * @param endpoints by service: {@code s3}, {@code sfn}, {@code xray}
   */
  public static AwsClients of(Map<String, String> endpoints) {
    SdkHttpClient http = UrlConnectionHttpClient.create();
    return new AwsClients(
        local(S3Client.builder().forcePathStyle(true), endpoints.get("s3"))
            .httpClient(http)
            .build(),
        local(SfnClient.builder(), endpoints.get("sfn")).httpClient(http).build(),
        local(XRayClient.builder(), endpoints.get("xray")).httpClient(http).build());
  }

  @Override
  public void close() {
    s3.close();
    stepFunctions.close();
    xray.close();
  }

  private static <B extends AwsClientBuilder<B, C>, C> B local(B builder, String endpoint) {
    return builder
        .endpointOverride(URI.create(endpoint))
        .region(Region.of(REGION))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")));
  }
}
