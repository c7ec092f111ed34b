package dev.waybill.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server, on a free port of the loopback interface unless it is told where else. */
public final class HttpEndpoint implements AutoCloseable {

  /** A free port of the loopback interface. */
  public static final InetSocketAddress LOOPBACK =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  static {
    // Else each answer waits 40 ms for the acknowledgement of its headers.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads;

  private HttpEndpoint(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /** Answers one request; what it throws becomes a 500 with the message. */
  @FunctionalInterface
  public interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  /**
   * Starts to serve.
   *
   * @param name of its threads
   */
  public static HttpEndpoint start(String name, Handler handler) {
    return start(name, LOOPBACK, handler);
  }

  /** Starts to serve at an address of this machine. */
  public static HttpEndpoint start(String name, InetSocketAddress address, Handler handler) {
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
      server.createContext("/", exchange -> serve(exchange, handler));
      server.start();
      return new HttpEndpoint(server, threads);
    } catch (IOException e) {
      throw new UncheckedIOException("can't listen at " + address, e);
    }
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

  public String url() {
    return "http://" + address();
  }

  /** Host and port. */
  public String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  /** A client that still sends its body does not see an answer that comes before the end of it. */
  private static void readWhatIsLeft(HttpExchange exchange) {
    try {
      exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
    } catch (IOException readAndClosed) {
      return;
    }
  }

  private static void serve(HttpExchange exchange, Handler handler) throws IOException {
    try (exchange) {
      handler.handle(exchange);
    } catch (RuntimeException e) {
      answer(exchange, 500, "text/plain", String.valueOf(e));
    }
  }
}
