package dev.waybill.gluetracing.internal.spark;

import dev.waybill.gluetracing.internal.trace.Outcome;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * A span that a job has room for or not.
 *
 * @param rank a lower one comes first, whatever it took
 */
record Detail(
    Rank rank,
    SpanContext self,
    SpanContext parent,
    String name,
    Instant start,
    Instant end,
    Attributes attributes,
    Outcome outcome) {

  /** The first comes first. */
  static final Comparator<Detail> ORDER =
      Comparator.comparing(Detail::rank)
          .thenComparing(Detail::took, Comparator.reverseOrder())
          .thenComparing(Detail::start)
          .thenComparing(Detail::name);

  /** What counts more than time. */
  enum Rank {
    FAILED,
    SLOW_TASK,
    UNNAMED_TIME,
    OTHER
  }

  Duration took() {
    return Duration.between(start, end);
  }

  /** Ranked so that it comes before those that are part of it; failed, it comes first. */
  Detail before(List<Detail> others) {
    Rank first =
        others.stream()
            .filter(other -> other.parent.equals(self))
            .map(Detail::rank)
            .min(Comparator.naturalOrder())
            .orElse(rank);
    Rank own = outcome.failed() ? Rank.FAILED : first;
    return new Detail(own, self, parent, name, start, end, attributes, outcome);
  }
}
