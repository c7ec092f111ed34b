package dev.waybill.local.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** Waybill's command line. */
@Command(
    name = "waybill",
    header = "Waybill: one trace for a file's whole way through an AWS Glue pipeline.",
    description = {
      "",
      "Runs the pipeline of this project on this machine, with no AWS account, Docker or network,"
          + " or sends files to the one that was deployed.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RunCommand.class,
      WatchCommand.class,
      UploadCommand.class,
      ReplayCommand.class,
      GenerateCommand.class,
      TestCommand.class,
      HelpCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = Waybill.Version.class,
    footer = {
      "",
      "Examples:",
      "  ./waybill run sample-data/listings.csv",
      "  ./waybill run --json --run-date 2026-11-20 my.csv | jq '.[0].rows'",
      "",
      "Exit status: 0 all succeeded, 1 at least one run failed, 2 wrong usage."
    })
public final class Waybill {

  static final int SUCCEEDED = 0;
  static final int FAILED = 1;

  private static volatile boolean stopping;

  private Waybill() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /**
   * Lets everything stop that was started when this JVM is told to: nothing else needs to be said
   * then.
   */
  static Thread stopOnExit(Runnable stop) {
    Thread hook =
        new Thread(
            () -> {
              stopping = true;
              stop.run();
            },
            "waybill-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    return hook;
  }

  static CommandLine commandLine() {
    return new CommandLine(new Waybill())
        .setExecutionExceptionHandler(
            (error, command, parsed) -> {
              if (!stopping) {
                command.getErr().println("waybill: " + message(error));
              }
              return error instanceof IllegalArgumentException
                  ? CommandLine.ExitCode.USAGE
                  : FAILED;
            });
  }

  private static String message(Throwable error) {
    String own = error.getMessage() == null ? error.getClass().getName() : error.getMessage();
    return error.getCause() == null ? own : own + " (" + error.getCause().getMessage() + ")";
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"waybill " + Waybill.class.getPackage().getImplementationVersion()};
    }
  }
}
