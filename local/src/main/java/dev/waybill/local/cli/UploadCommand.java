package dev.waybill.local.cli;

import dev.waybill.local.AwsClients;
import dev.waybill.local.AwsErrors;
import dev.waybill.local.Installation;
import dev.waybill.local.Json;
import dev.waybill.local.TraceHeader;
import dev.waybill.local.run.DeployedRuns;
import dev.waybill.local.run.DeployedStack;
import dev.waybill.local.run.Progress;
import dev.waybill.local.run.RunSummary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code waybill upload}. */
@Command(
    name = "upload",
    description = {
      "Puts CSV files into a deployed pipeline's bucket, each under a trace of its own, follows the executions to their end"
          + " and prints the link to each trace.",
      "",
      "Account, region and credentials are those of the AWS command line. It needs s3:PutObject and s3:GetObject on the"
          + " bucket, states:List*, states:Describe* and states:GetExecutionHistory, and xray:PutTraceSegments; with"
          + " xray:BatchGetTraces a run's cost has the Lambda function's part in it."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class UploadCommand implements Callable<Integer> {

  private static final Duration POLL = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "CSV files with Airbnb listings")
  private List<Path> files;

  @ArgGroup private Target target = new Target();

  @Mixin private OutsideTrace trace = new OutsideTrace();

  @Option(names = "--json", description = "print one JSON array on stdout, and nothing else")
  private boolean json;

  /** Which pipeline: needed only where an account and region have several. */
  private static final class Target {
    @Option(names = "--bucket", paramLabel = "NAME", description = "the pipeline's bucket")
    private String bucket;

    @Option(
        names = "--stack",
        paramLabel = "NAME",
        description = "the pipeline's CloudFormation stack")
    private String stack;
  }

  @Override
  public Integer call() throws InterruptedException {
    InputFiles.check(files);
    TraceHeader outside = trace.of(files);
    Progress progress = new Progress(System.err, json);
    List<RunSummary> summaries;
    AwsErrors errors = AwsErrors.ofEnvironment();
    errors.requireRegion();
    try (AwsClients aws = AwsClients.ofEnvironment()) {
      DeployedStack stack = DeployedStack.find(aws, errors, target.stack, target.bucket);
      List<String> outputs = Installation.ofLauncher().project().jobs().outputs();
      summaries =
          new DeployedRuns(aws, errors, stack, progress, POLL, PATIENCE, outputs)
              .run(files, outside);
    }
    spec.commandLine().getOut().println(json ? Json.pretty(summaries) : SummaryTable.of(summaries));
    return summaries.stream().allMatch(RunSummary::succeeded) ? Waybill.SUCCEEDED : Waybill.FAILED;
  }
}
