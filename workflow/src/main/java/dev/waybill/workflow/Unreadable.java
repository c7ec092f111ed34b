package dev.waybill.workflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Path;

/** Why a file of a project can't be read, for who wrote it. */
final class Unreadable {

  private Unreadable() {}

  static IllegalArgumentException of(Path file, IOException problem) {
    return new IllegalArgumentException(
        problem instanceof JsonProcessingException json
            ? "%s can't be read, line %d: %s"
                .formatted(
                    file,
                    json.getLocation() == null ? 1 : json.getLocation().getLineNr(),
                    json.getOriginalMessage())
            : "%s can't be read: %s".formatted(file, problem.getMessage()));
  }
}
