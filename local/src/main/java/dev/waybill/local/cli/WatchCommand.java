package dev.waybill.local.cli;

import dev.waybill.local.CleaningSettings;
import dev.waybill.local.HostPort;
import dev.waybill.local.Installation;
import dev.waybill.local.Keys;
import dev.waybill.local.LocalCloud;
import dev.waybill.local.collector.Backend;
import dev.waybill.local.run.LocalWatch;
import dev.waybill.local.run.OutFolder;
import dev.waybill.local.run.Progress;
import dev.waybill.local.run.RunSummary;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code waybill watch}. */
@Command(
    name = "watch",
    description = {
      "Serves the local bucket until it is stopped (Ctrl-C): a CSV file that is dropped into DIR/bucket/input/ runs, as one"
          + " does that is uploaded on AWS.",
      "",
      "Files that are there already are left alone, but with --resume those whose runs were interrupted."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class WatchCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "out",
      description = "where results go (default: out)")
  private Path out;

  @Option(
      names = "--s3-address",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:0",
      description =
          "where the bucket's S3 API listens (default: 127.0.0.1:0, a free port of this machine only);"
              + " requests must be signed with the keys in $"
              + Keys.ID_VARIABLE
              + " and $"
              + Keys.SECRET_VARIABLE
              + ", or with those that are printed")
  private String s3Address;

  @Option(
      names = "--resume",
      description = "run the files again whose runs were interrupted, by Ctrl-C or a crash")
  private boolean resume;

  @Mixin private UnreadableOptions unreadable = new UnreadableOptions();

  @Mixin private BackendOptions backend = new BackendOptions();

  @Override
  public Integer call() throws InterruptedException {
    Progress progress = new Progress(System.err, false);
    CleaningSettings cleaning = unreadable.settings();
    Backend collector = backend.backend(progress::warn);
    InetSocketAddress address = HostPort.parse("--s3-address", s3Address).address();
    Keys keys = Keys.of(System.getenv());
    try (OutFolder folder = OutFolder.alone(out, progress::warn);
        LocalCloud cloud =
            new LocalCloud(
                Installation.ofLauncher(),
                out,
                address,
                keys,
                collector,
                Clock.systemUTC(),
                progress::warn,
                cleaning,
                Map.of());
        Shutdown shutdown = Shutdown.onSignal(cloud::stop)) {
      // It watches before it says so: a file that comes upon these words must run.
      LocalWatch watch = new LocalWatch(cloud, progress);
      System.err.println("waybill: drop CSV files into " + cloud.bucketFolder().resolve("input"));
      System.err.println(
          "waybill: or put them by S3: bucket %s at %s, access key id %s, secret access key %s"
              .formatted(LocalCloud.BUCKET, cloud.s3Url(), keys.id(), shown(keys)));
      if (resume) {
        folder.interrupted().forEach(watch::resume);
      }
      watch.serve(this::print);
    }
    return Waybill.SUCCEEDED;
  }

  private synchronized void print(RunSummary summary) {
    spec.commandLine().getOut().println(SummaryTable.of(List.of(summary)));
  }

  /** Whoever chose the secret knows it, and others may see what is printed. */
  private static String shown(Keys keys) {
    return keys.secret().equals(System.getenv(Keys.SECRET_VARIABLE))
        ? "as in $" + Keys.SECRET_VARIABLE
        : keys.secret();
  }
}
