package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waybill.local.HttpEndpoint.ClientError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is served, where, and what is answered when something goes wrong. */
class HttpEndpointTest {

  private final AtomicInteger served = new AtomicInteger();
  private HttpEndpoint endpoint;

  @BeforeEach
  void start() {
    endpoint =
        HttpEndpoint.start(
            "test",
            exchange -> {
              served.incrementAndGet();
              switch (HttpEndpoint.path(exchange)) {
                case "/bad" -> throw new ClientError(415, "not this type");
                case "/fault" -> throw new IllegalStateException("our fault");
                case "/disk" -> throw new IOException("no disk");
                default -> HttpEndpoint.answer(exchange, 200, "text/plain", "ok");
              }
            });
  }

  @AfterEach
  void stop() {
    endpoint.close();
  }

  @Test
  void servesOnlyThoseWhoKnowItsSecretPath() throws Exception {
    URI known = URI.create(endpoint.url() + "/v1/x");
    assertThat(get(known).body()).isEqualTo("ok");

    assertThat(get(known.resolve("/v1/x")).statusCode()).isEqualTo(404);
    assertThat(get(known.resolve("/")).statusCode()).isEqualTo(404);

    assertThat(served).hasValue(1);
    HttpEndpoint other = HttpEndpoint.start("other", exchange -> {});
    assertThat(URI.create(other.url()).getPath())
        .isNotEqualTo(URI.create(endpoint.url()).getPath());
    other.close();
  }

  @ParameterizedTest
  @CsvSource({
    "'Host: evil.example:1234', the Host is 'evil.example:1234'",
    "'Host: 127.0.0.1.evil.example', the Host is '127.0.0.1.evil.example'",
    "'X: y', the Host is 'null'",
    "'Host: localhost\r\nOrigin: http://evil.example', requests of web pages are refused",
    "'Host: localhost\r\nOrigin: null', requests of web pages are refused"
  })
  void refusesWhatABrowserSendsForAWebPage(String headers, String message) throws Exception {
    assertThat(send(headers)).startsWith("HTTP/1.1 403 ").contains(message);
    assertThat(served).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost:8080", "[::1]:9000"})
  void servesTheNamesOfTheLoopbackInterface(String host) throws Exception {
    assertThat(send("Host: " + host)).startsWith("HTTP/1.1 200 ");
  }

  @ParameterizedTest
  @CsvSource({
    "bad, 415, not this type",
    "fault, 500, java.lang.IllegalStateException: our fault",
    "disk, 500, java.io.IOException: no disk"
  })
  void answersWhateverGoesWrong(String path, int status, String message) throws Exception {
    HttpResponse<String> answer = get(URI.create(endpoint.url() + "/" + path));

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo(message);
  }

  @Test
  void itsUrlLeadsToItWhereverItListens() throws Exception {
    assertThat(serving("0.0.0.0")).startsWith("http://127.0.0.1:");
    InetAddress own = ownAddress();
    assumeTrue(own != null, "this machine has no address besides those of the loopback interface");
    assertThat(serving(own.getHostAddress())).startsWith("http://" + own.getHostAddress() + ":");
  }

  @Test
  void itsUrlLeadsToItByIpv6() throws Exception {
    assumeTrue(NetworkInterface.getByInetAddress(InetAddress.getByName("::1")) != null, "no IPv6");

    assertThat(serving("::1")).matches("http://\\[0:0:0:0:0:0:0:1]:\\d+");
    assertThat(serving("::")).startsWith("http://127.0.0.1:");
  }

  @Test
  void namesTheAddressWhereItCanNotListen() {
    InetSocketAddress taken = new InetSocketAddress("127.0.0.1", port());

    assertThatThrownBy(() -> HttpEndpoint.start("second", taken, exchange -> {}))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("can't listen at 127.0.0.1:" + port())
        .rootCause()
        .hasMessageContaining("Address already in use");
    assertThatThrownBy(
            () ->
                HttpEndpoint.start(
                    "third",
                    InetSocketAddress.createUnresolved("nowhere.invalid", 9_000),
                    exchange -> {}))
        .hasMessage("can't listen at nowhere.invalid:9000");
  }

  /** Its URL, at which it was reached. */
  private static String serving(String address) throws Exception {
    try (HttpEndpoint open =
        HttpEndpoint.start(
            "open",
            new InetSocketAddress(address, 0),
            exchange -> HttpEndpoint.answer(exchange, 200, "text/plain", "here"))) {
      assertThat(get(URI.create(open.url())).body()).isEqualTo("here");
      return open.url();
    }
  }

  private static InetAddress ownAddress() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .findFirst()
        .orElse(null);
  }

  private static HttpResponse<String> get(URI uri) throws Exception {
    return HttpEndpoint.client().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  /** The answer to a request with just these headers, as it comes. */
  private String send(String headers) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port())) {
      socket
          .getOutputStream()
          .write(
              "GET %s/x HTTP/1.1\r\n%s\r\nConnection: close\r\n\r\n"
                  .formatted(URI.create(endpoint.url()).getPath(), headers)
                  .getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private int port() {
    return URI.create(endpoint.url()).getPort();
  }
}
