package dev.waybill.local;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How long those wait who ask again and again for the same kind of thing: together they ask about
 * ten times a second, however many they are, so that a hundred runs leave the cores to their jobs;
 * and who has waited long asks less often, so that a long run has the cores, too.
 */
public final class Pace {

  private static final Duration BETWEEN_TWO = Duration.ofMillis(100);

  /** An answer may come late by this part of the time that it took. */
  private static final int PART = 100;

  private static final Duration LATEST = Duration.ofMillis(500);

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

  /**
   * Waits until it is time to ask again.
   *
   * @param since when this one began to ask
   */
  public void await(Instant since) throws InterruptedException {
    Thread.sleep(interval(Duration.between(since, Instant.now())).toMillis());
  }

  Duration interval(Duration asked) {
    Duration part = asked.dividedBy(PART);
    return shortest
        .plus(BETWEEN_TWO.multipliedBy(asking.get() - 1))
        .plus(part.compareTo(LATEST) < 0 ? part : LATEST);
  }
}
