package dev.waybill.local.lambda;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.waybill.lambdatrigger.StartPipeline;
import dev.waybill.local.AwsClients;
import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.Ids;
import dev.waybill.local.Installation;
import dev.waybill.local.Json;
import dev.waybill.local.TraceHeader;
import dev.waybill.local.collector.OtlpReceiver;
import dev.waybill.local.s3.BucketServer.Created;
import dev.waybill.local.xray.Segments;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.function.BiConsumer;

/**
 * Stands in for Lambda: turns a new object into an S3 event, invokes the deployable's handler in a
 * JVM of its own through the runtime API, tries a failed invocation twice more, and records the two
 * segments that Lambda records.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html">Lambda and
 *     X-Ray</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html">Asynchronous
 *     invocation</a>
 */
public final class LambdaFunction implements AutoCloseable {

  private static final String NAME = "waybill-trigger";
  private static final String ARN =
      "arn:aws:lambda:" + AwsClients.REGION + ":000000000000:function:" + NAME;
  private static final int ATTEMPTS = 3;

  private final Segments segments;
  private final BiConsumer<Created, String> deadLetters;
  private final HttpEndpoint runtimeApi;
  private final BlockingDeque<Invocation> queue = new LinkedBlockingDeque<>();
  private final Map<String, Invocation> running = new ConcurrentHashMap<>();
  private final List<String> command = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private final Path log;
  private final OtlpReceiver collector;
  private volatile int sandboxes;
  private boolean closed;
  private Process sandbox;
  private FunctionLogs logs;

  private LambdaFunction(
      Installation installation,
      Map<String, String> environment,
      Path log,
      Segments segments,
      OtlpReceiver collector,
      BiConsumer<Created, String> deadLetters) {
    this.segments = segments;
    this.deadLetters = deadLetters;
    this.runtimeApi = HttpEndpoint.start("lambda", this::serve);
    this.command.add(Installation.java());
    this.command.addAll(installation.archiveOptions("lambda"));
    this.command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    this.command.addAll(
        List.of("-cp", installation.lambdaClassPath(), LambdaRuntime.class.getName()));
    this.environment.putAll(environment);
    this.environment.putAll(
        Map.of(
            "_HANDLER", StartPipeline.class.getName(),
            "AWS_LAMBDA_FUNCTION_NAME", NAME,
            "AWS_LAMBDA_RUNTIME_API", runtimeApi.address()));
    this.log = log;
    this.collector = collector;
    startSandbox();
  }

  /**
   * Starts the function's sandbox.
   *
   * @param environment the function's, AWS SDK settings among it
   * @param log takes what the function logs
   * @param collector takes it too, as OTLP
   * @param deadLetters is told of every object whose invocation failed for good, and why
   */
  public static LambdaFunction start(
      Installation installation,
      Map<String, String> environment,
      Path log,
      Segments segments,
      OtlpReceiver collector,
      BiConsumer<Created, String> deadLetters) {
    return new LambdaFunction(installation, environment, log, segments, collector, deadLetters);
  }

  /** Invokes the function for a new object, asynchronously, as S3 does. */
  public void invoke(Created object) {
    queue.add(new Invocation(object, 1, Ids.requestId(), TraceHeader.orNew(object.traceHeader())));
    startSandboxIfNeeded();
  }

