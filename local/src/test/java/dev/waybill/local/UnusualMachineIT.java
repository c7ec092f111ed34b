package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.waybill.local.WaybillCommand.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line on machines that lack something. Linux only. */
@Timeout(300)
class UnusualMachineIT {

  private static final Path ROOT = Path.of(System.getProperty("waybill.root"));

  @TempDir private Path folder;

  @BeforeEach
  void writeInput() throws IOException {
    writeInput(folder.resolve("few.csv"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Its host name has no address, and a process may open few files: 256 are enough, and this
        // leaves 56 of them to tasks of more cores.
        "hostname no-such-name.invalid; ulimit -n 200; exec \"$@\"",
        // Its users have no names.
        "exec unshare --user --map-user=12345 --map-group=12345 \"$@\"",
        // Its folder for temporary files takes none.
        """
        exec 3<"$PWD"
        mount -t tmpfs none /tmp
        mkdir -p "$PWD"
        mount --no-canonicalize --bind /proc/self/fd/3 "$PWD"
        mount -o remount,bind,ro /tmp
        cd "$PWD"
        exec "$@"
        """
      })
  void itRunsEverywhere(String machine) throws Exception {
    assumeThat(WaybillCommand.canMakeMachines()).as("unshare makes namespaces").isTrue();

    Ended run = new WaybillCommand(folder).onMachine(machine).run("run", "--json", "few.csv");

    assertThat(run.status()).as(run.out() + run.err()).isZero();
    assertThat(Json.parse(run.out()).at("/0/rows/read").asLong()).isEqualTo(29);
  }

  @Test
  void whatItSaysOfSparkHadoopAndTemporaryFilesDoesNotMatter() throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("SPARK_LOCAL_DIRS", "/nowhere");
    environment.put("SPARK_LOCAL_IP", "192.0.2.1");
    environment.put("SPARK_LOCAL_HOSTNAME", "nowhere.invalid");
    environment.put("CONTAINER_ID", "container_1");
    environment.put("LOCAL_DIRS", "/nowhere");
    environment.put("HADOOP_PROXY_USER", "somebody");
    environment.put("HADOOP_TOKEN_FILE_LOCATION", "/nowhere");
    environment.put("LOG4J_CONFIGURATION_FILE", "/nowhere");
    environment.put("TMPDIR", "/nowhere");
    environment.put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=/nowhere -Dspark.local.dir=/nowhere");

    Ended run = new WaybillCommand(folder).with(environment).run("run", "--json", "few.csv");

    assertThat(run.status()).as(run.out() + run.err()).isZero();
    assertThat(Json.parse(run.out()).at("/0/rows/read").asLong()).isEqualTo(29);
  }

  @Test
  void aFileSystemThatRunsNoProgramsIsNamedWithTheWayOut() throws Exception {
    assumeThat(WaybillCommand.canMakeMachines()).as("unshare makes namespaces").isTrue();
    Files.createDirectory(folder.resolve("out"));

    Ended run =
        new WaybillCommand(folder)
            .onMachine("mount -t tmpfs -o noexec none out; exec \"$@\"")
            .run("run", "--json", "few.csv");

    assertThat(run.status()).isEqualTo(1);
    assertThat(Json.parse(run.out()).at("/0/error/message").asText())
        .endsWith(
            "whose file system must not be mounted with noexec: name another folder by --out");
  }

  @Test
  void namesMayHaveAnyCharactersWhereTheLocaleHas() throws Exception {
    Path working = Files.createDirectory(folder.resolve("gr\u00fcn"));
    writeInput(working.resolve("\u65e5\u672c.csv"));

    Ended run =
        new WaybillCommand(working)
            .with(Map.of("LC_ALL", "C.UTF-8"))
            .run("run", "--json", "--out", "\u00e4u\u00dferes", "\u65e5\u672c.csv");

    assertThat(run.status()).as(run.out() + run.err()).isZero();
    assertThat(Json.parse(run.out()).at("/0/rows/read").asLong()).isEqualTo(29);
    assertThat(working.resolve("\u00e4u\u00dferes/bucket/input/\u65e5\u672c.csv")).exists();
  }

  @Test
  void aNameThatTheLocaleCanNotReadIsRefused() throws Exception {
    Ended run = new WaybillCommand(folder).with(Map.of("LC_ALL", "C")).run("run", "gr\u00fcn.csv");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            "waybill: can't read the name 'gr??n.csv' in the encoding ANSI_X3.4-1968 of this locale: set LC_ALL=C.UTF-8, or another locale with UTF-8\n");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  private static void writeInput(Path file) throws IOException {
    try (Stream<String> lines = Files.lines(ROOT.resolve("sample-data/listings.csv"))) {
      Files.write(file, lines.limit(30).toList());
    }
  }
}
