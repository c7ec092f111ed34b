package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line as a process of its own that is told to stop, or killed. Linux only. */
@Timeout(300)
class LauncherIT {

  private static final Path ROOT = Path.of(System.getProperty("waybill.root"));
  private static final Path SAMPLE = ROOT.resolve("sample-data/listings.csv");

  /** A user's own, for AWS or for a backend; nothing that is written down may have it. */
  private static final List<String> CREDENTIALS =
      List.of("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "OTEL_EXPORTER_OTLP_HEADERS");

  private static final String SECRET = "for-nobody-else";

  @TempDir private Path folder;

  @Test
  void runAgainAfterItWasKilledItSaysWhatItFoundAndEndsRight() throws Exception {
    Process killed = run();
    Processes.waitFor(() -> file("bucket/cleaned", "_temporary"));
    Path unfinished =
        Files.writeString(out().resolve("bucket/input/.waybill-unfinished-1"), "half of a f");
    signal("KILL", killed);
    killed.waitFor();
    waitUntilNothingRuns();
    String first = interrupted().get(0);
    assertThat(temporaryFolders()).hasSize(1);

    Process again = run();
    int status = again.waitFor();

    assertThat(status).as(log()).isZero();
    assertThat(log())
        .contains(
            "waybill: run " + first + " of " + SAMPLE,
            "was interrupted: its incomplete data sets are removed; to run it again, start ./waybill run "
                + SAMPLE,
            "removed 1 half-written file that a killed run left in");
    assertThat(unfinished).doesNotExist();
    assertThat(temporaryFolders()).isEmpty();
    assertThat(out().resolve("bucket/cleaned/run=" + first)).doesNotExist();
    JsonNode json = Json.parse(Files.readString(out().resolve("runs/" + first + "/run.json")));
    assertThat(json.path("status").asText()).isEqualTo("FAILED");
    assertThat(json.at("/error/type").asText()).isEqualTo("Interrupted");
    assertThat(interrupted()).isEmpty();
    assertThat(log()).contains("rows in             2,000", "rows out            1,808");
    assertThat(TestFiles.containing(SECRET, folder)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "INT, 130, at its start, runs",
    "TERM, 143, while the Lambda runs, lambda.log",
    "TERM, 143, while the first job runs, clean-listings-attempt-0.log",
    "INT, 130, while the second job runs, process-listings-attempt-0.log",
  })
  void toldToStopItStopsEverythingThatItStarted(
      String signal, int status, String phase, String file) throws Exception {
    Process process = run();
    Processes.waitFor(() -> file(".", file));
    signal(signal, process);

    assertThat(process.waitFor()).as("%s %s", phase, log()).isEqualTo(status);
    waitUntilNothingRuns();
    assertThat(log()).doesNotContain("Exception", "\tat ");
  }

  private Process run() throws IOException {
    List<String> command = new ArrayList<>(Processes.INTERRUPTIBLE);
    command.addAll(
        WaybillCommand.words(List.of(), "run", "--out", out().toString(), SAMPLE.toString()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    CREDENTIALS.forEach(name -> builder.environment().put(name, "authorization=" + SECRET));
    return builder
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  private Path out() {
    return folder.resolve("out");
  }

  private String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  /** Runs that were begun and not ended. */
  private List<String> interrupted() throws IOException {
    try (Stream<Path> files = Files.walk(out().resolve("runs"))) {
      return files
          .filter(file -> file.endsWith("started.json"))
          .map(file -> file.getParent().getFileName().toString())
          .toList();
    }
  }

  /** What launchers have made for temporary files, and not removed. */
  private List<Path> temporaryFolders() throws IOException {
    try (Stream<Path> files = Files.list(out())) {
      return files.filter(file -> file.getFileName().toString().contains("-tmp-")).toList();
    }
  }

  /** A file of this name, wherever below. */
  private Optional<Path> file(String below, String name) {
    try (Stream<Path> files = Files.walk(out().resolve(below))) {
      return files.filter(file -> file.getFileName().toString().equals(name)).findFirst();
    } catch (IOException | java.io.UncheckedIOException notYet) {
      return Optional.empty();
    }
  }

  private static void signal(String name, Process process) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .inheritIO()
                .start()
                .waitFor())
        .isZero();
  }

  /** What was started for this folder has its name on the command line. */
  private void waitUntilNothingRuns() {
    Processes.waitFor(
        () ->
            ProcessHandle.allProcesses()
                    .anyMatch(process -> Processes.isCalledWith(process, out().toString()))
                ? Optional.empty()
                : Optional.of(true));
  }
}
