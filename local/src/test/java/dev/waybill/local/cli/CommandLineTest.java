package dev.waybill.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {

  private final StringWriter err = new StringWriter();
  private final StringWriter out = new StringWriter();

  @Test
  void theHelpNamesEveryCommand() {
    assertThat(execute("--help")).isZero();
    assertThat(out.toString())
        .contains(
            "run ",
            "watch ",
            "upload ",
            "replay ",
            "generate ",
            "new ",
            "trace ",
            "test ",
            "help ",
            "Exit status: 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "watch", "upload", "replay", "generate", "new", "trace", "test"})
  void everyCommandExplainsItself(String command) {
    assertThat(execute(command, "--help")).isZero();
    assertThat(out.toString())
        .contains("Usage: waybill " + command)
        .hasLineCount(out.toString().split("\n").length);
  }

  @Test
  void aWrongCallSaysWhatIsWrongAndExitsWith2() {
    assertThat(execute("run")).isEqualTo(2);
    assertThat(err.toString()).contains("Missing required parameter: 'FILE'");
  }

  @Test
  void aMistypedCommandIsNamed() {
    assertThat(execute("tracee", "--", "spark-submit", "x.py")).isEqualTo(2);
    assertThat(err.toString()).contains("waybill: there is no command tracee; did you mean trace?");
  }

  @Test
  void anUnreadableDateIsNamed() {
    assertThat(execute("run", "--run-date", "20.11.2026", "x.csv")).isEqualTo(2);
    assertThat(err.toString()).contains("--run-date").contains("20.11.2026");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThat(execute("run", "nowhere.csv")).isEqualTo(2);
    assertThat(err.toString()).isEqualToIgnoringNewLines("waybill: no such file: nowhere.csv");
  }

  /** The ending counts in any case, or the refusal would be another. */
  @ParameterizedTest
  @ValueSource(strings = {"x.csv", "x.CSV", "x.Csv"})
  void twoFilesOfTheSameNameAreRefused(String name, @TempDir Path folder) throws Exception {
    Path one = Files.createFile(Files.createDirectory(folder.resolve("a")).resolve(name));
    Path two = Files.createFile(Files.createDirectory(folder.resolve("b")).resolve(name));

    assertThat(execute("run", one.toString(), two.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("the same object input/" + name);
  }

  @Test
  void aFileThatIsNoCsvIsRefused(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("notes.txt"));

    assertThat(execute("run", file.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("end in .csv");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:4318", "", "grpc://localhost:4317", "http://", "http://a b"})
  void aCollectorThatIsNotAUrlIsRefusedByEveryCommandThatTakesOne(
      String collector, @TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("x.csv"));
    Path out = folder.resolve("out");

    assertThat(execute("run", "--otlp-endpoint", collector, "--out", "" + out, "" + file))
        .isEqualTo(2);
    assertThat(execute("watch", "--otlp-endpoint", collector, "--out", "" + out)).isEqualTo(2);
    assertThat(execute("replay", "--otlp-endpoint", collector, "" + folder)).isEqualTo(2);
    String message =
        "waybill: --otlp-endpoint is '%s'; it must be an http or https URL such as http://localhost:4318"
            .formatted(collector);
    assertThat(err.toString().lines()).containsExactly(message, message, message);
    assertThat(out).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", ":2000", "localhost:", "localhost:65536", "localhost:x"})
  void anAddressThatIsNoneIsRefused(String address) {
    assertThat(execute("watch", "--s3-address", address)).isEqualTo(2);
    assertThat(execute("watch", "--xray-daemon", address)).isEqualTo(2);
    assertThat(err.toString())
        .contains(
            "--s3-address is '%s'; it must be HOST:PORT".formatted(address),
            "--xray-daemon is '%s'; it must be HOST:PORT".formatted(address));
  }

  private int execute(String... args) {
    CommandLine line = Waybill.commandLine();
    line.setErr(new PrintWriter(err));
    line.setOut(new PrintWriter(out));
    return line.execute(args);
  }
}
