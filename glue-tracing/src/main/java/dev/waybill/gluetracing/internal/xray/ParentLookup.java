package dev.waybill.gluetracing.internal.xray;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.api.trace.SpanId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.xray.XRayClient;
import software.amazon.awssdk.services.xray.model.Segment;
import software.amazon.awssdk.services.xray.model.XRayException;

/**
 * Finds the segment that Step Functions' Glue call left in X-Ray, so that the job can hang under
 * its state. Step Functions passes Glue no trace context, so the way there is: the state machine's
 * segment, in it the subsegment named like the state, in that the AWS call of this attempt, and the
 * segment that carries that call's request id.
 *
 * <p>It is a refinement and never a precondition: X-Ray is eventually consistent, and an account
 * with CloudWatch Transaction Search never answers this way. It runs beside the job, asks a bounded
 * number of times and once more at the job's end, and on any trouble finds nothing. Safe for use by
 * several threads.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/xray/latest/api/API_BatchGetTraces.html">BatchGetTraces</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html">X-Ray
 *     in Step Functions</a>
 */
public final class ParentLookup {

  private static final String STATE_MACHINE = "AWS::StepFunctions::StateMachine";
  private static final String START_JOB_RUN = "StartJobRun";
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final Duration CALL_BOUND = Duration.ofSeconds(5);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String traceId;
  private final String state;
  private final int attempt;
  private final Supplier<XRayClient> client;
  private final CompletableFuture<Optional<String>> found = new CompletableFuture<>();
  private final CountDownLatch lastChance = new CountDownLatch(1);

  /**
   * What to look for.
   *
   * @param traceId 32 hex digits
   * @param state the workflow state's name
   * @param attempt how many runs this state had started before
   */
  public ParentLookup(String traceId, String state, int attempt) {
    this(
        traceId,
        state,
        attempt,
        () ->
            XRayClient.builder()
                .httpClient(UrlConnectionHttpClient.create())
                .overrideConfiguration(own -> own.apiCallTimeout(CALL_BOUND))
                .build());
  }

  ParentLookup(String traceId, String state, int attempt, Supplier<XRayClient> client) {
    this.client = client;
    this.traceId = traceId;
    this.state = state;
    this.attempt = attempt;
  }

  /**
   * Looks in the background; completes with the parent's span id or with empty, never
   * exceptionally.
   */
  public CompletableFuture<Optional<String>> start() {
    Thread thread = new Thread(this::look, "waybill-parent-lookup");
    thread.setDaemon(true);
    thread.start();
    return found;
  }

  /** The job ends: asks once more at once, and then no more. */
  public void askOnceMore() {
    lastChance.countDown();
  }

  private void look() {
    try {
      found.complete(poll());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      found.complete(Optional.empty());
    } catch (Throwable e) {
      found.complete(Optional.empty());
    }
  }

  private Optional<String> poll() throws InterruptedException {
    long deadline = System.nanoTime() + BOUND.toNanos();
    try (XRayClient xray = client.get()) {
      for (Duration pause = FIRST_PAUSE; ; pause = pause.multipliedBy(2)) {
        boolean last = lastChance.getCount() == 0;
        Optional<String> parent = ask(xray);
        if (parent.isPresent() || last) {
          return parent;
        }
        if (System.nanoTime() + pause.toNanos() > deadline) {
          lastChance.await();
        } else {
          lastChance.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    }
  }

  /** X-Ray may be too busy now and answer later; what it forbids, it forbids later too. */
  private Optional<String> ask(XRayClient xray) {
    try {
      return findIn(documents(xray));
    } catch (XRayException e) {
      if (e.statusCode() < 500 && !e.isThrottlingException()) {
        throw e;
      }
      return Optional.empty();
    } catch (SdkClientException e) {
      return Optional.empty();
    }
  }

  private List<JsonNode> documents(XRayClient xray) {
    List<JsonNode> documents = new ArrayList<>();
    String token = null;
    do {
      String page = token;
      var answer =
          xray.batchGetTraces(
              request -> request.traceIds(TraceHeader.xrayTraceId(traceId)).nextToken(page));
      answer.traces().stream()
          .flatMap(trace -> trace.segments().stream())
          .map(Segment::document)
          .map(ParentLookup::parse)
          .forEach(documents::add);
      token = answer.nextToken();
    } while (token != null);
    return documents;
  }

  /** The parent's span id among a trace's segment documents. */
  Optional<String> findIn(List<JsonNode> documents) {
    List<JsonNode> calls =
        documents.stream()
            .filter(document -> document.path("origin").asText().equals(STATE_MACHINE))
            .flatMap(machine -> descendants(machine).stream())
            .filter(subsegment -> subsegment.path("name").asText().equals(state))
            .flatMap(entered -> descendants(entered).stream())
            .filter(ParentLookup::startedARun)
            .sorted(Comparator.comparingDouble(call -> call.path("start_time").asDouble()))
            .toList();
    if (calls.size() <= attempt) {
      return Optional.empty();
    }
    String requestId = calls.get(attempt).path("aws").path("request_id").asText();
    return documents.stream()
        .filter(document -> document.path("aws").path("request_id").asText().equals(requestId))
        .map(document -> document.path("id").asText())
        .filter(SpanId::isValid)
        .findFirst();
  }

  /** A call that Glue refused is no attempt of the job, nor is one that only asks for a run. */
  private static boolean startedARun(JsonNode call) {
    JsonNode aws = call.path("aws");
    boolean refused = call.has("throttle") || call.has("error") || call.has("fault");
    return aws.hasNonNull("request_id")
        && aws.path("operation").asText(START_JOB_RUN).equals(START_JOB_RUN)
        && !refused;
  }

  private static List<JsonNode> descendants(JsonNode segment) {
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode child : segment.path("subsegments")) {
      found.add(child);
      found.addAll(descendants(child));
    }
    return found;
  }

  private static JsonNode parse(String document) {
    try {
      return JSON.readTree(document);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      return JSON.missingNode();
    }
  }
}
