package dev.waybill.infra;

import dev.waybill.workflow.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The files that are deployed. */
public record Artifacts(Project project) {

  Path lambdaJar() {
    return built(project.lambdaJar());
  }

  /** What a job's JVM has besides Spark. */
  List<Path> jobJars() {
    return project.jobJars().stream().map(Artifacts::built).toList();
  }

  /** Glue asks for a script even where {@code --class} names a class of a jar. */
  Path placeholderScript() {
    return project.root().resolve("infra/src/main/glue/placeholder.scala");
  }

  String workflow() {
    return text(project.workflow());
  }

  /** A file of {@code collector-config}. */
  String collectorConfig(String file) {
    return text(project.root().resolve("collector-config").resolve(file));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("can't read " + file, e);
    }
  }

  private static Path built(Path file) {
    if (!Files.exists(file)) {
      throw new IllegalArgumentException(file + " is missing: build it, by ./waybill help");
    }
    return file;
  }
}
