package dev.waybill.gluetracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is API, and which package knows which. */
class PackagesTest {

  private static final Path SOURCES =
      Path.of(System.getProperty("waybill.root"), "glue-tracing/src/main/java");
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (dev\\.waybill\\.gluetracing[a-z.]*)\\.[A-Z]");
  private static final Pattern PUBLIC = Pattern.compile("(?m)^public .*?(?:class|record) (\\w+)");

  @Test
  void theApiIsWhatTheRootPackageMakesPublic() throws IOException {
    Set<String> types = new TreeSet<>();
    for (Source source : sources()) {
      if (source.name.equals("dev.waybill.gluetracing")) {
        PUBLIC.matcher(source.text).results().map(found -> found.group(1)).forEach(types::add);
      }
    }

    assertThat(types)
        .containsExactly(
            "JobArguments",
            "OtlpEndpoint",
            "PythonJob",
            "RowwiseSteps",
            "TracedJob",
            "WaybillPlugin");
  }

  @Test
  void noPackageUsesOneThatUsesIt() throws IOException {
    Map<String, Set<String>> uses = new TreeMap<>();
    for (Source source : sources()) {
      Set<String> used = uses.computeIfAbsent(source.name, name -> new TreeSet<>());
      IMPORT.matcher(source.text).results().map((MatchResult m) -> m.group(1)).forEach(used::add);
      used.remove(source.name);
    }

    // What uses only what is gone goes, too; circles stay.
    while (uses.values().removeIf(used -> used.stream().noneMatch(uses::containsKey))) {
      continue;
    }
    assertThat(uses).isEmpty();
  }

  @Test
  void eachPackageSaysWhatItIsFor() throws IOException {
    for (Source source : sources()) {
      assertThat(SOURCES.resolve(source.name.replace('.', '/')).resolve("package-info.java"))
          .exists();
    }
  }

  private static List<Source> sources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(Source::read)
          .collect(Collectors.toList());
    }
  }

  private record Source(String name, String text) {

    private static Source read(Path file) {
      try {
        String text = Files.readString(file);
        var name = PACKAGE.matcher(text);
        assertThat(name.find()).as("%s", file).isTrue();
        return new Source(name.group(1), text);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
