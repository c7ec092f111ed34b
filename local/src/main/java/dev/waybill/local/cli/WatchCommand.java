package dev.waybill.local.cli;

import dev.waybill.local.Installation;
import dev.waybill.local.LocalCloud;
import dev.waybill.local.run.LocalWatch;
import dev.waybill.local.run.Progress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waybill watch}. */
@Command(
    name = "watch",
    description = {
      "Serves the local bucket until it is stopped (Ctrl-C): a CSV file that is dropped into DIR/bucket/input/ runs, as one"
          + " does that is uploaded on AWS.",
      "",
      "Files that are there already are left alone."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class WatchCommand implements Callable<Integer> {

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "out",
      description = "where results go (default: out)")
  private Path out;

  @Option(
      names = "--otlp-endpoint",
      paramLabel = "URL",
      defaultValue = "${env:OTEL_EXPORTER_OTLP_ENDPOINT}",
      description =
          "pass telemetry on to this collector, for example http://localhost:4318"
              + " (default: $OTEL_EXPORTER_OTLP_ENDPOINT)")
  private String otlpEndpoint;

  @Override
  public Integer call() throws InterruptedException {
    Progress progress = new Progress(System.err, false);
    try (LocalCloud cloud =
        new LocalCloud(
            Installation.ofLauncher(), out, otlpEndpoint, Clock.systemUTC(), progress::warn)) {
      Waybill.stopOnExit(cloud::close);
      System.err.println("waybill: drop CSV files into " + cloud.bucketFolder().resolve("input"));
      System.err.println(
          "waybill: or put them by S3: bucket %s at %s"
              .formatted(LocalCloud.BUCKET, cloud.s3Url()));
      new LocalWatch(cloud, progress)
          .serve(summary -> System.out.println(SummaryTable.of(java.util.List.of(summary))));
    }
    return Waybill.SUCCEEDED;
  }
}
