package dev.waybill.local.lambda;

import com.sun.net.httpserver.HttpExchange;
import dev.waybill.local.AwsClients;
import dev.waybill.local.ChildJvms;
import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.HttpEndpoint.ClientError;
import dev.waybill.local.Installation;
import dev.waybill.local.collector.OtlpReceiver;
import dev.waybill.local.s3.BucketServer.Created;
import dev.waybill.local.xray.Segments;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands in for Lambda: turns a new object into an S3 event, invokes the deployable's handler in a
 * JVM of its own through the runtime API, and tries a failed invocation twice more. An invocation
 * that takes longer than the function's timeout has failed.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">Lambda runtime
 *     API</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html">Asynchronous
 *     invocation</a>
 */
public final class LambdaFunction implements AutoCloseable {

  static final String NAME = "waybill-trigger";
  static final String ARN =
      "arn:aws:lambda:" + AwsClients.REGION + ":000000000000:function:" + NAME;

  private static final int ATTEMPTS = 3;
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final Duration CHECK = Duration.ofMillis(500);
  private static final Pattern ANSWER =
      Pattern.compile("/2018-06-01/runtime/invocation/([^/]+)/(response|error)");
  private static final String NEXT = "/2018-06-01/runtime/invocation/next";

  private final Duration timeout;
  private final Segments segments;
  private final BiConsumer<Created, String> deadLetters;
  private final HttpEndpoint runtimeApi;
  private final Supplier<Sandbox> sandboxes;
  private final BlockingDeque<Invocation> queue = new LinkedBlockingDeque<>();
  private final Map<String, Invocation> running = new HashMap<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "waybill-lambda-clock");
            thread.setDaemon(true);
            return thread;
          });
  private Sandbox sandbox;
  private Instant lastMove = Instant.now();
  private boolean timedOut;
  private boolean closed;

  private LambdaFunction(
      Installation installation,
      ChildJvms jvms,
      Map<String, String> environment,
      Path log,
      Segments segments,
      OtlpReceiver collector,
      BiConsumer<Created, String> deadLetters,
      Duration timeout) {
    this.timeout = timeout;
    this.segments = segments;
    this.deadLetters = deadLetters;
    this.runtimeApi = HttpEndpoint.start("lambda", this::serve);
    this.sandboxes =
        () -> Sandbox.start(installation, jvms, runtimeApi.address(), environment, log, collector);
    startSandbox();
    clock.scheduleWithFixedDelay(
        this::endWhatIsStuck, CHECK.toMillis(), CHECK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Starts the function's sandbox.
   *
   * @param jvms starts its JVMs
   * @param environment the function's own, AWS SDK settings among it
   * @param log takes what the function logs
   * @param collector takes it too, as OTLP
   * @param deadLetters is told of every object whose invocation failed for good, and why
   */
  public static LambdaFunction start(
      Installation installation,
      ChildJvms jvms,
      Map<String, String> environment,
      Path log,
      Segments segments,
      OtlpReceiver collector,
      BiConsumer<Created, String> deadLetters) {
    return start(installation, jvms, environment, log, segments, collector, deadLetters, TIMEOUT);
  }

  static LambdaFunction start(
      Installation installation,
      ChildJvms jvms,
      Map<String, String> environment,
      Path log,
      Segments segments,
      OtlpReceiver collector,
      BiConsumer<Created, String> deadLetters,
      Duration timeout) {
    return new LambdaFunction(
        installation, jvms, environment, log, segments, collector, deadLetters, timeout);
  }

  /** Invokes the function for a new object, asynchronously, as S3 does. */
  public synchronized void invoke(Created object) {
    enqueue(Invocation.of(object));
    startSandboxIfNeeded();
  }

  @Override
  public void close() {
    Sandbox last;
    synchronized (this) {
      closed = true;
      last = sandbox;
    }
    clock.shutdownNow();
    try {
      if (last != null) {
        last.stop();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    runtimeApi.close();
  }

  /** Where events are taken from: whoever knows it can take one. */
  String nextUrl() {
    return runtimeApi.url() + NEXT;
  }

  private synchronized void enqueue(Invocation invocation) {
    if (queue.isEmpty()) {
      lastMove = Instant.now();
    }
    queue.add(invocation);
  }

  private synchronized void startSandboxIfNeeded() {
    if (!closed && sandbox == null && !queue.isEmpty()) {
      startSandbox();
    }
  }

  private synchronized void startSandbox() {
    timedOut = false;
    lastMove = Instant.now();
    sandbox = sandboxes.get();
    sandbox.onExit(this::sandboxEnded);
  }

  /**
   * As on AWS, the invocation that was under way has failed, or the next one where the sandbox did
   * not even start; what comes then has a new sandbox.
   */
  private synchronized void sandboxEnded(int status) {
    if (closed) {
      return;
    }
    List<Invocation> failed = new ArrayList<>(running.values());
    running.clear();
    if (failed.isEmpty()) {
      Optional.ofNullable(queue.poll()).ifPresent(failed::add);
    }
    String why =
        timedOut
            ? "Task timed out after %d seconds".formatted(timeout.toSeconds())
            : "Runtime exited with status " + status;
    failed.forEach(invocation -> ended(invocation, why));
    sandbox = null;
    startSandboxIfNeeded();
  }

  /** An event that was taken and not answered in time, or that nobody takes. */
  private synchronized void endWhatIsStuck() {
    Instant latest = Instant.now().minus(timeout);
    boolean late = running.values().stream().anyMatch(each -> each.began().isBefore(latest));
    if (sandbox != null && (late || (!queue.isEmpty() && lastMove.isBefore(latest)))) {
      timedOut = true;
      sandbox.kill();
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = HttpEndpoint.path(exchange);
    Matcher answer = ANSWER.matcher(path);
    if (path.equals(NEXT)) {
      next(exchange);
    } else if (answer.matches()) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      answered(answer.group(1), answer.group(2).equals("error") ? body : null);
      HttpEndpoint.answer(exchange, 202, "application/json", "{}");
    } else {
      throw new ClientError(404, "the runtime API has no " + path);
    }
  }

  private void next(HttpExchange exchange) throws IOException {
    Sandbox asking = sandbox();
    try {
      Invocation invocation = queue.take();
      if (!begin(invocation, asking)) {
        return;
      }
      var headers = exchange.getResponseHeaders();
      headers.set("Lambda-Runtime-Aws-Request-Id", invocation.requestId());
      headers.set("Lambda-Runtime-Trace-Id", invocation.header());
      headers.set("Lambda-Runtime-Invoked-Function-Arn", ARN);
      HttpEndpoint.answer(exchange, 200, "application/json", invocation.event().toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Sandbox sandbox() {
    return sandbox;
  }

  /** False where the sandbox that asked is gone: another one gets the event. */
  private synchronized boolean begin(Invocation invocation, Sandbox asking) {
    if (sandbox == null || asking != sandbox) {
      queue.addFirst(invocation);
      startSandboxIfNeeded();
      return false;
    }
    lastMove = Instant.now();
    invocation.begin(segments);
    running.put(invocation.requestId(), invocation);
    return true;
  }

  private synchronized void answered(String requestId, String error) {
    Invocation invocation = running.remove(requestId);
    if (invocation != null) {
      lastMove = Instant.now();
      ended(invocation, error);
    }
  }

  private void ended(Invocation invocation, String error) {
    invocation.record(segments, error);
    if (error == null) {
      return;
    }
    if (invocation.attempt() < ATTEMPTS) {
      enqueue(invocation.again());
    } else {
      deadLetters.accept(invocation.object(), error);
    }
  }
}
