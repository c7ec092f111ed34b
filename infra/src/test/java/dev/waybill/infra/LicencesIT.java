package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * That everything which Waybill is built of may be passed on with it, by the licences in each
 * module's bill of materials.
 *
 * @see <a href="https://cyclonedx.org/docs/1.6/json/">CycloneDX</a>
 * @see <a href="https://spdx.org/licenses/">SPDX's identifiers</a>
 */
class LicencesIT {

  private static final Path ROOT = Deployment.ROOT;

  private static final Set<String> ALLOWED =
      Set.of(
          "0BSD",
          "Apache-2.0",
          "BSD-2-Clause",
          "BSD-3-Clause",
          "EPL-2.0",
          "MIT",
          "MIT-0",
          "Unicode-3.0",
          "(CDDL-1.0 OR GPL-2.0-with-classpath-exception)");

  /** What their poms do not say, or say wrong, and their jars do. */
  private static final Map<String, String> READ_BY_HAND =
      Map.of(
          "org.apache.datasketches:datasketches-memory", "Apache-2.0",
          "org.apache.xbean:xbean-asm9-shaded", "Apache-2.0",
          "oro:oro", "Apache-1.1",
          "com.thoughtworks.paranamer:paranamer", "BSD-3-Clause");

  @ParameterizedTest
  @ValueSource(strings = {"lambda-trigger", "glue-tracing", "glue-jobs", "local", "infra"})
  void everyComponentHasALicenceOfTheList(String module) throws IOException {
    JsonNode components =
        new ObjectMapper()
            .readTree(ROOT.resolve(module).resolve("target/sbom.json").toFile())
            .path("components");
    Set<String> others = new TreeSet<>();
    for (JsonNode component : components) {
      String name = component.path("group").asText() + ":" + component.path("name").asText();
      List<String> licences = licences(component);
      if (!READ_BY_HAND.containsKey(name)
          && !name.startsWith("dev.waybill:")
          && licences.stream().noneMatch(ALLOWED::contains)) {
        others.add(name + " " + licences);
      }
    }

    assertThat(components).isNotEmpty();
    assertThat(others).isEmpty();
  }

  /** A component that has several may be taken under any of them. */
  private static List<String> licences(JsonNode component) {
    List<String> licences = new ArrayList<>();
    for (JsonNode each : component.path("licenses")) {
      licences.add(
          each.path("expression")
              .asText(each.at("/license/id").asText(each.at("/license/name").asText())));
    }
    return licences;
  }
}
