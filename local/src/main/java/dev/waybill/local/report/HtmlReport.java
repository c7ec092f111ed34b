package dev.waybill.local.report;

import static dev.waybill.local.report.Html.bytes;
import static dev.waybill.local.report.Html.escape;
import static dev.waybill.local.report.Html.seconds;

import dev.waybill.gluejobs.ChangeCause;
import dev.waybill.gluejobs.values.Visible;
import dev.waybill.local.run.ExecutionFollower.JobTry;
import dev.waybill.local.run.RunSummary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A run as one self-contained page: what became of its rows, where its time went, and the trace's
 * waterfall.
 */
public final class HtmlReport {

  private static final String TEMPLATE = "/report.html";

  private static final String NO_ROWS = "No row was counted: the run ended before.";
  private static final String NO_STEPS =
      "The job names no steps. The Spark stages below have their rows: open one.";
  private static final String NO_OUTPUTS = "None is complete.";
  private static final String UNKNOWN_OUTPUTS =
      "A traced command does not name them. Stages that write say how many rows.";

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
            "waterfall", Waterfall.of(trace),
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
    return (run.input().isCommand()
            ? fact("Command", run.input().file())
            : fact("File", run.input().file() + " · " + bytes(run.input().bytes())))
        + fact("Whole run", seconds(run.seconds()))
        + jobs
        + (run.cost() == null
            ? ""
            : fact(run.cost().estimated() ? "Cost on AWS" : "Cost", run.cost().text()))
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
          ? "<p class=\"none\">%s</p>".formatted(run.input().isCommand() ? NO_STEPS : NO_ROWS)
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

  private static String outputs(RunSummary run) {
    if (run.outputs().isEmpty()) {
      return "<p class=\"none\">%s</p>"
          .formatted(run.input().isCommand() ? UNKNOWN_OUTPUTS : NO_OUTPUTS);
    }
    return run.outputs().entrySet().stream()
        .map(
            output ->
                "<tr><th>%s</th><td><code>%s</code></td></tr>"
                    .formatted(escape(output.getKey()), escape(output.getValue())))
        .collect(Collectors.joining("", "<table>", "</table>"));
  }

  private static String template() {
    try (InputStream in = HtmlReport.class.getResourceAsStream(TEMPLATE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
