package dev.waybill.gluetracing.internal.spark;

import java.time.Duration;
import java.time.Instant;
import org.apache.spark.SparkContext;
import org.apache.spark.status.api.v1.ExecutorSummary;
import scala.jdk.javaapi.CollectionConverters;

/** The executors of an application, by what Spark keeps of them for its UI. */
public final class Executors {

  private Executors() {}

  /**
   * The time of all of them together, as far as it is between these two. The driver has no cores of
   * its own in that list, unless it is the executor, too.
   */
  public static Duration time(SparkContext context, Instant from, Instant to) {
    return CollectionConverters.asJava(context.statusStore().executorList(false)).stream()
        .filter(executor -> executor.totalCores() > 0)
        .map(executor -> time(executor, from, to))
        .reduce(Duration.ZERO, Duration::plus);
  }

  private static Duration time(ExecutorSummary executor, Instant from, Instant to) {
    Instant added = executor.addTime().toInstant();
    Instant removed =
        executor.removeTime().isEmpty() ? to : executor.removeTime().get().toInstant();
    Instant begin = added.isAfter(from) ? added : from;
    Instant end = removed.isBefore(to) ? removed : to;
    return end.isAfter(begin) ? Duration.between(begin, end) : Duration.ZERO;
  }
}
