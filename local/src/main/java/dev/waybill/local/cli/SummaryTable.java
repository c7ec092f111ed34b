package dev.waybill.local.cli;

import dev.waybill.local.Terminal;
import dev.waybill.local.run.ExecutionFollower.JobTry;
import dev.waybill.local.run.RunSummary;
import dev.waybill.local.run.RunSummary.TraceShape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a person reads at the end of runs. */
final class SummaryTable {

  private SummaryTable() {}

  static String of(List<RunSummary> runs) {
    return Terminal.visible(
        runs.stream().map(SummaryTable::block).collect(Collectors.joining("\n")));
  }

  private static String block(RunSummary run) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(run.input().file() + "  " + run.status());
    if (run.error() != null) {
      lines.add(line("error", run.error().message()));
    }
    if (run.rows().read() != null) {
      lines.add(line("rows in", number(run.rows().read())));
      lines.add(
          line("rows out", number(run.rows().processed() == null ? 0 : run.rows().processed())));
      lines.add(line("rejected", number(run.rows().allRejected())));
      run.rows()
          .rejected()
          .forEach(
              (reason, count) -> lines.add(line("", "%s %s".formatted(number(count), reason))));
      lines.add("  values filled in or replaced: " + changed(run.values().changed()));
    }
    if (run.rows().read() == null && !run.steps().isEmpty()) {
      lines.add("  %-16s  %11s %11s".formatted("rows by step", "in", "out"));
      run.steps()
          .forEach(
              step ->
                  lines.add(
                      "  %-16s  %11s %11s  %s"
                          .formatted(
                              "", count(step.rowsIn()), count(step.rowsOut()), step.step())));
    }
    run.warnings().forEach(warning -> lines.add(line("warning", warning)));
    double jobs = 0;
    for (JobTry job : run.jobs()) {
      String attempt = job.attempt() == 0 ? "" : " (attempt %d)".formatted(job.attempt() + 1);
      lines.add(line(job.state(), "%6.2f s  %s%s".formatted(job.seconds(), job.status(), attempt)));
      jobs += job.seconds();
    }
    if (!run.jobs().isEmpty()) {
      lines.add(line("other hops", "%6.2f s".formatted(run.seconds() - jobs)));
    }
    if (run.runId() != null) {
      lines.add(line("whole run", "%6.2f s".formatted(run.seconds())));
    }
    if (run.cost() != null) {
      lines.add(line(run.cost().heading(), run.cost().text()));
    }
    if (run.traceId() != null) {
      lines.add(line("trace", run.traceId() + shape(run.trace())));
    }
    if (run.report() != null) {
      boolean here = run.trace() != null;
      lines.add(line(here ? "report" : "trace link", here ? relative(run.report()) : run.report()));
    }
    return String.join("\n", lines);
  }

  private static String changed(Map<String, Map<String, Long>> values) {
    long all =
        values.values().stream()
            .flatMap(causes -> causes.values().stream())
            .mapToLong(Long::longValue)
            .sum();
    return all == 0
        ? "none"
        : "%,d in %d column%s".formatted(all, values.size(), values.size() == 1 ? "" : "s");
  }

  private static String shape(TraceShape trace) {
    return trace == null
        ? ""
        : "  (%d spans, %d root%s, %d orphans)"
            .formatted(
                trace.spans(), trace.roots(), trace.roots() == 1 ? "" : "s", trace.orphans());
  }

  private static String line(String name, String value) {
    return "  %-16s  %s".formatted(name, value);
  }

  private static String count(Long rows) {
    return rows == null ? "" : "%,d".formatted(rows);
  }

  private static String number(long value) {
    return "%,7d".formatted(value);
  }

  private static String relative(String path) {
    Path here = Path.of("").toAbsolutePath();
    Path absolute = Path.of(path);
    return absolute.startsWith(here) ? here.relativize(absolute).toString() : path;
  }
}
