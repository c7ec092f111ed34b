package dev.waybill.local.glue;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.spark.sql.SparkSession;

/**
 * What Glue has around a job's main class in the driver's JVM: calls it, and leaves its error
 * message where the stand-in for Glue finds it. The run's next job runs in the same JVM, unless one
 * has failed or left threads.
 */
final class JobMain {

  static final String CLASS = "waybill.job.class";
  static final String ERROR = "waybill.job.error";
  static final String LAUNCHER = "waybill.launcher";

  /** Whether more jobs may come through standard input, as a {@link JobSpec} each. */
  static final String MORE = "waybill.job.more";

  /** What it answers on standard output when a job has succeeded and another may come. */
  static final int SUCCEEDED = 1;

  /** An argument that is this and a variable's name stands for that variable's value. */
  static final String FROM_VARIABLE = "variable:WAYBILL_";

  private static final String NO_LIBRARY =
      "; Spark's native libraries are loaded from a folder below --out, whose file system must not be"
          + " mounted with noexec: name another folder by --out";

  private static final String USER = "waybill";

  private JobMain() {}

  public static void main(String[] args) throws Exception {
    endWithLauncher();
    // Hadoop would ask the system, which in a container may have no name for its user.
    UserGroupInformation.setLoginUser(UserGroupInformation.createRemoteUser(USER));
    JobSpec job =
        new JobSpec(
            System.getProperty(CLASS),
            System.getProperty(ERROR),
            null,
            !Boolean.getBoolean(MORE),
            List.of(args));
    if (job.isLast()) {
      run(job);
    } else {
      runAll(job);
    }
  }

  /** Runs the first job and those that come, as long as none leaves threads. */
  private static void runAll(JobSpec first) throws Exception {
    PrintStream replies = System.out;
    System.setOut(System.err);
    Properties properties = (Properties) System.getProperties().clone();
    DataInputStream jobs = new DataInputStream(System.in);
    JobSpec job = first;
    run(job);
    while (!job.isLast() && leftNoThreads()) {
      stopSpark();
      System.setProperties((Properties) properties.clone());
      replies.write(SUCCEEDED);
      replies.flush();
      try {
        job = JobSpec.read(jobs);
      } catch (EOFException noMore) {
        return;
      }
      PrintStream log = new PrintStream(new FileOutputStream(job.log(), true), true);
      System.setOut(log);
      System.setErr(log);
      run(job);
    }
  }

  /** Runs a job; ends the JVM where it fails. */
  private static void run(JobSpec job) throws Exception {
    try {
      Class.forName(job.mainClass())
          .getMethod("main", String[].class)
          .invoke(
              null,
              (Object) job.arguments().stream().map(JobMain::argument).toArray(String[]::new));
    } catch (InvocationTargetException e) {
      e.getCause().printStackTrace();
      report(e.getCause(), Path.of(job.error()));
      System.exit(1);
    } catch (ClassNotFoundException | NoSuchMethodException e) {
      e.printStackTrace();
      report(
          new ClassNotFoundException(
              "the jobs' jar has no class %s with a public main(String[]): workflow/jobs.json names it"
                  .formatted(job.mainClass())),
          Path.of(job.error()));
      System.exit(1);
    }
  }

  /** Threads that a job leaves may go on with its work, and keep the JVM until they end. */
  private static boolean leftNoThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .allMatch(thread -> thread.isDaemon() || thread == Thread.currentThread());
  }

  /** Jobs leave their Spark to the JVM's end. */
  private static void stopSpark() {
    SparkSession.getDefaultSession()
        .foreach(
            session -> {
              session.stop();
              return null;
            });
    SparkSession.clearActiveSession();
  }

  private static String argument(String given) {
    return given.startsWith(FROM_VARIABLE)
        ? System.getenv(given.substring(given.indexOf(':') + 1))
        : given;
  }

  /** A launcher that was killed can't stop its jobs, and nobody would ever look at them again. */
  private static void endWithLauncher() {
    CompletableFuture<?> ended =
        ProcessHandle.of(Long.getLong(LAUNCHER))
            .<CompletableFuture<?>>map(ProcessHandle::onExit)
            .orElse(CompletableFuture.completedFuture(null));
    ended.thenRun(() -> Runtime.getRuntime().halt(1));
  }

  /** In the words of Glue: the exception's class, then the innermost cause's message. */
  private static void report(Throwable error, Path file) throws IOException {
    Throwable root = error;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    Files.writeString(
        file,
        "Exception in User Class: "
            + root.getClass().getName()
            + " : "
            + root.getMessage()
            + (root instanceof UnsatisfiedLinkError ? NO_LIBRARY : ""));
  }
}
