package dev.waybill.local.cli;

import dev.waybill.lambdatrigger.PipelineInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The files that a user names. */
final class InputFiles {

  private InputFiles() {}

  /**
   * Checks that each can be sent.
   *
   * @throws IllegalArgumentException naming the first file that can't
   */
  static void check(List<Path> files) {
    Map<Path, Path> names = new HashMap<>();
    for (Path file : files) {
      if (!Files.exists(file)) {
        throw new IllegalArgumentException("no such file: " + file);
      }
      if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
        throw new IllegalArgumentException("not a file that can be read: " + file);
      }
      if (!PipelineInput.takes(PipelineInput.FOLDER + file.getFileName())) {
        throw new IllegalArgumentException(
            "the pipeline takes files that end in .csv, and this one does not: " + file);
      }
      Path same = names.putIfAbsent(file.getFileName(), file);
      if (same != null) {
        throw new IllegalArgumentException(
            "two files would become the same object %s%s: %s and %s; run them one after the other, or rename one"
                .formatted(PipelineInput.FOLDER, file.getFileName(), same, file));
      }
    }
  }
}
