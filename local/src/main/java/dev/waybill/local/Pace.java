package dev.waybill.local;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How long those wait who ask again and again for the same kind of thing: together they ask about
 * ten times a second, however many they are, so that a hundred runs leave the cores to their jobs.
 */
public final class Pace {

  private static final Duration BETWEEN_TWO = Duration.ofMillis(100);

  private final Duration shortest;
  private final AtomicInteger asking = new AtomicInteger();

  /**
   * A pace for who comes.
   *
   * @param shortest what one that asks alone waits
   */
  public Pace(Duration shortest) {
    this.shortest = shortest;
  }

  /** One more begins to ask. */
  public void enter() {
    asking.incrementAndGet();
  }

  /** One has its answer. */
  public void leave() {
    asking.decrementAndGet();
  }

  /** Waits until it is time to ask again. */
  public void await() throws InterruptedException {
    Thread.sleep(interval().toMillis());
  }

  Duration interval() {
    return shortest.plus(BETWEEN_TWO.multipliedBy(asking.get() - 1));
  }
}
