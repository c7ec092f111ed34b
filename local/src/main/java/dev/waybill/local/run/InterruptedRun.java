package dev.waybill.local.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A run that was stopped before its end, and whose file did not run again yet.
 *
 * @param key the file's in the bucket, for example {@code input/x.csv}
 */
public record InterruptedRun(String runId, String key, Path note) {

  /** It needs not be run again any more. */
  void forget() {
    try {
      Files.deleteIfExists(note);
    } catch (IOException e) {
      throw new UncheckedIOException("can't remove " + note, e);
    }
  }
}
