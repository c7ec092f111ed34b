package dev.waybill.lambdatrigger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Lambda's runtime API, for one function: hands out events, and takes what came of them.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">Runtime API</a>
 */
final class RuntimeApi implements AutoCloseable {

  private static final String PREFIX = "/2018-06-01/runtime/";

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> results = new LinkedBlockingQueue<>();
  private final HttpServer server;
  private volatile boolean restored;

  RuntimeApi() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool(RuntimeApi::daemon));
    server.createContext(PREFIX + "invocation/next", this::next);
    server.createContext(PREFIX + "restore/next", this::restore);
    server.createContext(PREFIX, this::ended);
    server.start();
  }

  private record Event(String json, String traceHeader) {}

  /** Host and port, as the environment variable {@code AWS_LAMBDA_RUNTIME_API} has them. */
  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /**
   * Has the function called.
   *
   * @return the last part of the address that the runtime answered to, and the answer: {@code
   *     response null}, {@code error …}
   */
  String invoke(String event, String traceHeader) throws InterruptedException {
    events.add(new Event(event, traceHeader));
    String result = results.poll(30, TimeUnit.SECONDS);
    return result == null ? "no answer" : result;
  }

  /** Whether the function's snapshot was taken and restored. */
  boolean restored() {
    return restored;
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void next(HttpExchange exchange) throws IOException {
    try {
      Event event = events.take();
      exchange.getResponseHeaders().set("Lambda-Runtime-Aws-Request-Id", "request-1");
      exchange.getResponseHeaders().set("Lambda-Runtime-Deadline-Ms", "9999999999999");
      exchange.getResponseHeaders().set("Lambda-Runtime-Trace-Id", event.traceHeader);
      exchange
          .getResponseHeaders()
          .set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:1:function:f");
      answer(exchange, 200, event.json);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void restore(HttpExchange exchange) throws IOException {
    restored = true;
    answer(exchange, 200, "{}");
  }

  private void ended(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    results.add(path.substring(path.lastIndexOf('/') + 1) + " " + body);
    answer(exchange, 202, "{}");
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "runtime-api");
    thread.setDaemon(true);
    return thread;
  }
}
