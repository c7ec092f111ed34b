package dev.waybill.gluetracing.internal.trace;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The time that all waits of one kind share. Immutable.
 *
 * @param nanos of {@link System#nanoTime()}
 */
public record Deadline(long nanos) {

  /** One that much later than now. */
  public static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  /** What is left of the time, and no more than that. */
  public Duration left(Duration atMost) {
    Duration left = Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
    return left.compareTo(atMost) < 0 ? left : atMost;
  }

  /**
   * Has work done by a thread of its own, and waits for it while there is time.
   *
   * @param thread its name
   * @return the work's result, or empty where time was over first
   * @throws ExecutionException where the work failed
   */
  public <T> Optional<T> call(String thread, Duration atMost, Callable<T> work)
      throws ExecutionException, InterruptedException {
    FutureTask<T> task = new FutureTask<>(work);
    daemon(thread, task);
    try {
      return Optional.of(task.get(left(atMost).toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    }
  }

  /** Starts a thread for which no JVM waits. */
  public static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}
