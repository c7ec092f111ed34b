package dev.waybill.local.cli;

import dev.waybill.gluetracing.OtlpEndpoint;
import dev.waybill.local.collector.Replay;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code waybill replay}. */
@Command(
    name = "replay",
    description = {
      "Sends telemetry that a collector did not take, once it does: what a job left in its bucket or on its disk, or a"
          + " run's folder.",
      "",
      "What this collector took before is not sent to it again. From a bucket, get it first:"
          + " aws s3 cp --recursive s3://BUCKET/runs/run=RUN_ID/telemetry DIR"
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ReplayCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PATH",
      description = "traces.jsonl, metrics.jsonl or logs.jsonl, or a folder with such files")
  private Path path;

  @Option(
      names = BackendOptions.OTLP_OPTION,
      paramLabel = "URL",
      required = true,
      description = "the collector to send it to, for example http://localhost:4318")
  private String otlpEndpoint;

  @Override
  public Integer call() throws InterruptedException {
    OtlpEndpoint collector = OtlpEndpoint.parse(BackendOptions.OTLP_OPTION, otlpEndpoint);
    Replay.Sent sent = new Replay(collector).send(path);
    spec.commandLine()
        .getOut()
        .printf(
            "sent %d requests of %d files to %s; %d had been sent before%n",
            sent.now(), sent.files(), collector, sent.before());
    return Waybill.SUCCEEDED;
  }
}
