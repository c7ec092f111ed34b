package dev.waybill.gluetracing.internal.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.gluetracing.internal.aws.MetricEvents.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a job sends itself is what {@code collector-config/} has a collector send. */
class SameAsCollectorTest {

  private static final Path CONFIG =
      Path.of(System.getProperty("waybill.root"), "collector-config");
  private static final Pattern DECLARATION =
      Pattern.compile(
          "- dimensions: \\[\\[(.+)\\]\\]\\s+metric_name_selectors: \\[\"\\^waybill(.+)\\$\"\\]");

  @Test
  void metricsHaveTheDeclaredDimensions() throws IOException {
    Map<String, List<List<String>>> declared = new TreeMap<>();
    for (MatchResult found : DECLARATION.matcher(text("aws.yaml")).results().toList()) {
      List<List<String>> sets =
          Arrays.stream(found.group(1).split("], \\["))
              .map(set -> List.of(set.split(", ")))
              .toList();
      String name = "waybill" + found.group(2).replace("\\\\", "");
      for (String each :
          name.contains("(input|output)") ? List.of("input", "output") : List.of("")) {
        declared.put(name.replace("(input|output)", each), sets);
      }
    }

    assertThat(MetricEvents.DIMENSIONS).isEqualTo(declared).hasSize(6);
  }

  @Test
  void annotationsAreTheIndexedAttributes() throws IOException {
    String indexed = text("aws.yaml").split("indexed_attributes:\n")[1];
    Set<String> names = new TreeSet<>();
    indexed
        .lines()
        .takeWhile(line -> line.strip().startsWith("- "))
        .forEach(line -> names.add(line.strip().substring(2)));

    assertThat(SegmentDocument.ANNOTATIONS).containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void attributesAreHashedAndDroppedByTheSamePatterns() throws IOException {
    Set<String> patterns = new TreeSet<>();
    for (MatchResult found :
        Pattern.compile("\\{action: (hash|delete), pattern: '(.+)'\\}")
            .matcher(text("common.yaml"))
            .results()
            .toList()) {
      patterns.add(found.group(1) + " " + found.group(2));
    }

    assertThat(patterns).hasSize(3).contains("hash " + Hygiene.HASHED);
    assertThat(
            String.join(
                "|",
                patterns.stream()
                    .filter(each -> each.startsWith("delete "))
                    .map(each -> each.substring("delete ".length()))
                    .sorted(Collections.reverseOrder())
                    .toList()))
        .satisfies(
            all ->
                assertThat(new TreeSet<>(List.of(all.split("\\|(?=\\^)"))))
                    .isEqualTo(
                        new TreeSet<>(List.of(Hygiene.DROPPED.pattern().split("\\|(?=\\^)")))));
  }

  @Test
  void aCallHasTenThousandEventsAndAMebibyteAtMost() {
    Event small = new Event(1, "x");
    Event large = new Event(1, "x".repeat(400_000));

    assertThat(MetricEventExporter.batches(Collections.nCopies(10_001, small)))
        .extracting(List::size)
        .containsExactly(10_000, 1);
    assertThat(MetricEventExporter.batches(Collections.nCopies(3, large)))
        .extracting(List::size)
        .containsExactly(2, 1);
  }

  private static String text(String file) throws IOException {
    return Files.readString(CONFIG.resolve(file));
  }
}
