package dev.waybill.local.cli;

import dev.waybill.local.AwsClients;
import dev.waybill.local.AwsErrors;
import dev.waybill.local.Ids;
import dev.waybill.local.Installation;
import dev.waybill.local.Json;
import dev.waybill.local.Terminal;
import dev.waybill.local.run.DeployedRuns;
import dev.waybill.local.run.DeployedStack;
import dev.waybill.local.run.Progress;
import dev.waybill.local.verify.Check;
import dev.waybill.local.verify.Verification;
import dev.waybill.local.verify.WatchingClients;
import dev.waybill.workflow.Jobs;
import dev.waybill.workflow.Project;
import dev.waybill.workflow.StackNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code waybill verify}. */
@Command(
    name = "verify",
    description = {
      "Checks a deployed pipeline: uploads a sample, follows its run, looks at the outputs, the trace in X-Ray, the logs,"
          + " metrics and alarms, and says what holds and what does not. Then it removes the sample and the run's outputs,"
          + " all versions of them.",
      "",
      "Account, region and credentials are those of the AWS command line. Besides what upload needs, it needs s3:ListBucket,"
          + " s3:ListBucketVersions and s3:DeleteObjectVersion on the bucket, glue:BatchDeletePartition, xray:BatchGetTraces, logs:DescribeLogGroups,"
          + " logs:FilterLogEvents, cloudwatch:GetMetricStatistics and cloudwatch:DescribeAlarms. The run costs a few cents."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class VerifyCommand implements Callable<Integer> {

  private static final Duration POLL = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Spec private CommandSpec spec;

  @Option(
      names = "--stack",
      paramLabel = "NAME",
      required = true,
      description = "the pipeline's CloudFormation stack")
  private String name;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "what to upload (default: the file in sample-data/)")
  private Path file;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description = "how long telemetry may take to arrive after the run's end (default: 300)")
  private int wait;

  @Option(names = "--json", description = "print one JSON array on stdout, and nothing else")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if (wait < 0) {
      throw new IllegalArgumentException(
          "--wait is %d; it must be a number of seconds, 0 or more".formatted(wait));
    }
    Project project = Installation.ofLauncher().project();
    Jobs jobs = project.jobs();
    Path sample = file == null ? sample(project) : file;
    InputFiles.check(List.of(sample));
    AwsErrors errors = AwsErrors.ofEnvironment();
    errors.requireRegion();
    Progress progress = new Progress(System.err, json);
    List<Check> checks;
    try (AwsClients aws = AwsClients.ofEnvironment();
        WatchingClients watching = WatchingClients.ofEnvironment()) {
      DeployedStack stack = DeployedStack.find(aws, errors, name, null);
      DeployedRuns runs =
          new DeployedRuns(aws, errors, stack, progress, POLL, PATIENCE, jobs.outputs());
      checks =
          new Verification(
                  aws,
                  watching,
                  errors,
                  stack,
                  new StackNames(name),
                  jobs,
                  POLL,
                  Duration.ofSeconds(wait))
              .verify(sample, "waybill-verify-%s.csv".formatted(Ids.segmentId()), runs);
    }
    spec.commandLine().getOut().println(json ? Json.pretty(checks) : table(checks));
    return checks.stream().allMatch(Check::holds) ? Waybill.SUCCEEDED : Waybill.FAILED;
  }

  private static String table(List<Check> checks) {
    long held = checks.stream().filter(Check::holds).count();
    String rows =
        checks.stream()
            .map(
                check ->
                    "  %-6s  %s: %s%s"
                        .formatted(
                            check.holds() ? "holds" : "FAILS",
                            check.what(),
                            check.found(),
                            check.next() == null ? "" : "\n          " + check.next()))
            .collect(Collectors.joining("\n"));
    return Terminal.visible(
        "\n%s\n\n  %d of %d hold%s"
            .formatted(
                rows,
                held,
                checks.size(),
                held == checks.size() ? "" : "; what fails says what to do"));
  }

  private static Path sample(Project project) {
    Path folder = project.folder().resolve("sample-data");
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(each -> each.toString().endsWith(".csv"))
          .sorted()
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException(noSample(folder)));
    } catch (IOException e) {
      throw new IllegalArgumentException(noSample(folder));
    }
  }

  private static String noSample(Path folder) {
    return "there is no CSV file in %s: name one with --file".formatted(folder);
  }
}
