package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * That everything which ships, which tests need or which {@code .ci} builds has a licence that
 * anyone can take: by each Java module's bill of materials, npm's locks, and the bills that {@code
 * .ci/bom} makes of Go programs and Python packages.
 *
 * @see <a href="https://cyclonedx.org/docs/1.6/json/">CycloneDX</a>
 * @see <a href="https://spdx.org/licenses/">SPDX's identifiers</a>
 */
class LicencesIT {

  private static final Path ROOT = Deployment.ROOT;
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Set<String> PERMISSIVE =
      Set.of(
          "0BSD",
          "Apache-1.1",
          "Apache-2.0",
          "BSD-2-Clause",
          "BSD-3-Clause",
          "CC0-1.0",
          "CNRI-Python",
          "ISC",
          "MIT",
          "MIT-0",
          "PSF-2.0",
          "Python-2.0",
          "Unicode-3.0",
          "Unlicense",
          "Zlib");

  /** What their poms do not say, or say wrong, and their jars do. */
  private static final Map<String, String> READ_BY_HAND =
      Map.of(
          "org.apache.datasketches:datasketches-memory", "Apache-2.0",
          "org.apache.xbean:xbean-asm9-shaded", "Apache-2.0",
          "oro:oro", "Apache-1.1",
          "com.thoughtworks.paranamer:paranamer", "BSD-3-Clause");

  /**
   * Parts whose licence asks that a change to their own files be published, and no more. All are
   * taken as they are: by tests and what {@code .ci} builds for them, or as what Spark brings,
   * which Glue provides.
   */
  private static final Map<String, String> TAKEN_UNCHANGED =
      Map.of(
          "org\\.junit\\..*|net\\.jqwik:.*", "EPL-2.0",
          "jakarta\\..*", "EPL-2.0",
          "javax\\.(annotation|servlet):.*", "(CDDL-1.0 OR GPL-2.0-with-classpath-exception)",
          "go:github\\.com/hashicorp/.*", "MPL-2.0",
          "python:certifi", "MPL-2.0",
          "python:tqdm", "MPL-2.0 AND MIT");

  /** A part of what is built. */
  private record Part(String name, String version, Set<String> licences) {

    /** The licence that it is taken under: of several any may be, but where AND joins them. */
    Optional<String> taken() {
      return TAKEN_UNCHANGED.entrySet().stream()
          .filter(each -> name.matches(each.getKey()) && licences.contains(each.getValue()))
          .map(Map.Entry::getValue)
          .findFirst()
          .or(() -> licences.stream().filter(Part::isPermissive).sorted().findFirst());
    }

