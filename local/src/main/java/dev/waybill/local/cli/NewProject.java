package dev.waybill.local.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.local.Folders;
import dev.waybill.local.Installation;
import dev.waybill.local.Json;
import dev.waybill.workflow.Jobs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The project that {@code waybill new} writes. Its workflow is the checkout's with one job, and its
 * versions are those of the checkout's POM.
 */
final class NewProject {

  /** A file to run, from the project's folder. */
  static final String SAMPLE = "sample-data/orders.csv";

  private static final String STATE = "LargeOrders";
  private static final String LAUNCHER = "waybill";

  /** It names the stack and, with more words behind it, much in AWS. */
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,27}");

  private static final Pattern TOKEN = Pattern.compile("@([a-z.-]+)@");

  /** Where each template goes. */
  private static final Map<String, String> FILES =
      Map.of("gitignore", ".gitignore", LAUNCHER, LAUNCHER, "orders.csv", SAMPLE);

  private final Installation installation;
  private final Path root;
  private final Language language;

  /**
   * Makes one.
   *
   * @param language of the job
   */
  NewProject(Installation installation, Language language) {
    this.installation = installation;
    this.root = installation.root();
    this.language = language;
  }

  /** What a job can be written in. */
  enum Language {
    JAVA(
        "src/main/java/com/example/LargeOrders.java",
        Map.of(
            "pom.xml", "pom.xml",
            "README.md", "README.md",
            "jobs.json", Jobs.FILE,
            "LargeOrders.java", "src/main/java/com/example/LargeOrders.java",
            "LargeOrdersTest.java", "src/test/java/com/example/LargeOrdersTest.java",
            "log4j2-test.properties", "src/test/resources/log4j2-test.properties")),
    PYTHON(
        "jobs/large_orders.py",
        Map.of(
            "README.md", "README.md",
            "jobs.json", Jobs.FILE,
            "large_orders.py", "jobs/large_orders.py",
            "test_large_orders.py", "tests/test_large_orders.py"));

    private final String job;
    private final Map<String, String> files;

    Language(String job, Map<String, String> files) {
      this.job = job;
      this.files = files;
    }

    /** The job, from the project's folder. */
    String job() {
      return job;
    }

    private String folder() {
      return name().toLowerCase(Locale.ROOT) + "/";
    }
  }

  /**
   * Writes it.
   *
   * @throws IllegalArgumentException where the folder has a name that can't be the project's, or
   *     has something in it
   */
  void write(Path folder) {
    Path whole = folder.toAbsolutePath().normalize();
    String name = String.valueOf(whole.getFileName());
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a project can't have the name %s: take a lower case letter, then up to 27 lower case letters, digits or hyphens"
              .formatted(name));
    }
    try {
      if (Files.exists(whole) && (!Files.isDirectory(whole) || !isEmpty(whole))) {
        throw new IllegalArgumentException(
            folder + " exists and is not empty: name a folder that is new");
      }
      Map<String, String> values = values(name);
      write(whole, "", FILES, values);
      write(whole, language.folder(), language.files, values);
      put(whole.resolve("workflow/pipeline.asl.json"), workflow());
      put(whole.resolve("cdk.json"), cdk(name));
      put(whole.resolve("package.json"), packages(name));
      if (!whole.resolve(LAUNCHER).toFile().setExecutable(true, false)) {
        throw new IOException("can't make " + whole.resolve(LAUNCHER) + " executable");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "can't write the project into %s: %s".formatted(folder, Folders.reason(e)), e);
    }
  }

  private static void write(
      Path project, String from, Map<String, String> files, Map<String, String> values)
      throws IOException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      put(project.resolve(file.getValue()), fill(template(from + file.getKey()), values));
    }
  }

  private Map<String, String> values(String name) throws IOException {
    String pom = Files.readString(root.resolve("pom.xml"));
    Map<String, String> values = new LinkedHashMap<>();
    values.put("name", name);
    values.put("root", "'" + root.toString().replace("'", "'\\''") + "'");
    values.put(
        "version", first("<artifactId>waybill</artifactId>\\s*<version>(.*?)</version>", pom));
    values.put("spark.version", installation.sparkVersion());
    values.put(
        "scala.binary.version",
        first("<scala\\.binary\\.version>(.*?)</scala\\.binary\\.version>", pom));
    values.put("junit", versionOf("junit-bom", pom));
    for (String plugin :
        List.of(
            "maven-resources-plugin",
            "maven-compiler-plugin",
            "maven-surefire-plugin",
            "maven-jar-plugin")) {
      values.put(plugin, versionOf(plugin, pom));
    }
    values.put("spark.jvm.options", String.join(" ", installation.sparkOptions()));
    return values;
  }

  private static String versionOf(String artifact, String pom) {
    return first(
        "<artifactId>%s</artifactId>\\s*<version>(.*?)</version>".formatted(artifact), pom);
  }

  private static String first(String pattern, String text) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    if (!found.find()) {
      throw new IllegalStateException("the checkout's pom.xml has no " + pattern);
    }
    return found.group(1);
  }

  private static String fill(String template, Map<String, String> values) {
    return TOKEN
        .matcher(template)
        .replaceAll(token -> Matcher.quoteReplacement(values.get(token.group(1))));
  }

  /** The states of the checkout's first job, under the new job's name. */
  private String workflow() throws IOException {
    ObjectNode workflow =
        read(
            "workflow/pipeline.asl.json",
            text -> text.replace("CleanListings", STATE).replace("failures.clean", "failures.job"));
    workflow.put("Comment", "Runs one job for each uploaded CSV object.");
    ObjectNode states = (ObjectNode) workflow.path("States");
    states.remove(
        states.properties().stream()
            .map(Map.Entry::getKey)
            .filter(state -> state.contains("ProcessListings"))
            .toList());
    ((ObjectNode) states.path(STATE)).put("Next", "Succeeded");
    ObjectNode counts = (ObjectNode) states.path("Start").path("Result");
    counts.removeAll();
    counts.putObject("job").put("count", 0);
    return Json.pretty(workflow) + "\n";
  }

  private String cdk(String name) throws IOException {
    ObjectNode cdk = read("cdk.json", text -> text);
    ((ObjectNode) cdk.path("context")).put("stackName", name);
    return Json.pretty(cdk) + "\n";
  }

  private String packages(String name) throws IOException {
    ObjectNode packages = read("package.json", text -> text);
    packages.put("name", name);
    packages.remove(List.of("license", "scripts"));
    ((ObjectNode) packages.path("devDependencies")).retain(Set.of("aws-cdk"));
    return Json.pretty(packages) + "\n";
  }

  private ObjectNode read(String file, UnaryOperator<String> change) throws IOException {
    return (ObjectNode) Json.parse(change.apply(Files.readString(root.resolve(file))));
  }

  private static String template(String name) throws IOException {
    try (InputStream in = NewProject.class.getResourceAsStream("/new/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void put(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
  }
}
