package dev.waybill.lambdatrigger;

import com.amazonaws.xray.AWSXRayRecorder;
import com.amazonaws.xray.AWSXRayRecorderBuilder;
import com.amazonaws.xray.contexts.SegmentContextResolverChain;
import com.amazonaws.xray.entities.FacadeSegment;
import com.amazonaws.xray.entities.Namespace;
import com.amazonaws.xray.entities.Subsegment;
import com.amazonaws.xray.entities.SubsegmentImpl;
import com.amazonaws.xray.entities.TraceHeader;
import com.amazonaws.xray.entities.TraceHeader.SampleDecision;
import com.amazonaws.xray.entities.TraceID;
import com.amazonaws.xray.strategy.sampling.AllSamplingStrategy;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trace of one invocation, and the subsegments that it adds to it. All use of the X-Ray SDK,
 * which is in maintenance, is in here; it sends to the daemon that Lambda names in {@code
 * AWS_XRAY_DAEMON_ADDRESS}.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html">Lambda and
 *     X-Ray</a>
 */
final class InvocationTrace {

  private static final Logger LOG = LoggerFactory.getLogger(InvocationTrace.class);

  private final AWSXRayRecorder recorder;
  private final TraceID root;
  private final String functionSegment;
  private final boolean recorded;
  private final boolean sampled;

  private InvocationTrace(AWSXRayRecorder recorder, TraceHeader header, Sampling sampling) {
    this.recorder = recorder;
    this.root = valid(header) ? header.getRootTraceId() : TraceID.create(recorder);
    this.functionSegment = valid(header) ? header.getParentId() : null;
    boolean sampledUpstream = header.getSampled() == SampleDecision.SAMPLED;
    this.recorded = sampledUpstream && functionSegment != null;
    this.sampled = sampledUpstream || sampling == Sampling.ALWAYS;
  }

  /**
   * A recorder for a function's whole life. Its ids are safe to make after a SnapStart snapshot.
   */
  static AWSXRayRecorder recorder() {
    return AWSXRayRecorderBuilder.standard()
        .withSecureIdGenerator()
        .withSamplingStrategy(new AllSamplingStrategy())
        .withSegmentContextResolverChain(new SegmentContextResolverChain())
        .build();
  }

  /**
   * Reads the invocation's header.
   *
   * @param header as Lambda hands it over, or null
   */
  static InvocationTrace of(AWSXRayRecorder recorder, String header, Sampling sampling) {
    return new InvocationTrace(
        recorder, TraceHeader.fromString(header == null ? "" : header), sampling);
  }

  /** The trace id as X-Ray writes it. */
  String id() {
    return root.toString();
  }

  /** Begins the call that starts an execution. */
  Call begin(String runId, String key) {
    FacadeSegment parent =
        new FacadeSegment(
            recorder,
            root,
            functionSegment,
            recorded ? SampleDecision.SAMPLED : SampleDecision.NOT_SAMPLED);
    Subsegment subsegment = new SubsegmentImpl(recorder, "StartExecution", parent);
    subsegment.setParent(parent);
    subsegment.setNamespace(Namespace.AWS.toString());
    subsegment.putAnnotation("run_id", runId);
    subsegment.putAnnotation("key", key);
    subsegment.putAllAws(Map.of("operation", "StartExecution"));
    return new Call(subsegment);
  }

  private static boolean valid(TraceHeader header) {
    return header.getRootTraceId() != null && !header.getRootTraceId().equals(TraceID.invalid());
  }

  /** One StartExecution call. */
  final class Call {

    private final Subsegment subsegment;

    private Call(Subsegment subsegment) {
      this.subsegment = subsegment;
    }

    /**
     * The call's own trace header. Where Lambda did not sample, there is no segment to be its
     * parent: the trace begins at the workflow.
     */
    String header() {
      String unrecorded = sampled ? null : functionSegment;
      return new TraceHeader(
              root,
              recorded ? subsegment.getId() : unrecorded,
              sampled ? SampleDecision.SAMPLED : SampleDecision.NOT_SAMPLED)
          .toString();
    }

    void succeeded(String requestId) {
      subsegment.putAws("request_id", requestId);
      end();
    }

    void failed(Throwable error) {
      subsegment.addException(error);
      end();
    }

    /** A subsegment that can't be sent must not fail the invocation: the execution has started. */
    private void end() {
      try {
        subsegment.end();
        if (recorded) {
          recorder.sendSubsegment(subsegment);
        }
      } catch (RuntimeException e) {
        LOG.warn("the subsegment of {} was not sent", subsegment.getAnnotations(), e);
      }
    }
  }
}
