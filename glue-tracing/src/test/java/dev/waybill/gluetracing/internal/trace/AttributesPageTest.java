package dev.waybill.gluetracing.internal.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.gluetracing.internal.trace.DeclaredAttribute.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/attributes.md} is what the registry says. */
class AttributesPageTest {

  private static final Path PAGE =
      Path.of(System.getProperty("waybill.root"), "docs", "attributes.md");

  private static final String INTRODUCTION =
      """
      # Attributes

      Made of the registry, `WaybillAttributes` and `SparkAttributes` in glue-tracing: do not edit it. `PipelineIT` compares it with
      what runs emit. [The trace contract](trace-contract.md) says what the spans mean.

      """;

  /** Where it differs, what it should be is in {@code glue-tracing/target/attributes.md}. */
  @Test
  void thePageIsMadeOfTheRegistry() throws IOException {
    String page =
        INTRODUCTION
            + table(
                "Of OpenTelemetry's semantic conventions and of the X-Ray exporter",
                WaybillAttributes.all().stream().filter(a -> !isOurs(a)).toList())
            + "\n"
            + table(
                "Of Waybill",
                WaybillAttributes.all().stream().filter(AttributesPageTest::isOurs).toList());
    Path made = Path.of("target", "attributes.md");
    Files.writeString(made, page);

    assertThat(PAGE)
        .as("docs/attributes.md; to make it anew: cp glue-tracing/target/attributes.md docs/")
        .hasContent(page);
  }

  @Test
  void noAttributeIsDeclaredTwiceAndOursBeginWithWaybill() {
    List<String> names =
        WaybillAttributes.all().stream().map(attribute -> attribute.key().getKey()).toList();

    assertThat(names).doesNotHaveDuplicates();
    assertThat(WaybillAttributes.all())
        .allSatisfy(
            attribute ->
                assertThat(attribute.key().getKey().startsWith("waybill."))
                    .as(attribute.key().getKey())
                    .isEqualTo(isOurs(attribute)));
    // A name that is also the beginning of others can't be told from a group of them.
    assertThat(names)
        .allSatisfy(name -> assertThat(names).noneMatch(other -> other.startsWith(name + ".")));
  }

  /** As the semantic conventions write it. */
  private static String type(DeclaredAttribute attribute) {
    return attribute
        .key()
        .getType()
        .name()
        .toLowerCase(Locale.ROOT)
        .replace("long", "int")
        .replace("_array", "[]");
  }

  private static boolean isOurs(DeclaredAttribute attribute) {
    return attribute.specification().isEmpty();
  }

  private static String table(String title, List<DeclaredAttribute> attributes) {
    return "## %s\n\n| attribute | type | unit | stands on | says |\n| --- | --- | --- | --- | --- |\n"
            .formatted(title)
        + attributes.stream().map(AttributesPageTest::row).collect(Collectors.joining());
  }

  private static String row(DeclaredAttribute attribute) {
    String name = "`" + attribute.key().getKey() + "`";
    return "| %s | %s | %s | %s | %s |\n"
        .formatted(
            isOurs(attribute) ? name : "[%s](%s)".formatted(name, attribute.specification()),
            type(attribute),
            attribute.unit(),
            attribute.places().stream().map(Place::text).collect(Collectors.joining(", ")),
            attribute.description());
  }
}