    private static boolean isPermissive(String expression) {
      return Stream.of(expression.replaceAll("[()]", "").split(" OR "))
          .anyMatch(choice -> PERMISSIVE.containsAll(List.of(choice.split(" AND "))));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lambda-trigger", "glue-tracing", "glue-jobs", "local", "infra"})
  void everyPartOfAModuleAndItsTestsMayBeTaken(String module) throws IOException {
    assertAllMayBeTaken(billOfMaterials(ROOT.resolve(module).resolve("target/sbom.json")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"package-lock.json", ".ci/queries/package-lock.json"})
  void everyPackageOfNpmMayBeTaken(String lock) throws IOException {
    List<Part> parts = new ArrayList<>();
    JSON.readTree(ROOT.resolve(lock).toFile())
        .path("packages")
        .properties()
        .forEach(
            each ->
                parts.add(
                    new Part(
                        each.getKey(),
                        each.getValue().path("version").asText(),
                        Set.of(each.getValue().path("license").asText()))));

    assertAllMayBeTaken(parts);
  }

  /** Each variable names what a script of {@code .ci} made, beside its bill of materials. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "WAYBILL_COLLECTOR",
        "WAYBILL_QUERIES",
        "WAYBILL_CFN_LINT",
        "WAYBILL_CHECKOV",
        "WAYBILL_PYSPARK",
        "WAYBILL_DUCKDB",
        "WAYBILL_MOTO"
      })
  void everyPartOfWhatCiBuildsMayBeTaken(String variable) throws IOException {
    String made = System.getenv(variable);
    assumeThat(made).as("%s is not set: .ci/run sets it", variable).isNotNull();

    Path folder = Files.isDirectory(Path.of(made)) ? Path.of(made) : Path.of(made).getParent();
    assertAllMayBeTaken(billOfMaterials(folder.resolve("sbom.json")));
  }

  @Test
  void aLicenceThatIsNotOnTheListIsNamedWithItsPart() {
    assertThat(
            refused(
                List.of(
                    new Part("github.com/grafana/loki/v3", "v3.7.6", Set.of("AGPL-3.0")),
                    new Part("both", "1", Set.of("MIT AND LGPL")),
                    new Part("unknown", "1", Set.of()),
                    new Part("either", "1", Set.of("(GPL OR MIT)")))))
        .containsExactly(
            "both 1 [MIT AND LGPL]",
            "github.com/grafana/loki/v3 v3.7.6 [AGPL-3.0]",
            "unknown 1 []");
  }

  /** Where it differs, what it should be is in {@code infra/target/NOTICE}. */
  @Test
  void theNoticeNamesWhatShips() throws IOException {
    String notice =
        """
        Waybill
        Copyright the authors of Waybill

        What follows is made from the bills of materials by LicencesIT.

        In the jars that are deployed, and on the class path of the command line:

        %s
        In the image of the local profile also Apache Spark, which Glue has of its own, with what it brings:

        %s"""
            .formatted(
                shipped("local/target/classpath/launcher.txt", "local"),
                shipped("glue-jobs/target/classpath/spark.txt", "glue-jobs"));
    Files.writeString(ROOT.resolve("infra/target/NOTICE"), notice);

    assertThat(ROOT.resolve("NOTICE")).hasContent(notice);
  }

  private static String shipped(String classPath, String module) throws IOException {
    Map<String, Part> parts = new HashMap<>();
    for (Part part : billOfMaterials(ROOT.resolve(module).resolve("target/sbom.json"))) {
      String artifact = part.name().substring(part.name().indexOf(':') + 1);
      parts.put(artifact + " " + part.version(), part);
    }
    Map<String, String> lines = new TreeMap<>();
    for (String jar :
        Files.readString(ROOT.resolve(classPath))
            .strip()
            .split(Pattern.quote(File.pathSeparator))) {
      if (Path.of(jar).startsWith(ROOT)) {
        continue;
      }
      Path version = Path.of(jar).getParent();
      String artifact = version.getParent().getFileName() + " " + version.getFileName();
      assertThat(parts).containsKey(artifact);
      Part part = parts.get(artifact);
      lines.put(part.name(), part.taken().orElse("?"));
    }
    StringBuilder text = new StringBuilder();
    lines.forEach((name, licences) -> text.append("  %s: %s%n".formatted(name, licences)));
    return text.toString();
  }

  private static void assertAllMayBeTaken(List<Part> parts) {
    assertThat(parts).isNotEmpty();
    assertThat(refused(parts)).isEmpty();
  }

  private static Set<String> refused(List<Part> parts) {
    Set<String> refused = new TreeSet<>();
    for (Part part : parts) {
      if (part.taken().isEmpty()) {
        refused.add("%s %s %s".formatted(part.name(), part.version(), part.licences()));
      }
    }
    return refused;
  }

  private static List<Part> billOfMaterials(Path file) throws IOException {
    List<Part> parts = new ArrayList<>();
    for (JsonNode component : JSON.readTree(file.toFile()).path("components")) {
      String name = component.path("group").asText() + ":" + component.path("name").asText();
      Set<String> licences = new HashSet<>();
      for (JsonNode each : component.path("licenses")) {
        licences.add(
            each.path("expression")
                .asText(each.at("/license/id").asText(each.at("/license/name").asText())));
      }
      if (READ_BY_HAND.containsKey(name)) {
        licences = Set.of(READ_BY_HAND.get(name));
      }
      parts.add(new Part(name, component.path("version").asText(), licences));
    }
    return parts;
  }
}
