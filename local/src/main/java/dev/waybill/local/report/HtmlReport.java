package dev.waybill.local.report;

import dev.waybill.gluejobs.ChangeCause;
import dev.waybill.gluejobs.values.Visible;
import dev.waybill.local.report.Trace.Span;
import dev.waybill.local.run.ExecutionFollower.JobTry;
import dev.waybill.local.run.RunSummary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A run as one self-contained page: what became of its rows, where its time went, and the trace's
 * waterfall.
 */
public final class HtmlReport {

  /** What Spark's driver does between stages. */
  private static final Set<String> OF_THE_DRIVER = Set.of("start spark", "plan", "commit");

  private static final String TEMPLATE = "/report.html";

  private HtmlReport() {}

  public static String of(RunSummary run, Trace trace) {
    Map<String, String> parts =
        Map.of(
            "run", escape(run.runId()),
            "status", escape(run.status()),
            "facts", facts(run),
            "error", error(run),
            "warnings", warnings(run),
            "rows", rows(run),
            "values", values(run),
            "waterfall", waterfall(trace),
            "outputs", outputs(run));
    String page = template();
    for (Map.Entry<String, String> part : parts.entrySet()) {
      page = page.replace("<!--" + part.getKey() + "-->", part.getValue());
    }
    return page;
  }

  private static String facts(RunSummary run) {
    StringBuilder jobs = new StringBuilder();
    for (JobTry job : run.jobs()) {
      String attempt = job.attempt() == 0 ? "" : ", attempt " + (job.attempt() + 1);
      jobs.append(
          fact(
              "Job run of " + job.state() + attempt,
              job.status().toLowerCase(Locale.ROOT)
                  + " after "
                  + seconds(job.seconds())
                  + ", its start included"));
    }
    return fact("File", run.input().file() + " · " + bytes(run.input().bytes()))
        + fact("Whole run", seconds(run.seconds()))
        + jobs
        + fact("Trace", run.traceId())
        + fact(
            "In it",
            "%d spans, %d root%s, %d orphan%s, %d with errors"
                .formatted(
                    run.trace().spans(),
                    run.trace().roots(),
                    run.trace().roots() == 1 ? "" : "s",
                    run.trace().orphans(),
                    run.trace().orphans() == 1 ? "" : "s",
                    run.trace().errors()));
  }

  private static String fact(String name, String value) {
    return "<div><dt>%s</dt><dd>%s</dd></div>".formatted(escape(name), escape(value));
  }

  private static String error(RunSummary run) {
    return run.error() == null
        ? ""
        : "<section class=\"error\"><h2>%s</h2><p>%s</p></section>"
            .formatted(escape(run.error().type()), escape(run.error().message()));
  }

  private static String warnings(RunSummary run) {
    return run.warnings().isEmpty()
        ? ""
        : run.warnings().stream()
            .map(warning -> "<p>" + escape(warning) + "</p>")
            .collect(
                Collectors.joining(
                    "", "<section class=\"warning\"><h2>Warnings</h2>", "</section>"));
  }

  /** What became of values that are in {@code cleaned/} as others. */
  private static String values(RunSummary run) {
    if (run.rows().read() == null) {
      return "";
    }
    if (run.values().changed().isEmpty()) {
      return values("<p class=\"none\">None was filled in or replaced.</p>");
    }
    StringBuilder table = new StringBuilder();
    run.values()
        .changed()
        .forEach(
            (column, causes) ->
                causes.forEach(
                    (cause, count) ->
                        table.append(
                            "<tr><th>%s</th><td>%s</td><td class=\"number\">%,d</td><td>%s</td></tr>"
                                .formatted(
                                    escape(column),
                                    escape(cause.replace('_', ' ')),
                                    count,
                                    examples(run, column, cause)))));
    return values("<table class=\"values\">" + table + "</table>");
  }

  private static String values(String content) {
    return "<section><h2>Values filled in or replaced</h2>" + content + "</section>";
  }

