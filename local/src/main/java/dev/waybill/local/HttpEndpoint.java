package dev.waybill.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP server for programs of this machine. Other users of the machine can reach it too, and so
 * can a web page in a browser; so its URL has a secret path, which is new at each start, a request
 * that a browser made for a page is refused, and so is one for a host name other than the loopback
 * interface's.
 *
 * @see <a href="https://owasp.org/www-community/attacks/DNS_Rebinding">DNS rebinding</a>
 */
public final class HttpEndpoint implements AutoCloseable {

  /** A free port of the loopback interface, whatever the JVM prefers: IPv6 may be off. */
  public static final InetSocketAddress LOOPBACK = new InetSocketAddress("127.0.0.1", 0);

  private static final Set<String> LOOPBACK_NAMES = Set.of("127.0.0.1", "localhost", "[::1]");
  private static final String TEXT = "text/plain; charset=utf-8";

  static {
    // Else each answer waits 40 ms for the acknowledgement of its headers.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final String path;

  private HttpEndpoint(HttpServer server, ExecutorService threads, String path) {
    this.server = server;
    this.threads = threads;
    this.path = path;
  }

  /**
   * Answers one request. A {@link ClientError} that it throws becomes the answer; whatever else it
   * throws becomes an answer of status 500 with the message.
   */
  @FunctionalInterface
  public interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  /** A request that can't be served because of what it says. */
  public static final class ClientError extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int status;

    /**
     * What is wrong.
     *
     * @param status from 400 to 499
     * @param message for whoever sent the request
     */
    public ClientError(int status, String message) {
      super(message);
      this.status = status;
    }
  }

  /**
   * Starts to serve at a free port of the loopback interface, below a secret path.
   *
   * @param name of its threads
   */
  public static HttpEndpoint start(String name, Handler handler) {
    return start(name, LOOPBACK, "/" + Ids.secret(), handler);
  }

  /**
   * Starts to serve at an address of this machine, without a secret path: for a protocol that has
   * its own way to tell who calls.
   *
   * @throws UncheckedIOException where it can't listen there
   */
  public static HttpEndpoint start(String name, InetSocketAddress address, Handler handler) {
    return start(name, address, "", handler);
  }

  /** A client of such endpoints: they are on this machine, where no proxy leads. */
  public static HttpClient client() {
    return HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();
  }

  /** The path of a request below the endpoint's URL, for example {@code /v1/traces}. */
  public static String path(HttpExchange exchange) {
    String context = exchange.getHttpContext().getPath();
    String whole = exchange.getRequestURI().getPath();
    return context.equals("/") ? whole : whole.substring(context.length());
  }

  /** Sends a whole answer. */
  public static void answer(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    readWhatIsLeft(exchange);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  public static void answer(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    answer(exchange, status, type, body.getBytes(StandardCharsets.UTF_8));
  }

  /** Its base URL, by which programs of this machine reach it. */
  public String url() {
    return "http://" + address();
  }

  /** Host, port and path: the URL without its scheme. */
  public String address() {
    InetSocketAddress bound = server.getAddress();
    return host(bound.getAddress()) + ":" + bound.getPort() + path;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static HttpEndpoint start(
      String name, InetSocketAddress address, String path, Handler handler) {
    if (address.isUnresolved()) {
      throw new UncheckedIOException(
          cannotListen(address), new IOException("no address is known for this name"));
    }
    try {
      HttpServer server = HttpServer.create(address, 0);
      ExecutorService threads =
          Executors.newCachedThreadPool(
              task -> {
                Thread thread = new Thread(task, "waybill-" + name);
                thread.setDaemon(true);
                return thread;
              });
      server.setExecutor(threads);
      HttpEndpoint endpoint = new HttpEndpoint(server, threads, path);
      server.createContext(
          path.isEmpty() ? "/" : path, exchange -> endpoint.serve(exchange, handler));
      server.start();
      return endpoint;
    } catch (IOException e) {
      throw new UncheckedIOException(cannotListen(address), e);
    }
  }

  private static String cannotListen(InetSocketAddress address) {
    return "can't listen at %s:%d".formatted(address.getHostString(), address.getPort());
  }

  /** As it stands in a URL; whoever listens everywhere does so by IPv4 too. */
  private static String host(InetAddress bound) {
    InetAddress reached = bound.isAnyLocalAddress() ? LOOPBACK.getAddress() : bound;
    String address = reached.getHostAddress();
    return reached instanceof Inet6Address ? "[" + address + "]" : address;
  }

  private void serve(HttpExchange exchange, Handler handler) throws IOException {
    try (exchange) {
      try {
        refuseStrangers(exchange);
        handler.handle(exchange);
      } catch (ClientError e) {
        fail(exchange, e.status, e.getMessage());
      } catch (IOException | RuntimeException e) {
        fail(exchange, 500, String.valueOf(e));
      }
    }
  }

  /** A page in a browser reaches this machine too, and may give itself a name of this machine. */
  private void refuseStrangers(HttpExchange exchange) {
    if (exchange.getRequestHeaders().containsKey("Origin")) {
      throw new ClientError(403, "requests of web pages are refused");
    }
    InetAddress bound = server.getAddress().getAddress();
    String host = String.valueOf(exchange.getRequestHeaders().getFirst("Host"));
    String name = host.replaceFirst(":\\d+$", "");
    if (bound.isLoopbackAddress() && !LOOPBACK_NAMES.contains(name) && !name.equals(host(bound))) {
      throw new ClientError(
          403, "the Host is '%s'; it must be 127.0.0.1 or localhost".formatted(host));
    }
  }

  private static void fail(HttpExchange exchange, int status, String message) throws IOException {
    boolean begun = exchange.getResponseCode() != -1;
    if (!begun) {
      answer(exchange, status, TEXT, message);
    }
  }

  /** A client that still sends its body does not see an answer that comes before the end of it. */
  private static void readWhatIsLeft(HttpExchange exchange) {
    try {
      exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
    } catch (IOException readAndClosed) {
      return;
    }
  }
}
