package dev.waybill.local;

import dev.waybill.local.report.Trace;
import dev.waybill.local.report.Trace.Span;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;

/** A trace as the files in {@code golden/} have it. */
final class SpanTree {

  private static final Set<String> OF_THE_DRIVER =
      Set.of("start spark", "plan", "commit", "slow task");

  private SpanTree() {}

  /**
   * Names, rows and fusion, without times and ids; siblings in the order of their text. Without the
   * spans for which there is room or not, by what took longest.
   */
  static String of(Trace trace) {
    return trace.roots().stream().map(root -> tree(trace, root, "")).collect(Collectors.joining());
  }

  static String golden(String name) throws IOException {
    return new String(
        SpanTree.class.getResourceAsStream("/golden/" + name).readAllBytes(),
        StandardCharsets.UTF_8);
  }

  static boolean isStage(Span span) {
    return span.attributes().containsKey("waybill.spark.stage.tasks");
  }

  private static String tree(Trace trace, Span span, String indent) {
    String in = span.attributes().get("waybill.step.rows_in");
    String out = span.attributes().get("waybill.step.rows_out");
    String rows = out == null ? "" : " (" + (in == null ? "" : in + " → ") + out + " rows)";
    return indent
        + span.name()
        + rows
        + "\n"
        + trace.childrenOf(span).stream()
            .filter(child -> !isStage(child) && !OF_THE_DRIVER.contains(child.name()))
            .map(child -> tree(trace, child, indent + "  "))
            .sorted()
            .collect(Collectors.joining());
  }
}
