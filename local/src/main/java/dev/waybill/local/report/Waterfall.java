package dev.waybill.local.report;

import static dev.waybill.local.report.Html.escape;
import static dev.waybill.local.report.Html.seconds;

import dev.waybill.local.report.Trace.Span;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A trace's spans, each a bar in a lane of its own below its parent's. */
final class Waterfall {

  /** What Spark's driver does between stages. */
  private static final Set<String> OF_THE_DRIVER = Set.of("start spark", "plan", "commit");

  private Waterfall() {}

  static String of(Trace trace) {
    if (trace.spans().isEmpty()) {
      return "<p class=\"none\">The trace has no spans.</p>";
    }
    double begin = trace.spans().stream().mapToDouble(Span::start).min().orElse(0);
    double end = trace.spans().stream().mapToDouble(Span::end).max().orElse(begin);
    StringBuilder lines = new StringBuilder();
    Set<String> shown = new HashSet<>();
    trace.roots().forEach(root -> append(trace, root, 0, begin, end, shown, lines));
    trace.orphans().forEach(orphan -> append(trace, orphan, 0, begin, end, shown, lines));
    return lines.toString();
  }

  private static void append(
      Trace trace,
      Span span,
      int depth,
      double begin,
      double end,
      Set<String> shown,
      StringBuilder lines) {
    if (!shown.add(span.id())) {
      return;
    }
    double whole = Math.max(end - begin, 0.001);
    String kind = span.error() != null ? "bad" : kind(span);
    lines.append(
        ("<details><summary><span class=\"name\" style=\"padding-left:%.1frem\">%s<small>%s</small></span>"
                + "<span class=\"lane\"><i class=\"%s\" style=\"left:%.3f%%;width:%.3f%%\"></i></span>"
                + "<span class=\"time\">%s</span></summary>%s</details>")
            .formatted(
                depth * 0.9,
                escape(span.name()),
                escape(note(span)),
                kind,
                100 * (span.start() - begin) / whole,
                Math.max(0.15, 100 * (span.end() - span.start()) / whole),
                seconds(span.end() - span.start()),
                attributes(span)));
    trace
        .childrenOf(span)
        .forEach(child -> append(trace, child, depth + 1, begin, end, shown, lines));
  }

  private static String kind(Span span) {
    if (OF_THE_DRIVER.contains(span.name())
        || span.attributes().keySet().stream().anyMatch(Waterfall::isOfSparksWork)) {
      return "spark";
    }
    return span.attributes().containsKey("waybill.step.rows_out") ? "step" : "hop";
  }

  /** A job's own span has sums of Spark's, too. */
  private static boolean isOfSparksWork(String attribute) {
    return attribute.startsWith("waybill.spark.job.")
        || attribute.startsWith("waybill.spark.task.")
        || attribute.startsWith("waybill.spark.stage.");
  }

  /**
   * What stands beside a span's name: rows of a step, tasks of a stage and the rows that it read
   * and wrote, the origin of a segment.
   */
  private static String note(Span span) {
    Map<String, String> attributes = span.attributes();
    String in = attributes.get("waybill.step.rows_in");
    String out = attributes.get("waybill.step.rows_out");
    if (out != null) {
      return in == null || in.equals(out)
          ? count(out, "row")
          : "%,d → %s".formatted(Long.parseLong(in), count(out, "row"));
    }
    String tasks = attributes.get("waybill.spark.stage.tasks");
    if (tasks != null) {
      return Stream.of(
              count(tasks, "task"),
              count(attributes.get("waybill.spark.stage.input.rows"), "row") + " read",
              count(attributes.get("waybill.spark.stage.output.rows"), "row") + " written")
          .filter(part -> !part.startsWith("0 "))
          .collect(Collectors.joining(", "));
    }
    return attributes.getOrDefault("origin", attributes.getOrDefault("aws.operation", ""));
  }

  private static String count(String number, String of) {
    long count = number == null ? 0 : Long.parseLong(number);
    return "%,d %s%s".formatted(count, of, count == 1 ? "" : "s");
  }

  private static String attributes(Span span) {
    String error =
        span.error() == null ? "" : "<p class=\"message\">" + escape(span.error()) + "</p>";
    String table =
        span.attributes().entrySet().stream()
            .map(
                a ->
                    "<tr><th>%s</th><td>%s</td></tr>"
                        .formatted(escape(a.getKey()), escape(a.getValue())))
            .collect(Collectors.joining());
    return "<div class=\"more\">%s<table><tr><th>span id</th><td>%s</td></tr>%s</table></div>"
        .formatted(error, escape(span.id()), table);
  }
}
