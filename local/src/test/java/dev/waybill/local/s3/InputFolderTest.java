package dev.waybill.local.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.local.s3.BucketServer.Created;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputFolderTest {

  @TempDir private Path bucket;
  private Path input;
  private final List<String> warnings = new ArrayList<>();

  @BeforeEach
  void makeTheFolder() throws IOException {
    input = Files.createDirectories(bucket.resolve("input"));
  }

  @Test
  void noticesADroppedFileOnceItHasStoppedGrowing() throws IOException {
    Files.writeString(input.resolve("old.csv"), "there before");
    InputFolder watched = new InputFolder("b", bucket, warnings::add);

    Files.writeString(input.resolve("new.csv"), "half");
    assertThat(arrived(watched)).isEmpty();
    Files.writeString(input.resolve("new.csv"), "half and half");
    assertThat(arrived(watched)).isEmpty();

    assertThat(arrived(watched)).containsExactly("input/new.csv");
    assertThat(arrived(watched)).isEmpty();
  }

  @Test
  void aRemovedFolderIsSaidOnceAndWatchedAgainWhenItIsBack() throws IOException {
    InputFolder watched = new InputFolder("b", bucket, warnings::add);

    Files.delete(input);
    assertThat(arrived(watched)).isEmpty();
    assertThat(arrived(watched)).isEmpty();
    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith("can't look into " + input)
        .contains("NoSuchFileException")
        .endsWith("files there do not run");

    Files.createDirectory(input);
    Files.writeString(input.resolve("new.csv"), "x");
    assertThat(arrived(watched)).isEmpty();
    assertThat(arrived(watched)).containsExactly("input/new.csv");
    assertThat(warnings).hasSize(1);
  }

  private static List<String> arrived(InputFolder watched) {
    return watched.arrived(key -> false).stream().map(Created::key).toList();
  }
}
