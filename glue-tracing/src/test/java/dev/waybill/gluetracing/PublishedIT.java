package dev.waybill.gluetracing;

import static dev.waybill.gluetracing.TestCollector.attribute;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.gluetracing.internal.trace.WaybillAttributes;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is published, as a project takes it that knows nothing of this one. */
class PublishedIT {

  private static final Path ROOT = Path.of(System.getProperty("waybill.root"));
  private static final Path TARGET = ROOT.resolve("glue-tracing/target");
  private static final String VERSION = System.getProperty("waybill.version");
  private static final Pattern TOKEN = Pattern.compile("@([a-z-]+)@");

  @TempDir private Path folder;

  @Test
  void anotherProjectBuildsWithItAndTracesItsJob() throws Exception {
    Path project = consumer();
    Path repository = repository();

    String built = run(project, "mvn", "-B", "-o", "-Dmaven.repo.local=" + repository, "package");
    assertThat(built).contains("BUILD SUCCESS");

    Path jar =
        repository.resolve("dev/waybill/glue-tracing/%s/glue-tracing-%<s.jar".formatted(VERSION));
    try (TestCollector collector = TestCollector.healthy()) {
      JobProcess job =
          JobProcess.start(
              Stream.of(project.resolve("target/shop-1.jar"), jar)
                  .map(Path::toString)
                  .collect(
                      Collectors.joining(File.pathSeparator, "", File.pathSeparator + spark())),
              "com.example.shop.LargeOrders",
              List.of(),
              "--otlp_endpoint",
              collector.url());

      assertThat(job.await()).as("%s", job.lines()).isZero();
      assertThat(
              attribute(
                  collector.span("filter large orders").getAttributesList(),
                  WaybillAttributes.STEP_ROWS_OUT.getKey()))
          .isEqualTo("39");
      assertThat(collector.metrics()).isNotEmpty();
      assertThat(String.join("\n", job.lines())).doesNotContain("telemetry of this job");
    }
  }

  @Test
  void theJarHasNothingThatCouldBeTakenForAnothers() throws IOException {
    try (ZipFile jar = new ZipFile(TARGET.resolve("published/glue-tracing.jar").toFile())) {
      List<String> names = jar.stream().map(ZipEntry::getName).toList();

      assertThat(names)
          .filteredOn(name -> !name.endsWith("/") && !name.startsWith("META-INF/"))
          .allSatisfy(name -> assertThat(name).startsWith("dev/waybill/"));
      assertThat(names)
          .filteredOn(name -> name.startsWith("META-INF/services/") && !name.endsWith("/"))
          .allSatisfy(name -> assertThat(name).startsWith("META-INF/services/dev.waybill."));
      assertThat(names).contains("META-INF/LICENSE", "META-INF/NOTICE");
    }
  }

  @Test
  void thePomStandsAloneAndSaysWhatCentralAsksFor() throws IOException {
    Path published = TARGET.resolve("repository/dev/waybill/glue-tracing").resolve(VERSION);

    assertThat(published.resolve("glue-tracing-%s.pom".formatted(VERSION)))
        .content()
        .doesNotContain("<parent>", "<dependency>", "${")
        .contains("<name>", "<description>", "<url>", "<license>", "<developer>", "<scm>");
    assertThat(published.resolve("glue-tracing-%s-sources.jar".formatted(VERSION)))
        .isNotEmptyFile();
    try (ZipFile javadoc =
        new ZipFile(published.resolve("glue-tracing-%s-javadoc.jar".formatted(VERSION)).toFile())) {
      assertThat(javadoc.getEntry("dev/waybill/gluetracing/TracedJob.html")).isNotNull();
      assertThat(javadoc.stream().map(ZipEntry::getName))
          .noneMatch(name -> name.contains("/internal/"));
    }
  }

  /** The project, with the versions that this one builds with. */
  private Path consumer() throws IOException {
    Path project = folder.resolve("shop");
    Path source = ROOT.resolve("glue-tracing/src/test/resources/consumer");
    String root = Files.readString(ROOT.resolve("pom.xml"));
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = project.resolve(source.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.writeString(
            copy,
            TOKEN
                .matcher(Files.readString(file))
                .replaceAll(token -> Matcher.quoteReplacement(value(token.group(1), root))));
      }
    }
    return project;
  }

  private static String value(String token, String root) {
    return switch (token) {
      case "glue-tracing" -> VERSION;
      case "spark" -> first("<spark.version>(.*)</spark.version>", root);
      default -> first("<artifactId>" + token + "</artifactId>\\s*<version>(.*)</version>", root);
    };
  }

  private static String first(String pattern, String text) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    assertThat(found.find()).as(pattern).isTrue();
    return found.group(1);
  }

  /**
   * Maven's local repository, but for what is ours: that is as it is published, and nothing of it
   * is put where other builds look.
   */
  private Path repository() throws IOException {
    Path whole = Path.of(System.getProperty("waybill.maven.repository"));
    Path mine = Files.createDirectory(folder.resolve("repository"));
    link(whole, mine, "dev");
    Files.createDirectory(mine.resolve("dev"));
    if (Files.isDirectory(whole.resolve("dev"))) {
      link(whole.resolve("dev"), mine.resolve("dev"), "waybill");
    }
    Files.createSymbolicLink(mine.resolve("dev/waybill"), TARGET.resolve("repository/dev/waybill"));
    return mine;
  }

  private static void link(Path from, Path to, String except) throws IOException {
    try (Stream<Path> entries = Files.list(from)) {
      for (Path entry : entries.toList()) {
        if (!entry.getFileName().toString().equals(except)) {
          Files.createSymbolicLink(to.resolve(entry.getFileName()), entry);
        }
      }
    }
  }

  /** The class path's jars that Glue has, too. */
  private static String spark() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> entry.endsWith(".jar"))
        .filter(entry -> !entry.contains("opentelemetry") && !entry.contains("awssdk"))
        .filter(entry -> !entry.contains("glue-tracing"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String run(Path folder, String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }
}
