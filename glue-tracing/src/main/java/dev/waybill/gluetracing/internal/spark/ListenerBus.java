package dev.waybill.gluetracing.internal.spark;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Spark's queue of events: they arrive late, and when the queue is full they are dropped, which
 * Spark only tells its metrics.
 */
public final class ListenerBus {

  public static final String SOURCE = "LiveListenerBus";
  public static final String DROPPED = "queue.shared.numDroppedEvents";

  private ListenerBus() {}

  /**
   * Waits, for a bounded time, until all events so far were seen. Returns how many were dropped
   * unseen.
   */
  public static long drain(SparkContext context, Duration bound) {
    try {
      context.listenerBus().waitUntilEmpty(bound.toMillis());
    } catch (TimeoutException e) {
      return dropped() + 1;
    }
    return dropped();
  }

  private static long dropped() {
    return CollectionConverters.asJava(SparkEnv.get().metricsSystem().getSourcesByName(SOURCE))
        .stream()
        .map(source -> source.metricRegistry().getCounters().get(DROPPED))
        .filter(java.util.Objects::nonNull)
        .mapToLong(counter -> counter.getCount())
        .sum();
  }
}
