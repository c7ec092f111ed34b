package dev.waybill.local.verify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.report.Trace;
import dev.waybill.local.report.Trace.Span;
import dev.waybill.workflow.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether a run's trace has in X-Ray the shape that docs/trace-contract.md says. */
final class TraceCheck {

  private static final String NOT_SEEN =
      "see the alarms collector-refusing and collector-down in docs/operating.md. With CloudWatch Transaction Search on, X-Ray does not index traces, and this can't be checked: look for the trace id in CloudWatch";

  private TraceCheck() {}

  /**
   * Looks at all that X-Ray has of it.
   *
   * @param documents of segments
   * @param traceId as X-Ray writes it
   */
  static List<Check> of(List<JsonNode> documents, String traceId, List<Job> jobs) {
    if (documents.isEmpty()) {
      return List.of(Check.fails("trace", "X-Ray has nothing of " + traceId, NOT_SEEN));
    }
    Trace trace = Trace.of(documents, List.of(), traceId);
    List<Check> checks = new ArrayList<>();
    checks.add(whole(trace));
    for (Job job : jobs) {
      checks.add(job(trace, job));
    }
    return checks;
  }

  private static Check whole(Trace trace) {
    return Check.of(
        "trace is whole",
        trace.roots().size() == 1 && trace.orphans().isEmpty(),
        "%d spans, roots: %s, orphans: %d%s"
            .formatted(
                trace.spans().size(),
                names(trace.roots()),
                trace.orphans().size(),
                trace.orphans().isEmpty() ? "" : " (" + names(trace.orphans()) + ")"),
        "two roots: S3 or Lambda did not pass the upload's header on (StartPipeline); orphans: some spans were refused, see collector-refusing");
  }

  private static Check job(Trace trace, Job job) {
    String what = "trace of " + job.name();
    Optional<Span> span =
        trace.spans().stream().filter(each -> each.name().equals(job.name())).findFirst();
    if (span.isEmpty()) {
      return Check.fails(what, "the trace has no span of it", NOT_SEEN);
    }
    int steps = trace.childrenOf(span.get()).size();
    boolean belowState = isBelow(trace, span.get(), job.state());
    return Check.of(
        what,
        steps > 0 && belowState,
        "%d spans below it, %s its state %s"
            .formatted(steps, belowState ? "below" : "not below", job.state()),
        steps == 0
            ? "its steps were not delivered: see collector-refusing"
            : "it hangs below StartExecution, where ParentLookup found no segment of Step Functions' call; nothing else is wrong");
  }

  private static boolean isBelow(Trace trace, Span span, String name) {
    Optional<Span> above = Optional.of(span);
    while (above.isPresent()) {
      if (above.get().name().equals(name)) {
        return true;
      }
      String parent = above.get().parentId();
      above = trace.spans().stream().filter(each -> each.id().equals(parent)).findFirst();
    }
    return false;
  }

  private static String names(List<Span> spans) {
    return spans.stream().map(Span::name).distinct().limit(5).collect(Collectors.joining(", "));
  }
}
