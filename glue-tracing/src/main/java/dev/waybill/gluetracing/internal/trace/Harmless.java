package dev.waybill.gluetracing.internal.trace;

import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;

/**
 * Runs telemetry's own work, of which nothing may reach the job: whatever goes wrong, an {@link
 * Error} included, becomes one warning in all. Safe for use by several threads.
 */
public final class Harmless {

  private final Logger log;
  private final AtomicBoolean warned = new AtomicBoolean();

  /**
   * Begins without trouble.
   *
   * @param log where the warning goes
   */
  public Harmless(Logger log) {
    this.log = log;
  }

  /** Work without a result. */
  @FunctionalInterface
  public interface Work {
    void run() throws Exception;
  }

  /**
   * Runs it.
   *
   * @param what the work in words, to follow "can't"
   */
  public void run(String what, Work work) {
    get(
        what,
        () -> {
          work.run();
          return null;
        },
        null);
  }

  /**
   * Runs it.
   *
   * @param what the work in words, to follow "can't"
   * @param otherwise the result where it fails
   */
  public <T> T get(String what, Callable<T> work, T otherwise) {
    try {
      return work.call();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      trouble(what, e);
    }
    return otherwise;
  }

  /** Warns, if this is the first trouble. */
  public void trouble(String what, Throwable e) {
    if (warned.compareAndSet(false, true)) {
      try {
        log.warn("telemetry of this job is incomplete: can't {}: {}", what, words(e));
      } catch (Throwable worse) {
        // There is nobody left to tell.
      }
    }
  }

  private static String words(Throwable e) {
    String text = ErrorText.of(e);
    String type = ErrorText.rootOf(e).getClass().getSimpleName();
    return text.contains(type) ? text : type + ": " + text;
  }
}
