package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** That docs/reliability.md names tests which exist. */
class ReliabilityGuideTest {

  private static final Pattern NAMED = Pattern.compile("`(\\w+(?:Test|IT))(?:\\.(\\w+))?`");

  @Test
  void everyTestThatItNamesIsThere() throws IOException {
    List<MatchResult> named =
        NAMED
            .matcher(Files.readString(Deployment.ROOT.resolve("docs/reliability.md")))
            .results()
            .toList();

    assertThat(named).hasSizeGreaterThan(30);
    assertThat(named)
        .allSatisfy(
            test ->
                assertThat(sources(test.group(1)))
                    .as(test.group())
                    .anyMatch(
                        source ->
                            test.group(2) == null
                                || source.contains("void " + test.group(2) + "(")));
  }

  private static List<String> sources(String testClass) throws IOException {
    try (Stream<Path> files = Files.walk(Deployment.ROOT, 12)) {
      return files
          .filter(file -> file.endsWith(testClass + ".java"))
          .map(ReliabilityGuideTest::read)
          .toList();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
