package dev.waybill.local.glue;

import dev.waybill.local.Installation;
import dev.waybill.workflow.Job;
import dev.waybill.workflow.Jobs;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The PySpark of this machine, which runs jobs that are Python scripts: in the JVM that a job has
 * anyway, whose Spark is then PySpark's own.
 *
 * @param python the program
 * @param home PySpark's package
 */
public record PythonSpark(String python, Path home) {

  /** Spark's main class for scripts. */
  public static final String RUNNER = "org.apache.spark.deploy.PythonRunner";

  private static final String VARIABLE = "PYSPARK_PYTHON";
  private static final String SCRIPT_FAILED = "SparkUserAppException";
  private static final String TRACEBACK = "Traceback (most recent call last):";

  /** Prints the version, then the package's folder. */
  private static final String LOOK =
      "import pyspark, os; print(pyspark.__version__); print(os.path.dirname(pyspark.__file__))";

  /**
   * Finds it, where a job needs it.
   *
   * @return null where no job is a script
   * @throws IllegalArgumentException where it is missing or of another version than Glue's Spark
   */
  public static PythonSpark of(Installation installation, Jobs jobs) {
    List<Job> scripts = jobs.jobs().stream().filter(job -> job.script() != null).toList();
    if (scripts.isEmpty()) {
      return null;
    }
    scripts.forEach(installation.project()::script);
    String named = System.getenv(VARIABLE);
    String python = named == null || named.isBlank() ? "python3" : named;
    List<String> found = look(python);
    String version = installation.sparkVersion();
    if (found.size() != 2 || !found.get(0).equals(version)) {
      throw new IllegalArgumentException(
          "the job %s is a Python script, and %s has %s: pip install pyspark==%s, and name that Python in %s"
              .formatted(
                  scripts.get(0).name(),
                  python,
                  found.size() == 2 ? "PySpark " + found.get(0) : "no PySpark",
                  version,
                  VARIABLE));
    }
    return new PythonSpark(python, Path.of(found.get(1)));
  }

  /** What {@link #RUNNER} is given before a script's arguments. */
  public static List<String> words(Installation installation, Job job) {
    return List.of(
        installation.project().script(job).toString(),
        installation.project().pythonModule().toString());
  }

  String classPath(Installation installation) {
    return installation.deployedClassPath() + File.pathSeparator + home.resolve("jars") + "/*";
  }

  List<String> options() {
    return List.of("-Dspark.pyspark.python=" + python, "-Dspark.pyspark.driver.python=" + python);
  }

  /** What a script failed with, by its log, in the words of Python; else the error of the JVM. */
  static String error(String error, Path log) {
    return error.contains(SCRIPT_FAILED) ? lastError(log).orElse(error) : error;
  }

  private static Optional<String> lastError(Path log) {
    try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      String last = null;
      boolean inTraceback = false;
      for (String line : (Iterable<String>) lines::iterator) {
        if (line.equals(TRACEBACK)) {
          inTraceback = true;
        } else if (inTraceback && !line.isBlank() && !line.startsWith(" ")) {
          inTraceback = false;
          last = new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        }
      }
      return Optional.ofNullable(last);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> look(String python) {
    try {
      Process process =
          new ProcessBuilder(python, "-c", LOOK)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? said.lines().toList() : List.of();
    } catch (IOException notThere) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }
}
