package dev.waybill.local.glue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.local.Installation;
import dev.waybill.local.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real JVMs with {@link JobMain}; the jobs are small classes of this test. */
@Timeout(120)
class JobsJvmTest {

  @TempDir private Path folder;
  private final CountDownLatch free = new CountDownLatch(1);
  private Path errors;
  private Path log;
  private Process process;

  @BeforeEach
  void nameFiles() {
    errors = folder.resolve("error");
    log = folder.resolve("log");
  }

  @AfterEach
  void end() {
    process.destroyForcibly();
  }

  @Test
  void theNextJobFindsTheJvmAsTheFirstDid() throws Exception {
    JobsJvm jvm = start(Leaves.class, "first \u00fc");
    assertThat(jvm.process(false, free::countDown).waitFor()).isZero();
    assertThat(free.await(0, TimeUnit.SECONDS)).as("it can take another job").isTrue();
    assertThat(jvm.takes("first")).as("each job once").isFalse();
    assertThat(jvm.takes("second")).isTrue();

    jvm.give("second", spec(Leaves.class, "second \u00fc"));

    assertThat(jvm.process(true, free::countDown).waitFor()).isZero();
    assertThat(process.waitFor()).as("it ends with the last job").isZero();
    assertThat(Files.readString(folder.resolve("first.log")))
        .contains("job first \u00fc in %d, left null\n".formatted(process.pid()));
    assertThat(Files.readString(log))
        .isEqualTo("job second \u00fc in %d, left null\n".formatted(process.pid()));
  }

  @Test
  void aJobThatFailsSaysWhyAndEndsItsJvm() throws Exception {
    JobsJvm jvm = start(Leaves.class, "first");
    jvm.process(false, free::countDown).waitFor();

    jvm.give("second", spec(Fails.class, "no rows"));

    assertThat(jvm.process(false, () -> {}).waitFor()).isEqualTo(1);
    assertThat(jvm.takes("third")).isFalse();
    assertThat(errors)
        .hasContent("Exception in User Class: java.lang.IllegalStateException : no rows");
    assertThat(Files.readString(log)).contains("IllegalStateException: no rows");
  }

  @Test
  void aJobThatLeavesAThreadEndsWithIt() throws Exception {
    Path end = folder.resolve("end");
    JobProcess job = start(LeavesAThread.class, end.toString()).process(false, free::countDown);
    Processes.waitFor(() -> firstLog().filter(text -> text.contains("left")));
    assertThat(job.isAlive()).isTrue();

    Files.createFile(end);

    assertThat(job.waitFor()).isZero();
    assertThat(process.waitFor()).isZero();
    assertThat(free.getCount()).as("it takes no other job").isEqualTo(1);
  }

  @Test
  void aJvmForWhichThereIsNoJobEnds() throws Exception {
    JobsJvm jvm = start(Leaves.class, "first");
    jvm.process(false, free::countDown).waitFor();

    jvm.end();

    assertThat(process.waitFor()).isZero();
    assertThat(jvm.takes("second")).isFalse();
  }

  private JobsJvm start(Class<?> job, String argument) throws IOException {
    process =
        new ProcessBuilder(
                Installation.java(),
                "-D" + JobMain.CLASS + "=" + job.getName(),
                "-D" + JobMain.ERROR + "=" + errors,
                "-D" + JobMain.MORE + "=true",
                "-D" + JobMain.LAUNCHER + "=" + ProcessHandle.current().pid(),
                "-Dfile.encoding=UTF-8",
                "-Dsun.jnu.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                JobMain.class.getName(),
                argument)
            .redirectError(folder.resolve("first.log").toFile())
            .start();
    return new JobsJvm(process, "first");
  }

  private JobSpec spec(Class<?> job, String argument) {
    return new JobSpec(
        job.getName(), errors.toString(), log.toString(), job == Leaves.class, List.of(argument));
  }

  private Optional<String> firstLog() {
    try {
      return Optional.of(Files.readString(folder.resolve("first.log")));
    } catch (IOException notYet) {
      return Optional.empty();
    }
  }

  /** Leaves a property behind. */
  public static final class Leaves {
    public static void main(String[] args) {
      System.out.printf(
          "job %s in %d, left %s%n",
          args[0], ProcessHandle.current().pid(), System.getProperty("left"));
      System.setProperty("left", args[0]);
    }
  }

  /** Fails. */
  public static final class Fails {
    public static void main(String[] args) {
      throw new IllegalStateException(args[0]);
    }
  }

  /** Leaves a thread that goes on until there is a file. */
  public static final class LeavesAThread {
    public static void main(String[] args) {
      Thread main = Thread.currentThread();
      new Thread(
              () -> {
                Processes.waitFor(() -> Optional.of(main).filter(thread -> !thread.isAlive()));
                System.out.println("left");
                Processes.waitFor(
                    () -> Optional.of(args[0]).filter(file -> Files.exists(Path.of(file))));
              })
          .start();
    }
  }
}
