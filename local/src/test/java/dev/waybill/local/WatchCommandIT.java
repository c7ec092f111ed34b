package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.WaybillCommand.Ended;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code waybill watch} as a user types it: interrupted, resumed, and in a folder with obstacles.
 */
@Timeout(300)
class WatchCommandIT {

  private static final Path SAMPLE =
      Path.of(System.getProperty("waybill.root")).resolve("sample-data/listings.csv");

  @TempDir private Path home;
  private Process watch;

  @AfterEach
  void stop() throws InterruptedException {
    watch.destroy();
    watch.waitFor();
  }

  @Test
  void aRunThatIsInterruptedIsWrittenDownAndRunsAgainWithResume() throws Exception {
    giveTheFirstLookWork();
    WaybillCommand first = watch("--out", "out");
    Files.copy(SAMPLE, home.resolve("out/bucket/input/dropped.csv"));
    Processes.waitFor(() -> file("started.json", "clean-listings"));

    assertThat(signal("INT", watch)).isEqualTo(130);

    assertThat(first.err()).doesNotContain("Exception", "is not known", "refused");
    assertThat(first.out())
        .contains(
            "input/dropped.csv  FAILED\n", "error             the run was stopped before its end");
    JsonNode run = Json.parse(Files.readString(file("run.json", "").orElseThrow()));
    assertThat(run.at("/error/type").asText()).isEqualTo("Interrupted");
    assertThat(run.at("/jobs/0/name").asText()).isEqualTo("clean-listings");
    assertThat(run.at("/jobs/0/status").asText()).isEqualTo("STOPPED");
    assertThat(Files.readString(Path.of(run.path("report").asText())))
        .contains("Interrupted", "Job run of CleanListings", "stopped after ");
    assertThat(home.resolve("out/bucket/cleaned/run=" + run.path("run_id").asText()))
        .doesNotExist();

    WaybillCommand second = watch("--out", "out", "--resume");
    Processes.waitFor(() -> Optional.of(second.out()).filter(out -> out.contains("whole run")));

    assertThat(second.err()).contains("of input/dropped.csv was interrupted: its file runs again");
    assertThat(second.out())
        .contains("input/dropped.csv  SUCCEEDED\n", "  rows in             2,000\n");
    assertThat(file("interrupted.json", "")).isEmpty();
  }

  @Test
  void aFolderThatCanNotBeReadDoesNotEndTheWatch() throws Exception {
    Path closed = Files.createDirectories(home.resolve("out/bucket/input/closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    WaybillCommand command = watch("--out", "out");
    Processes.waitFor(
        () -> Optional.of(command.err()).filter(err -> err.contains("can't look into")));
    Files.delete(closed);
    Files.delete(closed.getParent());
    Processes.waitFor(
        () ->
            Optional.of(command.err()).filter(err -> err.contains("input (java.nio.file.NoSuch")));

    assertThat(watch.isAlive()).isTrue();
    assertThat(command.err())
        .contains(
            "waybill: can't look into %s (java.nio.file.AccessDeniedException: %s): files there do not run"
                .formatted(closed, closed));
  }

  @Test
  void aSecondLauncherOfTheSameFolderIsRefused() throws Exception {
    watch("--out", "out");
    Path other = Files.createDirectory(home.resolve("other"));

    Ended run =
        new WaybillCommand(other)
            .run("run", "--out", home.resolve("out").toString(), SAMPLE.toString());
    Ended second = new WaybillCommand(other).run("watch", "--out", home.resolve("out").toString());

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            "waybill: the folder %s is in use by another waybill, which watches it, and would run the file a second time; end it, or name another folder by --out\n"
                .formatted(home.resolve("out")));
    assertThat(second.status()).isEqualTo(1);
    assertThat(second.err()).hasLineCount(1).contains("is in use by another waybill");
    assertThat(home.resolve("out/runs/lambda.log")).exists();
    assertThat(watch.isAlive()).isTrue();
  }

  /** Two that start at once must not take the other's first look for its work. */
  @Test
  void aLauncherWaitsForAnotherThatIsAboutToBegin() throws Exception {
    Path lock = Files.createDirectories(home.resolve("out")).resolve(".waybill.lock");
    Files.createFile(lock);
    WaybillCommand command = new WaybillCommand(home);
    try (FileChannel other = FileChannel.open(lock, StandardOpenOption.WRITE);
        FileLock entrance = other.lock(0, 1, false)) {
      watch = command.start("watch", "--out", "out");
      Processes.waitFor(() -> waitsForALock(watch));
    }

    Processes.waitFor(
        () -> Optional.of(command.err()).filter(err -> err.contains("put them by S3")));
  }

  /** As Linux tells it: a line with an arrow is of a process that waits. */
  private static Optional<String> waitsForALock(Process process) {
    assertThat(process.isAlive()).isTrue();
    try (Stream<String> locks = Files.lines(Path.of("/proc/locks"))) {
      return locks
          .filter(line -> line.contains("->") && line.contains(" " + process.pid() + " "))
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file that comes as soon as it says that it watches must not be taken for an old one. */
  private void giveTheFirstLookWork() throws IOException {
    Path input = Files.createDirectories(home.resolve("out/bucket/input"));
    for (int i = 0; i < 5_000; i++) {
      Files.createFile(input.resolve("." + i));
    }
  }

  private WaybillCommand watch(String... options) {
    WaybillCommand command = new WaybillCommand(home).asOrdinaryUser();
    watch =
        command.start(Stream.concat(Stream.of("watch"), Stream.of(options)).toArray(String[]::new));
    Processes.waitFor(
        () -> Optional.of(command.err()).filter(err -> err.contains("put them by S3")));
    return command;
  }

  /** A file of this name below {@code runs/} that has this text in it. */
  private Optional<Path> file(String name, String text) {
    try (Stream<Path> files = Files.walk(home.resolve("out/runs"))) {
      return files
          .filter(file -> file.getFileName().toString().equals(name) && has(file, text))
          .findFirst();
    } catch (IOException | UncheckedIOException notYet) {
      return Optional.empty();
    }
  }

  private static boolean has(Path file, String text) {
    try {
      return Files.readString(file).contains(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int signal(String name, Process process) throws Exception {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
    return process.waitFor();
  }
}
