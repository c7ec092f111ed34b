package dev.waybill.local.cli;

import dev.waybill.local.AwsErrors;
import dev.waybill.local.Terminal;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import software.amazon.awssdk.core.exception.SdkException;

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
      VerifyCommand.class,
      ReplayCommand.class,
      GenerateCommand.class,
      NewCommand.class,
      TraceCommand.class,
      TestCommand.class,
      HelpCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = Waybill.Version.class,
    footer = {
      "",
      "Examples:",
      "  ./waybill run sample-data/listings.csv",
      "  ./waybill new ../my-pipeline",
      "  ./waybill trace -- spark-submit my_job.py",
      "  ./waybill run --json --run-date 2026-11-20 my.csv | jq '.[0].rows'",
      "",
      "Exit status: 0 all succeeded, 1 at least one run failed, 2 wrong usage, 3 the output could not be written."
    })
public final class Waybill {

  static final int SUCCEEDED = 0;
  static final int FAILED = 1;
  static final int OUTPUT_LOST = 3;

  private Waybill() {}

  public static void main(String[] args) {
    // All text is English, and much of it is read by programs.
    Locale.setDefault(Locale.ROOT);
    StandardOutput out = new StandardOutput();
    PrintWriter writer = out.writer();
    CommandLine line = commandLine().setOut(writer);
    int status =
        FileNames.areReadable(args, System.err) ? line.execute(args) : CommandLine.ExitCode.USAGE;
    writer.flush();
    try {
      out.check();
    } catch (StandardOutput.Lost lost) {
      status = outputLost(lost, line);
    }
    System.exit(status);
  }

  static CommandLine commandLine() {
    return new CommandLine(new Waybill())
        .registerConverter(LocalDate.class, RunDate::parse)
        .setParameterExceptionHandler(
            (error, args) -> {
              CommandLine command = error.getCommandLine();
              if (args.length == 0) {
                command.usage(command.getErr());
                return CommandLine.ExitCode.USAGE;
              }
              command
                  .getErr()
                  .println(
                      "waybill: %s; see ./waybill help%s"
                          .formatted(
                              Terminal.visible(problem(error, args)), nameAfterBlank(command)));
              return CommandLine.ExitCode.USAGE;
            })
        .setExecutionExceptionHandler(
            (error, command, parsed) -> {
              if (error instanceof StandardOutput.Lost lost) {
                return outputLost(lost, command);
              }
              command.getErr().println("waybill: " + Terminal.visible(message(error)));
              return error instanceof IllegalArgumentException
                  ? CommandLine.ExitCode.USAGE
                  : FAILED;
            });
  }

  private static int outputLost(StandardOutput.Lost lost, CommandLine command) {
    if (!lost.isQuiet()) {
      command.getErr().println("waybill: " + lost.getMessage());
    }
    return OUTPUT_LOST;
  }

  private static String problem(ParameterException error, String[] args) {
    if (error.getCommandLine().getParent() == null
        && error instanceof UnmatchedArgumentException unmatched
        && unmatched.getUnmatched().get(0).equals(args[0])) {
      List<String> close = unmatched.getSuggestions();
      return "there is no command %s%s"
          .formatted(args[0], close.isEmpty() ? "" : "; did you mean " + close.get(0) + "?");
    }
    return error.getMessage();
  }

  private static String nameAfterBlank(CommandLine command) {
    return command.getParent() == null ? "" : " " + command.getCommandName();
  }

  private static String message(Throwable error) {
    if (error instanceof SdkException failedCall) {
      return AwsErrors.ofEnvironment().sentence(failedCall);
    }
    String own = error.getMessage() == null ? error.getClass().getName() : error.getMessage();
    String cause = error.getCause() == null ? null : error.getCause().getMessage();
    return cause == null || own.contains(cause) ? own : own + " (" + cause + ")";
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"waybill " + Waybill.class.getPackage().getImplementationVersion()};
    }
  }
}
