package dev.waybill.infra;

import dev.waybill.workflow.Job;
import dev.waybill.workflow.Jobs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The files that are deployed.
 *
 * @param root Waybill's checkout
 * @param project the folder that has the pipeline's jobs and {@code workflow/}: the checkout, or
 *     what {@code ./waybill new} made
 */
public record Artifacts(Path root, Path project) {

  /** Of the checkout's own pipeline. */
  Artifacts(Path root) {
    this(root, root);
  }

  Path lambdaJar() {
    return built(root, "lambda-trigger/target/lambda-trigger-deployable.jar");
  }

  /** What a job's JVM has besides Spark. */
  List<Path> jobJars() {
    if (project.equals(root)) {
      return List.of(built(root, "glue-jobs/target/glue-jobs-deployable.jar"));
    }
    Path library = built(root, "glue-tracing/target/published/glue-tracing.jar");
    boolean hasClass = jobs().jobs().stream().anyMatch(job -> job.mainClass() != null);
    return hasClass ? List.of(built(project, "target/jobs.jar"), library) : List.of(library);
  }

  /** A job's Python script. */
  Path script(Job job) {
    Path script = project.resolve(job.script());
    if (!Files.isRegularFile(script)) {
      throw new IllegalArgumentException(
          "%s names the script %s for the job %s, and %s is no file"
              .formatted(Jobs.FILE, job.script(), job.name(), script));
    }
    return script;
  }

  /** What Python jobs import. */
  Path pythonModule() {
    return root.resolve("glue-tracing/python/waybill_tracing.py");
  }

  /** The pipeline's jobs. */
  Jobs jobs() {
    return Jobs.of(project);
  }

  /** Glue asks for a script even where {@code --class} names a class of a jar. */
  Path placeholderScript() {
    return root.resolve("infra/src/main/glue/placeholder.scala");
  }

  String workflow() {
    return text(project, "workflow/pipeline.asl.json");
  }

  /** A file of {@code collector-config}. */
  String collectorConfig(String file) {
    return text(root, "collector-config/" + file);
  }

  private static String text(Path folder, String file) {
    try {
      return Files.readString(folder.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException("can't read " + folder.resolve(file), e);
    }
  }

  private static Path built(Path folder, String file) {
    Path path = folder.resolve(file);
    if (!Files.exists(path)) {
      throw new IllegalArgumentException(path + " is missing: build it, by ./waybill help");
    }
    return path;
  }
}
