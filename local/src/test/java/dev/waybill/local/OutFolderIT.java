package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.waybill.local.WaybillCommand.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code --out} may name, and what is said of what it may not. */
@Timeout(300)
class OutFolderIT {

  private static final Path ROOT = Path.of(System.getProperty("waybill.root"));

  @TempDir private Path folder;

  @BeforeEach
  void writeInput() throws IOException {
    try (Stream<String> lines = Files.lines(ROOT.resolve("sample-data/listings.csv"))) {
      Files.write(folder.resolve("few.csv"), lines.limit(30).toList());
    }
  }

  /** Hadoop and Spark have meanings for parts of it. */
  @Test
  void itsNameIsTakenAsItIs() throws Exception {
    String name = "a,b ${user.name} ${env.HOME} %d #1";

    Ended run = new WaybillCommand(folder).run("run", "--out", name, "few.csv");

    assertThat(run.status()).as(run.out() + run.err()).isZero();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("few.csv", "stdout", "stderr", name);
    }
    assertThat(folder.resolve(name).resolve("bucket/cleaned")).isNotEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "watch"})
  void anEmptyNameIsRefused(String command) throws Exception {
    String[] words =
        Stream.of(command, "--out", "", command.equals("run") ? "few.csv" : null)
            .filter(word -> word != null)
            .toArray(String[]::new);

    Ended ended = new WaybillCommand(folder).run(words);

    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.err()).isEqualTo("waybill: --out is empty; it must name a folder\n");
    assertThat(folder.resolve("bucket")).doesNotExist();
  }

  @Test
  void aFileInItsPlaceIsNamed() throws Exception {
    Files.createFile(folder.resolve("out"));

    assertFails("waybill: can't use the folder out: not a directory\n");
  }

  @Test
  void aMissingPermissionIsNamed() throws Exception {
    Path bucket = Files.createDirectories(folder.resolve("out/bucket"));
    Files.setPosixFilePermissions(bucket, PosixFilePermissions.fromString("r-xr-xr-x"));

    assertFails(
        "waybill: can't use the folder out: permission denied (%s/input)\n".formatted(bucket));
  }

  @Test
  void aReadOnlyFileSystemIsNamed() throws Exception {
    assumeThat(WaybillCommand.canMakeMachines()).as("unshare makes namespaces").isTrue();
    Path out = Files.createDirectory(folder.resolve("out"));

    assertFails(
        new WaybillCommand(folder).onMachine("mount -t tmpfs -o ro none out; exec \"$@\""),
        "waybill: can't use the folder out: Read-only file system (%s/bucket)\n".formatted(out));
  }

  private void assertFails(String message) throws Exception {
    assertFails(new WaybillCommand(folder).asOrdinaryUser(), message);
  }

  private static void assertFails(WaybillCommand command, String message) throws Exception {
    Ended run = command.run("run", "few.csv");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).isEqualTo(message);
  }
}
