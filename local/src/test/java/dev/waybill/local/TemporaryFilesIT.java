package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where a run's temporary files are: Spark's have rows in them. Linux only. */
@Timeout(300)
class TemporaryFilesIT {

  private static final Path SAMPLE =
      Path.of(System.getProperty("waybill.root")).resolve("sample-data/listings.csv");

  /** Has an empty folder for temporary files, but for the test's, and lists it at the end. */
  private static final String OWN_SYSTEM_FOLDER =
      """
      exec 3<"$PWD"
      mount -t tmpfs none /tmp
      mkdir -p "$PWD"
      mount --no-canonicalize --bind /proc/self/fd/3 "$PWD"
      cd "$PWD"
      "$@" || status=$?
      find /tmp -path "$PWD" -prune -o -type f -print >system-files
      exit ${status:-0}
      """;

  @TempDir private Path folder;
  private Path out;

  @BeforeEach
  void nameOut() {
    out = folder.resolve("out");
  }

  @Test
  void theyAreBelowOutForNobodyElseAndGoWithTheirJvmHoweverItEnds() throws Exception {
    assumeThat(WaybillCommand.canMakeMachines()).as("unshare makes namespaces").isTrue();
    WaybillCommand command = new WaybillCommand(folder).onMachine(OWN_SYSTEM_FOLDER);
    Process run = command.start("run", SAMPLE.toString());

    Path blocks = Processes.waitFor(() -> find("blockmgr-").or(() -> ended(run)));
    assertThat(blocks).as(command.err()).exists();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(privateOf(blocks))))
        .isEqualTo("rwx------");
    run.descendants()
        .filter(process -> Processes.isCalledWith(process, "dev.waybill.local.glue.JobMain\0"))
        .findFirst()
        .orElseThrow()
        .destroyForcibly();

    assertThat(run.waitFor()).as(command.err()).isZero();
    assertThat(command.err()).contains("clean-listings    FAILED", "clean-listings    SUCCEEDED");
    assertThat(Files.readString(folder.resolve("system-files"))).isEmpty();
    assertThat(list(out)).containsExactlyInAnyOrder(".waybill.lock", "bucket", "runs");
    assertThat(list(folder)).containsExactlyInAnyOrder("out", "stdout", "stderr", "system-files");
  }

  @Test
  void aCommandThatFailsAtItsStartLeavesNone() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();

      WaybillCommand.Ended watch = new WaybillCommand(folder).run("watch", "--s3-address", address);

      assertThat(watch.err()).startsWith("waybill: can't listen at " + address);
      assertThat(list(out)).containsExactlyInAnyOrder(".waybill.lock", "bucket", "runs");
    }
  }

  /** The folder in {@code out} that a file is in. */
  private Path privateOf(Path file) {
    return out.resolve(out.relativize(file).getName(0));
  }

  private Optional<Path> find(String name) {
    try (Stream<Path> files = Files.walk(out)) {
      return files.filter(file -> file.getFileName().toString().startsWith(name)).findFirst();
    } catch (IOException | UncheckedIOException notYet) {
      return Optional.empty();
    }
  }

  private Optional<Path> ended(Process run) {
    return run.isAlive() ? Optional.empty() : Optional.of(folder.resolve("nothing"));
  }

  private static Stream<String> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList().stream();
    }
  }
}
