package dev.waybill.local.cli;

import dev.waybill.local.TraceHeader;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The option by which a run joins a trace from outside. */
final class OutsideTrace {

  private static final String TRACEPARENT = "--traceparent";

  @Option(
      names = TRACEPARENT,
      paramLabel = "00-TRACE-SPAN-FLAGS",
      description =
          "run the one FILE in this trace, below this span (W3C Trace Context; of a scheduler or CI)")
  private String traceparent;

  /**
   * The span to run below, or null where a trace begins here.
   *
   * @throws IllegalArgumentException where it is none, or there are several files
   */
  TraceHeader of(List<Path> files) {
    if (traceparent == null) {
      return null;
    }
    if (files.size() > 1) {
      throw new IllegalArgumentException(
          "%s goes with one file, and there are %d: a trace has room for one run"
              .formatted(TRACEPARENT, files.size()));
    }
    return TraceHeader.ofTraceparent(TRACEPARENT, traceparent);
  }
}
