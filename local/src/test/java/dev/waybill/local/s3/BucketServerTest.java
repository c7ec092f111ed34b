package dev.waybill.local.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.local.AwsClients;
import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.s3.BucketServer.Created;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

class BucketServerTest {

  private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

  private final List<Created> created = new CopyOnWriteArrayList<>();
  @TempDir private Path folder;
  private BucketServer server;
  private AwsClients aws;
  private S3Client s3;

  @BeforeEach
  void start() {
    server =
        BucketServer.start(
            HttpEndpoint.LOOPBACK, "b", folder, Clock.fixed(NOW, ZoneOffset.UTC), created::add);
    aws = AwsClients.of(Map.of("s3", server.url(), "sfn", server.url(), "xray", server.url()));
    s3 = aws.s3();
  }

  @AfterEach
  void stop() {
    aws.close();
    server.close();
  }

  @Test
  void keepsAnObjectAndTellsOfItWithTheUploadsTraceHeader() throws Exception {
    s3.putObject(
        put ->
            put.bucket("b")
                .key("input/été + 100%.csv")
                .overrideConfiguration(own -> own.putHeader("X-Amzn-Trace-Id", "Root=1-a-b")),
        RequestBody.fromString("a,b\n"));

    assertThat(Files.readString(folder.resolve("input/été + 100%.csv"))).isEqualTo("a,b\n");
    assertThat(created)
        .singleElement()
        .satisfies(
            object -> {
              assertThat(object.key()).isEqualTo("input/été + 100%.csv");
              assertThat(object.size()).isEqualTo(4);
              assertThat(object.time()).isEqualTo(NOW);
              assertThat(object.traceHeader()).isEqualTo("Root=1-a-b");
            });
  }

  @Test
  void givesBackWhatWasPutAndLists() {
    s3.putObject(put -> put.bucket("b").key("runs/x.json"), RequestBody.fromString("{}"));
    s3.putObject(put -> put.bucket("b").key("input/y.csv"), RequestBody.fromString("1"));

    assertThat(s3.getObjectAsBytes(get -> get.bucket("b").key("runs/x.json")).asUtf8String())
        .isEqualTo("{}");
    assertThat(s3.headObject(head -> head.bucket("b").key("input/y.csv")).contentLength())
        .isEqualTo(1);
    assertThat(s3.listObjectsV2(list -> list.bucket("b").prefix("runs/")).contents())
        .extracting(S3Object::key)
        .containsExactly("runs/x.json");
  }

  @Test
  void takesAKeyOf1024BytesWhereEachOfItsNamesFitsAFile() {
    String key =
        "input/" + "n".repeat(254) + ("/" + "é".repeat(127)).repeat(2) + "/" + "n".repeat(253);
    String oneName = "input/" + "n".repeat(1_018);
    assertThat(key.getBytes(StandardCharsets.UTF_8)).hasSize(1_024);
    assertThat(oneName).hasSize(1_024);

    s3.putObject(put -> put.bucket("b").key(key), RequestBody.fromString("1"));
    assertThat(s3.headObject(head -> head.bucket("b").key(key)).contentLength()).isEqualTo(1);
    assertThatThrownBy(
            () -> s3.putObject(put -> put.bucket("b").key(oneName), RequestBody.fromString("1")))
        .isInstanceOf(S3Exception.class)
        .hasMessageContaining("no file can be named like this key: " + oneName);
  }

  @Test
  void refusesAsS3Does() {
    assertThatThrownBy(() -> s3.getObjectAsBytes(get -> get.bucket("b").key("none")))
        .isInstanceOf(NoSuchKeyException.class);
    assertThatThrownBy(
            () ->
                s3.putObject(
                    put -> put.bucket("b").key("../../escape.csv"), RequestBody.fromString("1")))
        .isInstanceOf(S3Exception.class);
    assertThat(folder.getParent().getParent().resolve("escape.csv")).doesNotExist();
  }
}
