package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The launcher script in surroundings that people have. Maven and Java are scripts here, which note
 * how they are called: what they do themselves is shown by the integration tests.
 */
@Timeout(60)
class LauncherScriptTest {

  private static final Path SCRIPT = Path.of(System.getProperty("waybill.root"), "waybill");

  @TempDir private Path folder;
  private Path checkout;
  private Path jdk;
  private Path calls;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void makeACheckoutAJdkAndMaven() throws IOException {
    checkout = Files.createDirectory(folder.resolve("check out"));
    Files.copy(SCRIPT, checkout.resolve("waybill"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.writeString(checkout.resolve("pom.xml"), "");
    for (String module : List.of("local", "glue-jobs")) {
      Files.createDirectories(checkout.resolve(module).resolve("src/main"));
      Files.writeString(checkout.resolve(module).resolve("pom.xml"), "");
    }
    Files.createDirectory(checkout.resolve("sample-data"));
    Files.writeString(checkout.resolve("sample-data/listings.csv"), "id\n");
    calls = folder.resolve("calls");
    jdk = jdk("jdk", "17.0.1");
    Files.createDirectory(folder.resolve("bin"));
    script(
        folder.resolve("bin/mvn"),
        """
        echo "mvn in $PWD: $*" >>"$CALLS"
        [ -z "${MAVEN_BLOCKS:-}" ] || while [ ! -e "$MAVEN_BLOCKS" ]; do sleep 0.05; done
        [ -z "${MAVEN_FAILS:-}" ] || { echo "[ERROR] no compiler today"; exit 1; }
        mkdir -p local/target/classpath glue-jobs/target
        touch local/target/local.jar glue-jobs/target/glue-jobs-deployable.jar
        echo some.jar >local/target/classpath/launcher.txt
        """);
    environment.put("CALLS", calls.toString());
    environment.put("JAVA_HOME", jdk.toString());
    environment.put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"11.0.2", "23.0.1", "25.0.3"})
  void aJavaThatCanNotRunSparkIsRefusedBeforeAnythingIsBuilt(String version) throws Exception {
    Path other = jdk("other", version);
    environment.put("JAVA_HOME", other.toString());

    assertFails(
        "%s/bin/java is Java %s, and Waybill runs on 17 to 22: set JAVA_HOME to a JDK of these"
            .formatted(other, version.replaceFirst("\\..*", "")));
    assertThat(calls).doesNotExist();
    assertThat(checkout.resolve("local/target")).doesNotExist();
  }

  @Test
  void aWrongJavaHomeIsNamed() throws Exception {
    environment.put("JAVA_HOME", "/nowhere");

    assertFails("JAVA_HOME is /nowhere, which has no bin/java: set it to a JDK 17 to 22");
  }

  @Test
  void aRuntimeWithoutACompilerIsRefusedBeforeTheBuild() throws Exception {
    Files.delete(jdk.resolve("bin/javac"));

    assertFails(
        "%s/bin/java has no compiler beside it, and the first run builds Waybill: set JAVA_HOME to a JDK 17 to 22"
            .formatted(jdk));
  }

  @ParameterizedTest
  @ValueSource(strings = {"help", "--help", "--version", "run --help", "upload x.csv", ""})
  void whatStartsNoJobTrainsNothing(String arguments) throws Exception {
    Ended ended = run(arguments.isEmpty() ? new String[0] : arguments.split(" "));

    assertThat(ended.status).as(ended.err).isZero();
    assertThat(java()).singleElement().asString().endsWith(("Waybill " + arguments).strip());
  }

  @Test
  void theFirstRunComesBeforeTheArchivesWhichTheNextOneHas() throws Exception {
    assertThat(run("run", "x.csv").status).isZero();
    Processes.waitFor(() -> archive("trained"));

    assertThat(java()).hasSize(2);
    assertThat(java().get(0)).endsWith("Waybill run x.csv").doesNotContain("Archive");
    assertThat(java().get(1)).contains("ArchiveClassesAtExit", "Waybill run --out ");
    assertThat(archive("launcher.jsa")).isPresent();
    Path scratch = checkout.resolve("local/target/training");
    Processes.waitFor(() -> Optional.of(scratch).filter(Files::notExists));
    assertThat(run("run", "x.csv").status).isZero();
    assertThat(java()).hasSize(3);
    assertThat(java().get(2)).contains("-XX:SharedArchiveFile=");
    assertThat(maven()).hasSize(1);
  }

  @Test
  void aTrainingThatFailsIsAWarningAndIsNotTriedAgain() throws Exception {
    assertThat(run("help").status).isZero();
    environment.put("TRAINING_FAILS", "yes");

    Ended training = run("train");

    assertThat(training.status).isZero();
    assertThat(training.err)
        .isEqualTo(
            "waybill: warning: the class-data archives can't be made, so each start takes longer; see local/target/training.log\n");
    assertThat(archive("launcher.jsa")).isEmpty();
    assertThat(checkout.resolve("local/target/training")).doesNotExist();
    assertThat(run("run", "x.csv").status).isZero();
    assertThat(java()).hasSize(3);
  }

  @Test
  void throughALinkAndWithCdpathItBuildsItsOwnCheckout() throws Exception {
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere/local"));
    Path link =
        Files.createSymbolicLink(folder.resolve("bin/waybill"), Path.of("../check out/waybill"));
    environment.put("CDPATH", folder.toString());

    Ended ended = start(elsewhere.getParent(), List.of(link.toString(), "help")).await();

    assertThat(ended.status).as(ended.err).isZero();
    assertThat(maven()).singleElement().asString().startsWith("mvn in " + checkout + ": ");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void twoFirstBuildsAtOnceAreOne() throws Exception {
    Path go = folder.resolve("go");
    environment.put("MAVEN_BLOCKS", go.toString());
    Started first = start("help");
    Processes.waitFor(() -> Optional.of(calls).filter(Files::exists));
    Started second = start("help");
    Processes.waitFor(() -> Optional.of(second.err()).filter(err -> err.contains("waiting")));

    Files.createFile(go);

    assertThat(first.await().status).isZero();
    assertThat(second.await().status).isZero();
    assertThat(second.err())
        .isEqualTo(
            "waybill: waiting for another waybill that builds (process %d)\n"
                .formatted(first.process.pid()));
    assertThat(maven()).hasSize(1);
    assertThat(java()).hasSize(2);
  }

  @Test
  void aLockWhoseMakerWasKilledHoldsNobodyUp() throws Exception {
    Files.createDirectories(checkout.resolve("target"));
    Files.createSymbolicLink(checkout.resolve("target/waybill.lock"), Path.of("4194999"));

    assertThat(run("help").status).isZero();
    assertThat(checkout.resolve("target")).isEmptyDirectory();
  }

  @Test
  void aCheckoutThatWasMovedIsBuiltAgain() throws Exception {
    assertThat(run("help").status).isZero();
    Path moved = Files.move(checkout, folder.resolve("moved"));
    checkout = moved;

    assertThat(run("help").status).isZero();
    assertThat(maven()).hasSize(2);
    assertThat(run("help").status).isZero();
    assertThat(maven()).hasSize(2);
  }

  @Test
  void aPathWithAColonIsRefused() throws Exception {
    checkout = Files.move(checkout, folder.resolve("a:b"));

    assertFails(
        "can't run from %s: Java separates the parts of a class path by ':'; move the checkout to a path without it"
            .formatted(checkout));
  }

  @Test
  void aCheckoutThatCanNotBeWrittenToIsNamed() throws Exception {
    Files.setPosixFilePermissions(checkout, PosixFilePermissions.fromString("r-xr-xr-x"));
    List<String> command = new ArrayList<>(WaybillCommand.ordinaryUser());
    command.addAll(List.of(checkout.resolve("waybill").toString(), "help"));

    Ended ended = start(folder, command).await();
    Files.setPosixFilePermissions(checkout, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThat(ended.status).isEqualTo(1);
    assertThat(ended.err)
        .isEqualTo(
            "waybill: can't write to %s/target, where the build goes: give this user the right to, or use a checkout of your own\n"
                .formatted(checkout));
  }

  @Test
  void aMachineThatLetsAJobOpenTooFewFilesIsRefusedBeforeAnythingIsBuilt() throws Exception {
    Ended ended = runWithFiles("-n 255", "run", "x.csv");

    assertThat(ended.status).isEqualTo(1);
    assertThat(ended.err)
        .isEqualTo(
            "waybill: a process may open 255 files here, and a job needs 256: raise the hard limit (ulimit -Hn)\n");
    assertThat(calls).doesNotExist();
  }

  /** That a run itself works there is {@link UnusualMachineIT}'s. */
  @Test
  void whereAJobMayOpenFewFilesTheCompilerIsNotInMavenAndNothingIsTrained() throws Exception {
    assertThat(runWithFiles("-n 256", "run", "x.csv").status).isZero();
    assertThat(runWithFiles("-n 256", "train").status).isZero();

    assertThat(java()).singleElement().asString().endsWith("Waybill run x.csv");
    assertThat(maven()).singleElement().asString().contains("-Dmaven.compiler.fork=true");
    assertThat(run("train").status).isZero();
    assertThat(archive("launcher.jsa")).isPresent();
  }

  @Test
  void aSoftLimitOfOpenFilesIsLeftToJava() throws Exception {
    assertThat(run("help").status).isZero();
    assertThat(run("train").status).isZero();

    Ended ended = runWithFiles("-Sn 128", "run", "x.csv");

    assertThat(ended.status).as(ended.err).isZero();
  }

  @ParameterizedTest
  @CsvSource({"C, C.UTF-8", "POSIX, C.UTF-8", "not_INSTALLED.UTF-8, C.UTF-8", "C.utf8, C.utf8"})
  void javaGetsALocaleInWhichNamesOfFilesMayHaveAnyCharacters(String given, String passed)
      throws Exception {
    environment.put("LC_ALL", given);

    Ended ended = run("help");

    assertThat(ended.status).as(ended.err).isZero();
    assertThat(called("locale ")).containsExactly("locale " + passed);
  }

  @Test
  void aBuildThatFailsSaysWhy() throws Exception {
    environment.put("MAVEN_FAILS", "yes");

    Ended ended = run("help");

    assertThat(ended.status).isEqualTo(1);
    assertThat(ended.err).endsWith("waybill: the build failed: [ERROR] no compiler today\n");
    assertThat(checkout.resolve("target")).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void toldToStopWhileItBuildsItTakesMavenAlong(String signal, int status) throws Exception {
    environment.put("MAVEN_BLOCKS", folder.resolve("never").toString());
    Started build = start("help");
    Processes.waitFor(() -> Optional.of(calls).filter(Files::exists));

    signal(signal, build);

    assertThat(build.await().status).isEqualTo(status);
    assertThat(build.process.descendants()).isEmpty();
    assertThat(checkout.resolve("target")).isEmptyDirectory();
    assertThat(checkout.resolve("local/target/built")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void toldToStopWhileItTrainsItLeavesNothing(String signal, int status) throws Exception {
    assertThat(run("help").status).isZero();
    environment.put("TRAINING_BLOCKS", "yes");
    Started training = start("train");
    Processes.waitFor(() -> Optional.of(java()).filter(java -> java.size() == 2));
    Path scratch = checkout.resolve("local/target/training");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(scratch)))
        .isEqualTo("rwx------");
    assertThat(java()).allMatch(java -> java.contains(" -XX:-UsePerfData "));

    signal(signal, training);

    assertThat(training.await().status).isEqualTo(status);
    assertThat(training.process.descendants()).isEmpty();
    assertThat(scratch).doesNotExist();
    assertThat(checkout.resolve("local/target/cds")).doesNotExist();
    assertThat(checkout.resolve("target")).isEmptyDirectory();
  }

  private void assertFails(String message) throws Exception {
    Ended ended = run("help");

    assertThat(ended.err).isEqualTo("waybill: " + message + "\n");
    assertThat(ended.status).isEqualTo(1);
  }

  private Ended run(String... arguments) throws Exception {
    return start(arguments).await();
  }

  private Ended runWithFiles(String limit, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("bash", "-c", "ulimit " + limit + "; exec \"$@\"", "-"));
    command.add(checkout.resolve("waybill").toString());
    command.addAll(List.of(arguments));
    return start(folder, command).await();
  }

  private Started start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(checkout.resolve("waybill").toString()));
    command.addAll(List.of(arguments));
    return start(folder, command);
  }

  private Started start(Path where, List<String> command) throws IOException {
    Path err = Files.createTempFile(folder, "err", "");
    List<String> interruptible = new ArrayList<>(Processes.INTERRUPTIBLE);
    interruptible.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(interruptible)
            .directory(where.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    return new Started(builder.start(), err);
  }

  private record Started(Process process, Path file) {

    Ended await() throws InterruptedException {
      return new Ended(process.waitFor(), err());
    }

    String err() {
      return read(file);
    }
  }

  private record Ended(int status, String err) {}

  private static void signal(String name, Started started) throws Exception {
    new ProcessBuilder("kill", "-" + name, String.valueOf(started.process.pid())).start().waitFor();
  }

  private Path jdk(String name, String version) throws IOException {
    Path home = folder.resolve(name);
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"%s\"\n".formatted(version));
    script(home.resolve("bin/javac"), "");
    script(
        home.resolve("bin/java"),
        """
        echo "java $*" >>"$CALLS"
        echo "locale ${LC_ALL:-}" >>"$CALLS"
        case "$*" in *ArchiveClassesAtExit=*)
          [ -z "${TRAINING_FAILS:-}" ] || exit 1
          [ -z "${TRAINING_BLOCKS:-}" ] || exec sleep 1000
          for word; do
            case $word in *ArchiveClassesAtExit=*) touch "${word#*=}" ;; esac
          done ;;
        esac
        """);
    return home;
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, "#!/usr/bin/env bash\n" + text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Optional<Path> archive(String name) {
    return Optional.of(checkout.resolve("local/target/cds").resolve(name)).filter(Files::exists);
  }

  private List<String> java() {
    return called("java ");
  }

  private List<String> maven() {
    return called("mvn ");
  }

  private List<String> called(String name) {
    return read(calls).lines().filter(call -> call.startsWith(name)).toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
