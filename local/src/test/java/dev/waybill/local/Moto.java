package dev.waybill.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.InputLogEvent;

/**
 * moto's server, an independent stand-in for AWS, on the loopback interface: {@code WAYBILL_MOTO}
 * names the program, which {@code .ci/moto} installs.
 *
 * @see <a href="https://docs.getmoto.org/en/latest/docs/server_mode.html">moto's server mode</a>
 */
public final class Moto implements AutoCloseable {

  /** The variable; tests are skipped without. */
  public static final String VARIABLE = "WAYBILL_MOTO";

  /** Why they are. */
  public static final String WHY =
      "WAYBILL_MOTO is not set: .ci/moto installs moto and prints what it must be";

  private static final String LOG_STREAM = "stream";

  private final Process process;
  private final String url;

  private Moto(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  /** Starts it, and waits until it answers. */
  public static Moto start(Path log) throws IOException, InterruptedException {
    int port = freePort();
    Process process =
        new ProcessBuilder(System.getenv(VARIABLE), "--host", "127.0.0.1", "--port", "" + port)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Moto moto = new Moto(process, "http://127.0.0.1:" + port);
    moto.awaitAnswer(log);
    return moto;
  }

  public String url() {
    return url;
  }

  /** Makes a log group with a retention and a stream, as a deployed stack has it. */
  public static void createLogGroup(CloudWatchLogsClient logs, String group) {
    logs.createLogGroup(create -> create.logGroupName(group));
    logs.putRetentionPolicy(put -> put.logGroupName(group).retentionInDays(30));
    logs.createLogStream(create -> create.logGroupName(group).logStreamName(LOG_STREAM));
  }

  /** Writes a line that names a run into such a group. */
  public static void log(CloudWatchLogsClient logs, String group, String runId) {
    logs.putLogEvents(
        put ->
            put.logGroupName(group)
                .logStreamName(LOG_STREAM)
                .logEvents(
                    InputLogEvent.builder()
                        .timestamp(System.currentTimeMillis())
                        .message("{\"run_id\":\"%s\"}".formatted(runId))
                        .build()));
  }

  /** Has it execute state machines, with the interpreter of the States Language that it has. */
  public void executeStateMachines() throws IOException, InterruptedException {
    HttpEndpoint.client()
        .send(
            HttpRequest.newBuilder(URI.create(url + "/moto-api/config"))
                .POST(
                    BodyPublishers.ofString(
                        "{\"stepfunctions\": {\"execute_state_machine\": true}}"))
                .build(),
            BodyHandlers.discarding());
  }

  /** What lets a process that looks for AWS find it. */
  public Map<String, String> environment() {
    return new HashMap<>(
        Map.of(
            "AWS_ENDPOINT_URL",
            url,
            "AWS_REGION",
            AwsClients.REGION,
            "AWS_ACCESS_KEY_ID",
            "none",
            "AWS_SECRET_ACCESS_KEY",
            "none"));
  }

  /** Points a client of the AWS SDK to it. */
  public <B extends AwsClientBuilder<B, C>, C> C client(B builder) {
    return builder
        .endpointOverride(URI.create(url))
        .region(Region.of(AwsClients.REGION))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("none", "none")))
        .build();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitAnswer(Path log) throws InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/moto-api/data.json")).build();
    while (process.isAlive()) {
      try {
        HttpEndpoint.client().send(request, BodyHandlers.discarding());
        return;
      } catch (IOException notYet) {
        Thread.onSpinWait();
      }
    }
    throw new IllegalStateException("moto did not start; its log is " + log);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
