package dev.waybill.lambdatrigger;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import com.amazonaws.xray.AWSXRayRecorder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.crac.Core;
import org.crac.Resource;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.SfnException;
import software.amazon.awssdk.services.sfn.model.StartExecutionResponse;

/**
 * Starts the workflow for every CSV object that an S3 event tells of, one execution each, in one
 * trace with the upload. A repeated event starts nothing twice. Where some records fail, the others
 * still start; then the invocation fails, and Lambda's retry repeats all of them, harmlessly.
 *
 * <p>Environment: {@code STATE_MACHINE_ARN}, and {@code SAMPLING} ({@code always}, the default, or
 * {@code inherit}). It needs {@code states:StartExecution} on that state machine, and nothing of
 * S3.
 */
public final class StartPipeline implements RequestHandler<S3Event, Void>, Resource {

  static final String STATE_MACHINE_ARN = "STATE_MACHINE_ARN";
  private static final String TRACE_HEADER = "X-Amzn-Trace-Id";
  private static final String TRACE_PROPERTY = "com.amazonaws.xray.traceHeader";
  private static final String TRACE_VARIABLE = "_X_AMZN_TRACE_ID";

  private final Map<String, String> environment;
  private final String stateMachine;
  private final Sampling sampling;
  private final SfnClient stepFunctions;
  private AWSXRayRecorder recorder;

  /** Lambda makes it, once a sandbox. */
  public StartPipeline() {
    this(System.getenv(), SfnClient.builder().httpClient(UrlConnectionHttpClient.create()).build());
    Core.getGlobalContext().register(this);
  }

  StartPipeline(Map<String, String> environment, SfnClient stepFunctions) {
    this.environment = environment;
    this.stateMachine = environment.get(STATE_MACHINE_ARN);
    if (stateMachine == null) {
      throw new IllegalStateException(
          "environment variable "
              + STATE_MACHINE_ARN
              + " is missing: which state machine to start?");
    }
    this.sampling = Sampling.of(environment.get(Sampling.VARIABLE));
    this.stepFunctions = stepFunctions;
    this.recorder = InvocationTrace.recorder();
  }

  @Override
  public Void handleRequest(S3Event event, Context context) {
    InvocationTrace trace = InvocationTrace.of(recorder, traceHeader(context), sampling);
    JsonLog log = new JsonLog(context.getLogger(), context.getAwsRequestId(), trace.id());
    List<String> failed = new ArrayList<>();
    RuntimeException first = null;
    for (var notification : event.getRecords()) {
      Upload upload = Upload.of(notification);
      if (!PipelineInput.takes(upload.key())) {
        log.info("skipped: not a .csv file below " + PipelineInput.FOLDER, "", upload.key());
        continue;
      }
      try {
        start(upload, trace, log);
      } catch (RuntimeException e) {
        failed.add(upload.key());
        first = first == null ? e : first;
      }
    }
    if (!failed.isEmpty()) {
      throw new IllegalStateException(
          "no execution was started for %d of %d objects: %s"
              .formatted(failed.size(), event.getRecords().size(), String.join(", ", failed)),
          first);
    }
    return null;
  }

  /**
   * Does once what the first call would, so that a restored sandbox has it all loaded: a call that
   * Step Functions refuses.
   */
  @Override
  public void beforeCheckpoint(org.crac.Context<? extends Resource> context) {
    InvocationTrace trace = InvocationTrace.of(recorder, null, sampling);
    InvocationTrace.Call call = trace.begin("priming", "priming");
    try {
      stepFunctions.startExecution(
          request -> request.stateMachineArn(stateMachine).name("no name: < >").input("{}"));
    } catch (RuntimeException expected) {
      call.failed(expected);
    }
  }

  /** The daemon's address and socket belong to the sandbox. */
  @Override
  public void afterRestore(org.crac.Context<? extends Resource> context) {
    recorder = InvocationTrace.recorder();
  }

  private void start(Upload upload, InvocationTrace trace, JsonLog log) {
    InvocationTrace.Call call = trace.begin(ExecutionInput.runId(upload), upload.key());
    ExecutionInput input = ExecutionInput.of(upload, call.header());
    try {
      StartExecutionResponse started =
          stepFunctions.startExecution(
              request ->
                  request
                      .stateMachineArn(stateMachine)
                      .name(input.runId())
                      .input(input.json())
                      .overrideConfiguration(own -> own.putHeader(TRACE_HEADER, call.header())));
      call.succeeded(started.responseMetadata().requestId());
      log.info("execution started", input.runId(), upload.key());
    } catch (ExecutionAlreadyExistsException e) {
      call.succeeded(e.requestId());
      log.info("execution was there already: this event came before", input.runId(), upload.key());
    } catch (SfnException | software.amazon.awssdk.core.exception.SdkClientException e) {
      call.failed(e);
      log.error("execution not started", input.runId(), upload.key(), e);
      throw e;
    }
  }

  private String traceHeader(Context context) {
    if (context.getXrayTraceId() != null) {
      return context.getXrayTraceId();
    }
    return System.getProperty(TRACE_PROPERTY, environment.get(TRACE_VARIABLE));
  }
}
