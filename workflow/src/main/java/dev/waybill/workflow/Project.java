package dev.waybill.workflow;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A pipeline's files: of the checkout's own pipeline, or of a project that {@code ./waybill new}
 * made. The deployment and local runs take the same.
 *
 * @param root Waybill's checkout
 * @param folder has the pipeline's jobs and {@code workflow/}: the checkout, or the project
 */
public record Project(Path root, Path folder) {

  /** The memory of the Lambda function, in MiB. */
  public static final int FUNCTION_MEBIBYTES = 1024;

  /** The workflow's definition. */
  public Path workflow() {
    return folder.resolve("workflow/pipeline.asl.json");
  }

  /**
   * The pipeline's jobs.
   *
   * @throws IllegalArgumentException where {@code workflow/jobs.json} is missing or wrong
   */
  public Jobs jobs() {
    return Jobs.of(folder);
  }

  /**
   * The tables that its data sets are.
   *
   * @throws IllegalArgumentException where {@code workflow/tables.json} is wrong
   */
  public Tables tables() {
    return Tables.of(folder);
  }

  public Path lambdaJar() {
    return root.resolve("lambda-trigger/target/lambda-trigger-deployable.jar");
  }

  /** What a job's JVM has besides Spark; a project whose jobs are all scripts has no jar. */
  public List<Path> jobJars() {
    if (folder.equals(root)) {
      return List.of(root.resolve("glue-jobs/target/glue-jobs-deployable.jar"));
    }
    return jobs().jobs().stream().anyMatch(job -> job.mainClass() != null)
        ? List.of(folder.resolve("target/jobs.jar"), tracingJar())
        : List.of(tracingJar());
  }

  /**
   * A job's Python script.
   *
   * @throws IllegalArgumentException where it is missing
   */
  public Path script(Job job) {
    Path script = folder.resolve(job.script());
    if (!Files.isRegularFile(script)) {
      throw new IllegalArgumentException(
          "%s names the script %s for the job %s, and there is no file %s"
              .formatted(Jobs.FILE, job.script(), job.name(), script));
    }
    return script;
  }

  /** The library as it is published: for a job that is not built in the checkout. */
  public Path tracingJar() {
    return root.resolve("glue-tracing/target/published/glue-tracing.jar");
  }

  /** The library's module for Python jobs. */
  public Path pythonModule() {
    return root.resolve("glue-tracing/python/waybill_tracing.py");
  }
}
