package dev.waybill.infra;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files of the checkout that are deployed.
 *
 * @param root the checkout
 */
public record Artifacts(Path root) {

  Path lambdaJar() {
    return built("lambda-trigger/target/lambda-trigger-deployable.jar");
  }

  Path jobsJar() {
    return built("glue-jobs/target/glue-jobs-deployable.jar");
  }

  /** Glue asks for a script even where {@code --class} names a class of a jar. */
  Path placeholderScript() {
    return root.resolve("infra/src/main/glue/placeholder.scala");
  }

  String workflow() {
    return text("workflow/pipeline.asl.json");
  }

  /** A file of {@code collector-config}. */
  String collectorConfig(String file) {
    return text("collector-config/" + file);
  }

  private String text(String file) {
    try {
      return Files.readString(root.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException("can't read " + root.resolve(file), e);
    }
  }

  private Path built(String file) {
    Path path = root.resolve(file);
    if (!Files.exists(path)) {
      throw new IllegalArgumentException(path + " is missing: build it, by ./waybill help");
    }
    return path;
  }
}
