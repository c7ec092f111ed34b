package dev.waybill.gluetracing.internal.otlp;

import dev.waybill.gluetracing.internal.trace.Deadline;
import dev.waybill.gluetracing.internal.trace.ErrorText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/**
 * Where a job leaves the telemetry that its collector did not take: the disk of a Glue worker is
 * gone with the job.
 *
 * @param uri a folder of any file system that Hadoop knows, the job run's own
 */
public record TelemetryFolder(String uri, Configuration hadoop) {

  /** The longest that a job is held up by the copying. */
  private static final Duration BOUND = Duration.ofSeconds(3);

  /**
   * Takes a folder's files, and removes them there.
   *
   * @return where they are now, in words
   */
  String take(Path folder, Deadline deadline) {
    try {
      return deadline
          .call("waybill-telemetry-copy", BOUND, () -> copy(folder))
          .orElseGet(
              () ->
                  "%s (and not whole in %s, where copying did not end in time)"
                      .formatted(folder, uri));
    } catch (ExecutionException e) {
      return "%s (not in %s: %s)".formatted(folder, uri, ErrorText.of(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return folder.toString();
    }
  }

  private String copy(Path folder) throws IOException {
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
    return uri;
  }
}
