package dev.waybill.gluetracing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/**
 * Where a job leaves the telemetry that its collector did not take: the disk of a Glue worker is
 * gone with the job.
 *
 * @param uri a folder of any file system that Hadoop knows, the job run's own
 */
record TelemetryFolder(String uri, Configuration hadoop) {

  /** The longest that a job is held up by the copying. */
  static final Duration BOUND = Duration.ofSeconds(3);

  /**
   * The folder of a job run below the one that the job was given, or empty where it was given none.
   */
  static Optional<TelemetryFolder> of(JobArguments arguments, String jobRun, Configuration hadoop) {
    return arguments
        .find(TracedJob.TELEMETRY_FOLDER)
        .map(folder -> new TelemetryFolder(folder + "/" + jobRun, hadoop));
  }

  /**
   * Takes a folder's files, and removes them there.
   *
   * @return where they are now, in words
   */
  String take(Path folder) {
    FutureTask<Void> copying =
        new FutureTask<>(
            () -> {
              copy(folder);
              return null;
            });
    Thread thread = new Thread(copying, "waybill-telemetry-copy");
    thread.setDaemon(true);
    thread.start();
    try {
      copying.get(BOUND.toMillis(), TimeUnit.MILLISECONDS);
      return uri;
    } catch (ExecutionException e) {
      return "%s (not in %s: %s)".formatted(folder, uri, ErrorText.of(e.getCause()));
    } catch (TimeoutException e) {
      return "%s (and not whole in %s: no end of copying within %d s)"
          .formatted(folder, uri, BOUND.toSeconds());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return folder.toString();
    }
  }

  private void copy(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.list(folder)) {
      files = found.toList();
    }
    for (Path file : files) {
      var target = new org.apache.hadoop.fs.Path(uri, file.getFileName().toString());
      try (InputStream in = Files.newInputStream(file);
          OutputStream out = target.getFileSystem(hadoop).create(target, true)) {
        in.transferTo(out);
      }
    }
    for (Path file : files) {
      Files.delete(file);
    }
    Files.delete(folder);
  }
}