  @Override
  public void close() {
    Process last;
    synchronized (this) {
      closed = true;
      last = sandbox;
    }
    try {
      if (last != null) {
        last.destroy();
        last.waitFor();
      }
      logs.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    runtimeApi.close();
  }

  private synchronized void startSandbox() {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    try {
      sandbox = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException("can't start the Lambda function's JVM", e);
    }
    sandboxes++;
    logs = FunctionLogs.start(NAME, sandbox.inputReader(), log, collector);
    sandbox.onExit().thenAccept(this::sandboxEnded);
  }

  /**
   * As on AWS, the invocation that was under way has failed, or the next one where the sandbox did
   * not even start; what comes then has a new sandbox.
   */
  private synchronized void sandboxEnded(Process process) {
    if (closed) {
      return;
    }
    List<Invocation> failed = new ArrayList<>(running.values());
    running.clear();
    if (failed.isEmpty()) {
      Optional.ofNullable(queue.poll()).ifPresent(failed::add);
    }
    for (Invocation invocation : failed) {
      ended(invocation, "Runtime exited with status " + process.exitValue());
    }
    sandbox = null;
    startSandboxIfNeeded();
  }

  private synchronized void startSandboxIfNeeded() {
    if (!closed && sandbox == null && !queue.isEmpty()) {
      startSandbox();
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.endsWith("/next")) {
      next(exchange);
      return;
    }
    String[] parts = path.split("/");
    Invocation invocation = running.remove(parts[parts.length - 2]);
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (invocation != null) {
      ended(invocation, path.endsWith("/error") ? body : null);
    }
    HttpEndpoint.answer(exchange, 202, "application/json", "{}");
  }

  private void next(HttpExchange exchange) throws IOException {
    int asking = sandboxes;
    try {
      Invocation invocation = queue.take();
      synchronized (this) {
        if (asking != sandboxes) {
          // The sandbox that asked is gone.
          queue.addFirst(invocation);
          return;
        }
        invocation.began = Instant.now();
        running.put(invocation.requestId, invocation);
      }
      var headers = exchange.getResponseHeaders();
      headers.set("Lambda-Runtime-Aws-Request-Id", invocation.requestId);
      headers.set("Lambda-Runtime-Trace-Id", invocation.header());
      headers.set("Lambda-Runtime-Invoked-Function-Arn", ARN);
      HttpEndpoint.answer(exchange, 200, "application/json", event(invocation.object).toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void ended(Invocation invocation, String error) {
    if (invocation.trace.sampled()) {
      segments.put(invocation.serviceSegment(error));
      segments.put(invocation.functionSegment(error));
    }
    if (error == null) {
      return;
    }
    if (invocation.attempt < ATTEMPTS) {
      queue.add(
          new Invocation(
              invocation.object, invocation.attempt + 1, invocation.requestId, invocation.trace));
    } else {
      deadLetters.accept(invocation.object, error);
    }
  }

  /** The event as S3 sends it: the key is encoded as in a form. */
  private static ObjectNode event(Created object) {
    ObjectNode event = Json.object();
    ObjectNode notification = event.putArray("Records").addObject();
    notification
        .put("eventVersion", "2.1")
        .put("eventSource", "aws:s3")
        .put("awsRegion", AwsClients.REGION)
        .put("eventTime", object.time().toString())
        .put("eventName", "ObjectCreated:Put");
    ObjectNode s3 = notification.putObject("s3");
    s3.put("s3SchemaVersion", "1.0");
    s3.putObject("bucket")
        .put("name", object.bucket())
        .put("arn", "arn:aws:s3:::" + object.bucket());
    s3.putObject("object")
        .put("key", URLEncoder.encode(object.key(), StandardCharsets.UTF_8).replace("%2F", "/"))
        .put("size", object.size())
        .put("eTag", object.etag())
        .put(
            "sequencer",
            "%016X"
                .formatted(
                    object.time().toEpochMilli() * 1_000_000L
                        + object.time().getNano() % 1_000_000));
    return event;
  }

  /** One try of an invocation. */
  private static final class Invocation {

    private final Created object;
    private final int attempt;
    private final String requestId;
    private final TraceHeader trace;
    private final String serviceId = Ids.segmentId();
    private final String functionId = Ids.segmentId();
    private final Instant queued = Instant.now();
    private Instant began = queued;

    private Invocation(Created object, int attempt, String requestId, TraceHeader trace) {
      this.object = object;
      this.attempt = attempt;
      this.requestId = requestId;
      this.trace = trace;
    }

    /** The function sees its own segment as parent. */
    private String header() {
      return trace.withParent(functionId).toString();
    }

    private ObjectNode serviceSegment(String error) {
      return segment(serviceId, trace.parent(), "AWS::Lambda", queued, error);
    }

    private ObjectNode functionSegment(String error) {
      return segment(functionId, serviceId, "AWS::Lambda::Function", began, error);
    }

    private ObjectNode segment(
        String id, String parent, String origin, Instant start, String error) {
      ObjectNode segment =
          Json.object()
              .put("id", id)
              .put("trace_id", trace.root())
              .put("name", NAME)
              .put("origin", origin)
              .put("start_time", start.toEpochMilli() / 1000.0)
              .put("end_time", System.currentTimeMillis() / 1000.0);
      if (parent != null) {
        segment.put("parent_id", parent);
      }
      if (error != null) {
        segment.put("fault", true);
        segment
            .putObject("cause")
            .putArray("exceptions")
            .addObject()
            .put("id", Ids.segmentId())
            .put("message", error);
      }
      segment.putObject("aws").put("function_arn", ARN).put("request_id", requestId);
      return segment;
    }
  }
}
