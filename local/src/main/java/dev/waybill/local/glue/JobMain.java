package dev.waybill.local.glue;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.hadoop.security.UserGroupInformation;

/**
 * What Glue has around a job's main class in the driver's JVM: calls it, and leaves its error
 * message where the stand-in for Glue finds it.
 */
final class JobMain {

  static final String CLASS = "waybill.job.class";
  static final String ERROR = "waybill.job.error";
  static final String LAUNCHER = "waybill.launcher";

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
    try {
      Class.forName(System.getProperty(CLASS))
          .getMethod("main", String[].class)
          .invoke(null, (Object) Stream.of(args).map(JobMain::argument).toArray(String[]::new));
    } catch (InvocationTargetException e) {
      e.getCause().printStackTrace();
      report(e.getCause());
      System.exit(1);
    }
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
  private static void report(Throwable error) throws IOException {
    Throwable root = error;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    Files.writeString(
        Path.of(System.getProperty(ERROR)),
        "Exception in User Class: "
            + root.getClass().getName()
            + " : "
            + root.getMessage()
            + (root instanceof UnsatisfiedLinkError ? NO_LIBRARY : ""));
  }
}
