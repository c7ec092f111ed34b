package dev.waybill.local.verify;

import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;

/** The SDK clients by which logs, metrics and alarms are read. */
public record WatchingClients(CloudWatchLogsClient logs, CloudWatchClient metrics)
    implements AutoCloseable {

  /** Of the account and region that the environment names, as for the AWS command line. */
  public static WatchingClients ofEnvironment() {
    SdkHttpClient http = UrlConnectionHttpClient.create();
    return new WatchingClients(
        CloudWatchLogsClient.builder().httpClient(http).build(),
        CloudWatchClient.builder().httpClient(http).build());
  }

  @Override
  public void close() {
    logs.close();
    metrics.close();
  }
}
