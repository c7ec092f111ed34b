package dev.waybill.local.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What a command does when this JVM is told to stop (Ctrl-C, SIGTERM): it begins to stop what it
 * started, and the JVM waits until the command has come to its own end, or until a bound. A second
 * signal does not shorten this; SIGKILL does.
 *
 * @see <a
 *     href="https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/lang/Runtime.html#addShutdownHook(java.lang.Thread)">Shutdown
 *     hooks</a>
 */
final class Shutdown implements AutoCloseable {

  /** A job that is stopped sends its telemetry first, for at most ten seconds. */
  private static final Duration BOUND = Duration.ofSeconds(20);

  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook;

  private Shutdown(Runnable stop) {
    this.hook = new Thread(() -> stopAndWait(stop), "waybill-stop");
  }

  /**
   * Begins to listen.
   *
   * @param stop returns soon, and makes the command end
   */
  static Shutdown onSignal(Runnable stop) {
    Shutdown shutdown = new Shutdown(stop);
    Runtime.getRuntime().addShutdownHook(shutdown.hook);
    return shutdown;
  }

  /** The command has ended. */
  @Override
  public void close() {
    ended.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException stopping) {
      return;
    }
  }

  private void stopAndWait(Runnable stop) {
    stop.run();
    try {
      ended.await(BOUND.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
