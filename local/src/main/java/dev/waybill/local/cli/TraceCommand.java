package dev.waybill.local.cli;

import dev.waybill.local.Installation;
import dev.waybill.local.collector.Backend;
import dev.waybill.local.run.OutFolder;
import dev.waybill.local.run.Progress;
import dev.waybill.local.run.SparkCommand;
import dev.waybill.local.run.TracedCommand;
import dev.waybill.local.run.TracedCommand.Ended;
import dev.waybill.workflow.Project;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code waybill trace}. */
@Command(
    name = "trace",
    synopsisHeading = "Usage: ",
    customSynopsis = "waybill trace [OPTIONS] -- COMMAND...",
    description = {
      "Runs a Spark job of yours, in any language and without a change, and leaves its trace and report.",
      "",
      "COMMAND starts Spark 4.1: spark-submit, pyspark, spark-shell or spark-sql, or a program that uses PySpark."
          + " Its output and exit status stay its own."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class TraceCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "the command and its arguments")
  private List<String> words;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "out",
      description = "where the report goes, as DIR/runs/<run id>/ (default: out)")
  private Path out;

  @Mixin private BackendOptions backend = new BackendOptions();

  @Override
  public Integer call() throws InterruptedException {
    Progress progress = new Progress(System.err, false);
    Backend collector = backend.backend(progress::warn);
    Project files = Installation.ofLauncher().project();
    Stopping stopping = new Stopping();
    try (OutFolder folder = OutFolder.share(out, progress::warn);
        Shutdown shutdown = Shutdown.onSignal(stopping::stop)) {
      Ended ended =
          new TracedCommand(
                  out.toAbsolutePath().normalize().resolve("runs"),
                  files.tracingJar(),
                  files.pythonModule().getParent())
              .run(new SparkCommand(words), collector, stopping::of, progress::warn);
      spec.commandLine().getErr().println(SummaryTable.of(List.of(ended.summary())));
      if (!ended.hasJob()) {
        progress.warn(
            ended.status() == 0
                ? "no Spark job sent anything: the command must start Spark 4.1, by spark-submit or PySpark"
                : "no Spark job sent anything before the command failed");
      }
      return ended.status();
    }
  }

  /** Stops the command, if it runs. */
  private static final class Stopping {

    private Process process;
    private boolean stopped;

    synchronized void of(Process started) {
      process = started;
      if (stopped) {
        process.destroy();
      }
    }

    synchronized void stop() {
      stopped = true;
      if (process != null) {
        process.destroy();
      }
    }
  }
}
