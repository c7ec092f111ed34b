package dev.waybill.local.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.local.AwsClients;
import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.Keys;
import dev.waybill.local.Processes;
import dev.waybill.local.s3.BucketServer.Created;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

class BucketServerTest {

  private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

  private static final String UNSIGNED = "x-amz-content-sha256: UNSIGNED-PAYLOAD";
  private static final Keys KEYS = Keys.random();

  private final List<Created> created = new CopyOnWriteArrayList<>();
  @TempDir private Path folder;
  private BucketServer server;
  private AwsClients aws;
  private S3Client s3;

  @BeforeEach
  void start() {
    server =
        BucketServer.start(
            HttpEndpoint.LOOPBACK,
            KEYS,
            "b",
            folder,
            Clock.fixed(NOW, ZoneOffset.UTC),
            created::add);
    aws = clients(KEYS);
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

  /** No path on Linux may be longer than 4,096 bytes: it can be taken in, and not be put there. */
  @Test
  void answersWhereAnObjectCanNotBeWrittenAndLeavesNothingOfIt() {
    String above = "input";
    while (folder.resolve(above).toString().length() < 3_850) {
      above += "/" + "n".repeat(99);
    }
    String key = above + "/" + "n".repeat(255);

    assertThatThrownBy(
            () -> s3.putObject(put -> put.bucket("b").key(key), RequestBody.fromString("1")))
        .isInstanceOf(S3Exception.class)
        .hasMessageContaining("Status Code: 507")
        .hasMessageContaining("can't write into the folder " + folder.resolve(above))
        .hasMessageContaining("(File name too long)");
    assertThat(folder.resolve(above)).isEmptyDirectory();
    assertThat(created).isEmpty();
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

  @Test
  void servesNobodyWithoutTheKeys() throws Exception {
    s3.putObject(put -> put.bucket("b").key("input/y.csv"), RequestBody.fromString("secret"));
    created.clear();

    for (String path : List.of("/b", "/b/input/y.csv", "/other")) {
      HttpResponse<String> answer =
          HttpEndpoint.client()
              .send(
                  HttpRequest.newBuilder(URI.create(server.url() + path)).build(),
                  BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(answer.body()).contains("<Code>AccessDenied</Code>").doesNotContain("secret");
    }
    try (AwsClients guessing = clients(new Keys(KEYS.id(), "guessed"))) {
      assertThatThrownBy(
              () ->
                  guessing
                      .s3()
                      .putObject(
                          put -> put.bucket("b").key("input/z.csv"), RequestBody.fromString("1")))
          .isInstanceOfSatisfying(
              S3Exception.class,
              e -> {
                assertThat(e.statusCode()).isEqualTo(403);
                assertThat(e.awsErrorDetails().errorCode()).isEqualTo("SignatureDoesNotMatch");
              });
    }
    assertThat(folder.resolve("input/z.csv")).doesNotExist();
    assertThat(created).isEmpty();
  }

  @Test
  void answersWhereAFileIsInTheWayOfAKey() throws Exception {
    s3.putObject(put -> put.bucket("b").key("input/a.csv"), RequestBody.fromString("1"));

    assertThatThrownBy(
            () -> s3.putObject(put -> put.bucket("b").key("input"), RequestBody.fromString("2")))
        .isInstanceOf(S3Exception.class)
        .hasMessageContaining("in which 'input' is a folder")
        .hasMessageContaining("Status Code: 409");
    assertThatThrownBy(
            () ->
                s3.putObject(
                    put -> put.bucket("b").key("input/a.csv/x/b.csv"), RequestBody.fromString("2")))
        .isInstanceOf(S3Exception.class)
        .hasMessageContaining("in which 'input/a.csv' is no folder")
        .hasMessageContaining("Status Code: 409");
    assertThat(Files.readString(folder.resolve("input/a.csv"))).isEqualTo("1");
  }

  @Test
  void neitherServesNorListsNorFollowsALinkOutOfItsFolder(@TempDir Path elsewhere)
      throws Exception {
    Path secret = Files.writeString(elsewhere.resolve("secret.csv"), "secret");
    Files.createDirectories(folder.resolve("input"));
    Files.createSymbolicLink(folder.resolve("input/link.csv"), secret);
    Files.createSymbolicLink(folder.resolve("input/nowhere.csv"), elsewhere.resolve("none"));
    Files.createSymbolicLink(folder.resolve("out"), elsewhere);
    Files.writeString(folder.resolve("input/own.csv"), "own");
    Files.createSymbolicLink(folder.resolve("input/inside.csv"), folder.resolve("input/own.csv"));

    for (String key : List.of("input/link.csv", "input/nowhere.csv", "out/secret.csv")) {
      assertThatThrownBy(() -> s3.getObjectAsBytes(get -> get.bucket("b").key(key)))
          .isInstanceOf(NoSuchKeyException.class);
    }
    assertThat(s3.listObjectsV2(list -> list.bucket("b")).contents())
        .extracting(S3Object::key)
        .containsExactly("input/inside.csv", "input/own.csv");
    assertThatThrownBy(
            () -> s3.putObject(put -> put.bucket("b").key("out/x"), RequestBody.fromString("2")))
        .hasMessageContaining("Status Code: 409");
    s3.putObject(put -> put.bucket("b").key("input/link.csv"), RequestBody.fromString("new"));
    assertThat(Files.readString(secret)).isEqualTo("secret");
    assertThat(Files.readString(folder.resolve("input/link.csv"))).isEqualTo("new");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8\r\n12345678\r\n",
        "8;chunk-signature=ab\r\n1234",
        "8",
        "4\r\n1234\r\n0\r\n\r\n",
        "nonsense\r\n1234"
      })
  void leavesNothingOfABodyInChunksThatIsBrokenOff(String body) throws Exception {
    Path target = folder.resolve("input/half.csv");
    InputStream in = new ByteArrayInputStream(body.getBytes(StandardCharsets.US_ASCII));

    assertThatThrownBy(
            () ->
                new BucketFolder(folder)
                    .write(target, new WholeBody(new AwsChunkedInputStream(in), 16, null)))
        .isInstanceOf(WholeBody.Broken.class);

    assertThat(folder.resolve("input")).isEmptyDirectory();
  }

  @Test
  @Timeout(60)
  void takesWhatCurlSendsAndNothingOfItWhereItIsKilled(@TempDir Path files) throws Exception {
    Path file = Files.write(files.resolve("f.csv"), new byte[500_000]);
    assertThat(curl(file, "input/whole.csv", "-H", UNSIGNED).waitFor()).isZero();
    assertThat(folder.resolve("input/whole.csv")).hasSize(500_000);

    Process killed = curl(file, "input/half.csv", "-H", UNSIGNED, "--limit-rate", "1k");
    Processes.waitFor(() -> unfinished().stream().findFirst());
    killed.destroyForcibly().waitFor();

    Processes.waitFor(() -> unfinished().isEmpty() ? Optional.of(true) : Optional.empty());
    assertThat(folder.resolve("input/half.csv")).doesNotExist();
    assertThat(created).extracting(Created::key).containsExactly("input/whole.csv");
  }

  @Test
  void refusesABodyThatIsNotTheSignedOne(@TempDir Path files) throws Exception {
    Path file = Files.writeString(files.resolve("f.csv"), "1");
    String other =
        "x-amz-content-sha256: 44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";

    Process process = curl(file, "input/x.csv", "-H", other);

    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .contains(
            "<Code>IncompleteBody</Code>", "the body is not the one whose SHA-256 was signed");
    assertThat(folder.resolve("input/x.csv")).doesNotExist();
    assertThat(unfinished()).isEmpty();
  }

  private AwsClients clients(Keys keys) {
    return AwsClients.of(
        Map.of("s3", server.url(), "sfn", server.url(), "xray", server.url()), keys);
  }

  private List<Path> unfinished() {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(BucketServer.UNFINISHED))
          .toList();
    } catch (IOException | UncheckedIOException beingRemoved) {
      return unfinished();
    }
  }

  /** As docs/local.md says. */
  private Process curl(Path file, String key, String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "-T", file.toString()));
    command.addAll(List.of("--aws-sigv4", "aws:amz:eu-west-1:s3"));
    command.addAll(List.of("--user", KEYS.id() + ":" + KEYS.secret()));
    command.addAll(List.of(options));
    command.add(server.url() + "/b/" + key);
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}
