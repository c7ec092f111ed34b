package dev.waybill.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** What tests ask of processes, from Linux's {@code /proc}. */
public final class Processes {

  private static final Duration POLL = Duration.ofMillis(10);

  /**
   * What starts a program that can be interrupted: one that is started in the background, as tests
   * may be, inherits that SIGINT is ignored.
   */
  public static final List<String> INTERRUPTIBLE = List.of("env", "--default-signal=INT");

  private Processes() {}

  /** Whether these words are on a process's command line; arguments end with {@code \\0}. */
  public static boolean isCalledWith(ProcessHandle process, String words) {
    return commandLine(process).contains(words);
  }

  /**
   * All of a process's command line, of which {@link ProcessHandle.Info} gives 4 KiB; empty when it
   * has ended. Arguments end with {@code \\0}.
   */
  public static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
    } catch (IOException ended) {
      return "";
    }
  }

  /** Looks until there is something, or until the test's timeout interrupts it. */
  public static <T> T waitFor(Supplier<Optional<T>> condition) {
    while (!Thread.interrupted()) {
      Optional<T> found = condition.get();
      if (found.isPresent()) {
        return found.get();
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    throw new AssertionError("interrupted while waiting: what was awaited did not happen");
  }
}
