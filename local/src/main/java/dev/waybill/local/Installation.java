package dev.waybill.local;

import dev.waybill.workflow.Project;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the build left what the stand-ins start.
 *
 * @param root Waybill's checkout
 * @param project whose pipeline is run
 */
public record Installation(Path root, Project project) {

  private static final String ROOT = "waybill.root";
  private static final String PROJECT = "waybill.project";

  /** The folder in which the launcher has archives made. */
  private static final String RECORD = "waybill.cds.record";

  /** Of the checkout's own pipeline. */
  public Installation(Path root) {
    this(root, new Project(root, root));
  }

  /** The one that the launcher names in the system properties. */
  public static Installation ofLauncher() {
    String root = System.getProperty(ROOT);
    if (root == null) {
      throw new IllegalStateException(
          "start it by ./waybill: system property " + ROOT + " is missing");
    }
    Path checkout = Path.of(root);
    return new Installation(
        checkout, new Project(checkout, Path.of(System.getProperty(PROJECT, root))));
  }

  /** Class path of the Lambda's JVM: the deployable, and the stand-in for the runtime around it. */
  public String lambdaClassPath() {
    Stream<Path> runtime =
        Stream.of(line("local/target/classpath/launcher.txt").split(File.pathSeparator))
            .filter(jar -> jar.contains("aws-lambda-java-serialization"))
            .map(Path::of);
    return join(Stream.concat(Stream.of(project.lambdaJar(), localJar()), runtime));
  }

  /** Class path of a job's JVM: what is deployed, Spark as Glue has it, and the stand-in. */
  public String jobClassPath() {
    return deployedClassPath() + File.pathSeparator + line("glue-jobs/target/classpath/spark.txt");
  }

  /** The same without Spark. */
  public String deployedClassPath() {
    return join(Stream.concat(project.jobJars().stream(), Stream.of(localJar())));
  }

  /** What Spark's JVM needs on Java 17; the parent pom has the list. */
  public List<String> sparkOptions() {
    return List.of(sparkProperty("options").split("\\s+"));
  }

  /** The version of Spark that Glue has. */
  public String sparkVersion() {
    return sparkProperty("version");
  }

  private static String sparkProperty(String name) {
    Properties properties = new Properties();
    try (var in = Installation.class.getResourceAsStream("/spark-jvm.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty(name).strip();
  }

  /**
   * Options that start a JVM from its class-data archive, which takes a third off its start; or
   * that make the archive, while the build trains them.
   *
   * @param name of the JVM's kind, for example {@code clean-listings}
   */
  public List<String> archiveOptions(String name) {
    String recorded = System.getProperty(RECORD);
    if (recorded != null) {
      return List.of(
          "-XX:ArchiveClassesAtExit=" + Path.of(recorded, name + ".jsa"), "-Xlog:disable");
    }
    Path archive = root.resolve("local/target/cds").resolve(name + ".jsa");
    return Files.exists(archive)
        ? List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:auto", "-Xlog:disable")
        : List.of();
  }

  public static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private Path localJar() {
    return root.resolve("local/target/local.jar");
  }

  private static String join(Stream<Path> paths) {
    return paths.map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  private String line(String file) {
    try (Stream<String> lines = Files.lines(root.resolve(file))) {
      return lines.findFirst().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException("the build left no " + file + "; run ./waybill help", e);
    }
  }
}
