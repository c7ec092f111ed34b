package dev.waybill.gluejobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/** That a run reads the version that the event named, through S3A and a server that speaks S3. */
class NamedVersionIT {

  private static final Path JARS =
      Path.of(System.getProperty("waybill.root"), "glue-jobs/target/s3");
  private static final String OLDER = "id,name\n1,older\n";
  private static final String NEWER = "id,name\n2,newer, of another length\n";

  private static final String VERSION = "x-amz-version-id";

  @TempDir static Path folder;
  private static S3Server s3;
  private static HttpServer front;

  @BeforeAll
  static void start() throws IOException {
    s3 = S3Server.startVersioned(JARS, folder);
    front = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    front.createContext("/", NamedVersionIT::passOn);
    front.start();
  }

  @AfterAll
  static void stop() {
    front.stop(0);
    s3.close();
  }

  @Test
  void readsTheVersionOfTheEventAlsoWhenTheKeyHasANewerOneOrIsDeleted() throws IOException {
    keepVersions(BucketVersioningStatus.ENABLED);
    InputObject older = put("input/versions.csv", OLDER);
    InputObject newer = put("input/versions.csv", NEWER);

    assertThat(read(older)).isEqualTo(OLDER);
    assertThat(read(newer)).isEqualTo(NEWER);

    s3.client().deleteObject(request -> request.bucket(S3Server.BUCKET).key("input/versions.csv"));
    assertThat(read(older)).isEqualTo(OLDER);
  }

  @Test
  void saysThatTheVersionIsGone() {
    keepVersions(BucketVersioningStatus.ENABLED);
    InputObject there = put("input/gone.csv", NEWER);
    // As where a lifecycle rule has removed it.
    InputObject gone =
        new InputObject(
            there.uri(), there.key(), UUID.randomUUID().toString(), there.etag(), there.size());

    assertThatThrownBy(() -> read(gone))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("input/gone.csv: is not in the bucket any more");
  }

  @Test
  void withoutVersionsSaysThatItWasOverwrittenAndNeverReadsTheOther() {
    keepVersions(BucketVersioningStatus.SUSPENDED);
    InputObject older = put("input/plain.csv", OLDER);
    put("input/plain.csv", NEWER);

    assertThatThrownBy(
            () -> read(new InputObject(older.uri(), older.key(), "", older.etag(), older.size())))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("input/plain.csv: was overwritten after this upload (etag ");
  }

  private static void keepVersions(BucketVersioningStatus status) {
    s3.client()
        .putBucketVersioning(
            request ->
                request
                    .bucket(S3Server.BUCKET)
                    .versioningConfiguration(versioning -> versioning.status(status)));
  }

  /** Puts an object, and names it as its event does. */
  private static InputObject put(String key, String content) {
    PutObjectResponse put =
        s3.client()
            .putObject(
                request -> request.bucket(S3Server.BUCKET).key(key),
                RequestBody.fromString(content));
    return new InputObject(
        "s3://" + S3Server.BUCKET + "/" + key,
        key,
        put.versionId() == null ? "" : put.versionId(),
        put.eTag().replace("\"", ""),
        content.length());
  }

  private static String read(InputObject object) throws IOException {
    Configuration hadoop = new Configuration();
    hadoop.setBoolean("fs.s3.impl.disable.cache", true);
    for (String setting : GlueJvm.settings("http:/" + front.getAddress())) {
      String[] parts = setting.split("=", 2);
      hadoop.set(parts[0].replaceFirst("^spark\\.hadoop\\.", ""), parts[1]);
    }
    try (InputStream in = object.open(hadoop)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** S3 names the version in an answer to a request for a range, which S3Mock 4.9.1 forgets. */
  private static void passOn(HttpExchange exchange) throws IOException {
    URI asked = exchange.getRequestURI();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(s3.url() + asked))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.noBody());
    for (String header : List.of("Range", "If-Match")) {
      exchange
          .getRequestHeaders()
          .getOrDefault(header, List.of())
          .forEach(value -> request.header(header, value));
    }
    try (exchange) {
      HttpResponse<byte[]> answer =
          HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      answer
          .headers()
          .map()
          .forEach(
              (name, values) -> {
                if (!name.equals("content-length") && !name.equals("transfer-encoding")) {
                  exchange.getResponseHeaders().put(name, values);
                }
              });
      Matcher version = Pattern.compile("versionId=([^&]+)").matcher(asked.toString());
      if (answer.statusCode() < 300 && version.find()) {
        exchange.getResponseHeaders().set(VERSION, version.group(1));
      }
      exchange.sendResponseHeaders(
          answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
