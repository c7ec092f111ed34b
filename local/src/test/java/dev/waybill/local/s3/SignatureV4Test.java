package dev.waybill.local.s3;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.Keys;
import dev.waybill.local.s3.SignatureV4.Refusal;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The four examples of S3's documentation, with its keys.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html">The
 *     examples</a>
 */
class SignatureV4Test {

  private static final Keys KEYS =
      new Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
  private static final Instant DAY = Instant.parse("2013-05-24T00:00:00Z");
  private static final String GET =
      """
      GET /test.txt HTTP/1.1
      Host: examplebucket.s3.amazonaws.com
      Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41
      Range: bytes=0-9
      x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
      x-amz-date: 20130524T000000Z
      """;
  private static final String PUT =
      """
      PUT /test%24file.text HTTP/1.1
      Host: examplebucket.s3.amazonaws.com
      Date: Fri, 24 May 2013 00:00:00 GMT
      Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd
      x-amz-date: 20130524T000000Z
      x-amz-storage-class: REDUCED_REDUNDANCY
      x-amz-content-sha256: 44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072
      """;
  private static final String LIFECYCLE =
      """
      GET /?lifecycle HTTP/1.1
      Host: examplebucket.s3.amazonaws.com
      Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543
      x-amz-date: 20130524T000000Z
      x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
      """;
  private static final String LIST =
      """
      GET /?max-keys=2&prefix=J HTTP/1.1
      Host: examplebucket.s3.amazonaws.com
      Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7
      x-amz-date: 20130524T000000Z
      x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
      """;

  @ParameterizedTest
  @ValueSource(strings = {GET, PUT, LIFECYCLE, LIST})
  void takesTheExamplesOfTheDocumentation(String request) throws Exception {
    assertThat(refusal(KEYS, DAY, request)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/test.txt, /other.txt",
    "GET, HEAD",
    "bytes=0-9, bytes=0-99",
    "e3b0c442, e3b0c443",
    "Signature=f0, Signature=f1",
    "'SignedHeaders=host;', SignedHeaders="
  })
  void refusesWhatWasChangedOnTheWay(String was, String is) throws Exception {
    assertThat(refusal(KEYS, DAY, GET.replaceFirst(was, is)))
        .hasValueSatisfying(
            refusal -> assertThat(refusal.code()).isEqualTo("SignatureDoesNotMatch"));
  }

  @Test
  void refusesOtherKeys() throws Exception {
    assertThat(refusal(new Keys(KEYS.id(), "guessed"), DAY, GET))
        .hasValueSatisfying(
            refusal -> assertThat(refusal.code()).isEqualTo("SignatureDoesNotMatch"));
    assertThat(refusal(new Keys("other", KEYS.secret()), DAY, GET))
        .hasValue(
            new Refusal(
                "InvalidAccessKeyId",
                "the access key id is 'AKIAIOSFODNN7EXAMPLE'; it must be that which waybill watch"
                    + " prints"));
  }

  @Test
  void refusesASignatureThatWasMadeLongBefore() throws Exception {
    assertThat(refusal(KEYS, DAY.plus(Duration.ofMinutes(14)), GET)).isEmpty();
    assertThat(refusal(KEYS, DAY.plus(Duration.ofMinutes(16)), GET))
        .hasValue(
            new Refusal(
                "RequestTimeTooSkewed",
                "the x-amz-date is 20130524T000000Z and the time here is 20130524T001600Z; they"
                    + " must be within 15 minutes"));
  }

  @ParameterizedTest
  @CsvSource({
    "AccessDenied, X-None: x",
    "AuthorizationHeaderMalformed, Authorization: Basic YTpi",
    "AuthorizationHeaderMalformed, Authorization: AWS AKIAIOSFODNN7EXAMPLE:x",
  })
  void refusesWhatIsNotSigned(String code, String header) throws Exception {
    assertThat(refusal(KEYS, DAY, GET.replaceFirst("Authorization: .*", header)))
        .hasValueSatisfying(refusal -> assertThat(refusal.code()).isEqualTo(code));
  }

  /** What is said of a request as it comes by the wire. */
  private static Optional<Refusal> refusal(Keys keys, Instant now, String request)
      throws IOException {
    AtomicReference<Refusal> refusal = new AtomicReference<>();
    SignatureV4 signature = new SignatureV4(keys, Clock.fixed(now, ZoneOffset.UTC));
    HttpServer server = HttpServer.create(HttpEndpoint.LOOPBACK, 0);
    server.createContext(
        "/",
        exchange -> {
          refusal.set(signature.refusal(exchange));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    try (Socket socket = new Socket("127.0.0.1", server.getAddress().getPort())) {
      String lines = request + "Connection: close\n\n";
      socket
          .getOutputStream()
          .write(lines.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(Arrays.asList(answer.split("\r\n"))).first().isEqualTo("HTTP/1.1 200 OK");
    } finally {
      server.stop(0);
    }
    return Optional.ofNullable(refusal.get());
  }
}
