package dev.waybill.local.cli;

import dev.waybill.local.CleaningSettings;
import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.Installation;
import dev.waybill.local.Json;
import dev.waybill.local.Keys;
import dev.waybill.local.LocalCloud;
import dev.waybill.local.TraceHeader;
import dev.waybill.local.collector.Backend;
import dev.waybill.local.run.LocalRuns;
import dev.waybill.local.run.OutFolder;
import dev.waybill.local.run.Progress;
import dev.waybill.local.run.RunSummary;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code waybill run}. */
@Command(
    name = "run",
    description = {
      "Takes CSV files through the whole pipeline on this machine: upload, Lambda, Step Functions, and the Spark jobs,"
          + " in one trace.",
      "",
      "DIR then holds bucket/ (the data sets, as Parquet) and runs/<run id>/ (run.json, report.html and the telemetry)."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class RunCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "CSV files")
  private List<Path> files;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "out",
      description = "where results go (default: out)")
  private Path out;

  @Option(
      names = "--run-date",
      paramLabel = "yyyy-mm-dd",
      description = "the day the files came; later review dates are wrong (default: today, UTC)")
  private LocalDate runDate;

  @Mixin private UnreadableOptions unreadable = new UnreadableOptions();

  @Mixin private BackendOptions backend = new BackendOptions();

  @Mixin private OutsideTrace trace = new OutsideTrace();

  @Option(
      names = "--json",
      description = "print one JSON array of run.json objects on stdout, and nothing else")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    InputFiles.check(files);
    TraceHeader outside = trace.of(files);
    CleaningSettings cleaning = unreadable.settings();
    Progress progress = new Progress(System.err, json);
    Backend collector = backend.backend(progress::warn);
    List<RunSummary> summaries;
    try (OutFolder folder = OutFolder.share(out, progress::warn);
        LocalCloud cloud =
            new LocalCloud(
                Installation.ofLauncher(),
                out,
                HttpEndpoint.LOOPBACK,
                Keys.random(),
                collector,
                RunDate.clock(runDate),
                progress::warn,
                cleaning,
                Map.of());
        Shutdown shutdown = Shutdown.onSignal(cloud::stop)) {
      summaries = new LocalRuns(cloud, progress).run(files, outside);
      print(summaries);
    }
    return summaries.stream().allMatch(RunSummary::succeeded) ? Waybill.SUCCEEDED : Waybill.FAILED;
  }

  private void print(List<RunSummary> summaries) {
    spec.commandLine().getOut().println(json ? Json.pretty(summaries) : SummaryTable.of(summaries));
  }
}