  private static String examples(RunSummary run, String column, String cause) {
    return cause.equals(ChangeCause.UNREADABLE.text())
        ? run.values().examples().getOrDefault(column, List.of()).stream()
            .map(example -> "<code>" + escape(Visible.text(example)) + "</code>")
            .collect(Collectors.joining(", "))
        : "";
  }

  private static String rows(RunSummary run) {
    if (run.rows().read() == null) {
      return run.steps().isEmpty()
          ? "<p class=\"none\">No row was counted: the run ended before.</p>"
          : rowsByStep(run.steps());
    }
    long read = run.rows().read();
    StringBuilder table = new StringBuilder();
    table.append(row("read", read, read, "read"));
    table.append(row("cleaned", run.rows().cleaned(), read, "good"));
    if (run.rows().processed() != null) {
      table.append(row("processed", run.rows().processed(), read, "good"));
    }
    run.rows()
        .rejected()
        .forEach(
            (reason, count) ->
                table.append(row("rejected: " + reason.replace('_', ' '), count, read, "bad")));
    return "<table class=\"rows\">" + table + "</table>";
  }

  /** Of jobs that leave no record of their rows. */
  private static String rowsByStep(List<Trace.Step> steps) {
    StringBuilder table =
        new StringBuilder(
            "<tr><th>step</th><td class=\"number\">in</td><td class=\"number\">out</td></tr>");
    steps.forEach(
        step ->
            table.append(
                "<tr><th>%s</th><td class=\"number\">%s</td><td class=\"number\">%s</td></tr>"
                    .formatted(escape(step.step()), count(step.rowsIn()), count(step.rowsOut()))));
    return "<table class=\"rows\">" + table + "</table>";
  }

  private static String count(Long rows) {
    return rows == null ? "" : "%,d".formatted(rows);
  }

  private static String row(String name, long count, long of, String kind) {
    double share = of == 0 ? 0 : 100.0 * count / of;
    return "<tr><th>%s</th><td class=\"number\">%,d</td><td class=\"number\">%s</td><td class=\"bar\"><i class=\"%s\" style=\"width:%.2f%%\"></i></td></tr>"
        .formatted(escape(name), count, of == 0 ? "" : "%.1f %%".formatted(share), kind, share);
  }

  private static String waterfall(Trace trace) {
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
        || span.attributes().keySet().stream().anyMatch(HtmlReport::isOfSparksWork)) {
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
   * What stands beside a span's name: rows of a step, tasks of a stage, the origin of a segment.
   */
  private static String note(Span span) {
    Map<String, String> attributes = span.attributes();
    String in = attributes.get("waybill.step.rows_in");
    String out = attributes.get("waybill.step.rows_out");
    if (out != null) {
      return in == null || in.equals(out) ? out + " rows" : in + " → " + out + " rows";
    }
    if (attributes.containsKey("waybill.spark.stage.tasks")) {
      return attributes.get("waybill.spark.stage.tasks") + " tasks";
    }
    return attributes.getOrDefault("origin", attributes.getOrDefault("aws.operation", ""));
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

  private static String outputs(RunSummary run) {
    if (run.outputs().isEmpty()) {
      return "<p class=\"none\">None is complete.</p>";
    }
    return run.outputs().entrySet().stream()
        .map(
            output ->
                "<tr><th>%s</th><td><code>%s</code></td></tr>"
                    .formatted(escape(output.getKey()), escape(output.getValue())))
        .collect(Collectors.joining("", "<table>", "</table>"));
  }

  static String seconds(double seconds) {
    return seconds < 1 ? "%.0f ms".formatted(1000 * seconds) : "%.2f s".formatted(seconds);
  }

  static String bytes(long bytes) {
    List<String> units = List.of("B", "kB", "MB", "GB", "TB");
    double value = bytes;
    int unit = 0;
    while (value >= 1000 && unit < units.size() - 1) {
      value /= 1000;
      unit++;
    }
    return (unit == 0 ? "%.0f %s" : "%.1f %s").formatted(value, units.get(unit));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  private static String template() {
    try (InputStream in = HtmlReport.class.getResourceAsStream(TEMPLATE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
