package dev.waybill.gluetracing.internal.spark;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * What Spark counted of observed data sets. An action that asks for a few rows counts a fragment,
 * so the fullest run holds. Within one physical plan all stages add to one accumulator: those that
 * run further partitions add to the run, those that run the same ones again do not. Not safe for
 * use by several threads.
 */
final class ObservedRuns {

  /** Physical plans whose counts are still known; a later stage of an older one begins anew. */
  private static final int PLANS_KEPT = 1_000;

  private final Map<Long, Observed> fullest = new HashMap<>();
  private final Map<Long, Plan> plans =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Plan> eldest) {
          return size() > PLANS_KEPT;
        }
      };

  /**
   * What was counted of a data set.
   *
   * @param read what the stages read that counted it, or empty where more than one source did
   * @param stage the one that counted most of it
   */
  record Observed(long[] counts, OptionalLong read, SparkStage stage) {

    long rows(int index) {
      return counts[index];
    }

    private long sum() {
      return LongStream.of(counts).sum();
    }
  }

  /**
   * Adds what a stage counted.
   *
   * @param accumulator its id
   * @param total the accumulator's value, of this stage and all before it
   * @param partitions those that this stage ran
   */
  void add(long observation, long accumulator, long[] total, BitSet partitions, SparkStage stage) {
    Plan plan = plans.computeIfAbsent(accumulator, id -> new Plan(total.length));
    if (plan.add(total, partitions, stage)) {
      fullest.merge(observation, plan.observed(), (old, now) -> now.sum() > old.sum() ? now : old);
    }
  }

  /** The fullest run, or null where there was none. */
  Observed of(long observation) {
    return fullest.get(observation);
  }

  private static final class Plan {

    private final BitSet partitions = new BitSet();
    private final long[] counts;
    private long[] total;
    private OptionalLong read = OptionalLong.of(0);
    private SparkStage stage;
    private long ofStage;

    private Plan(int length) {
      this.counts = new long[length];
      this.total = new long[length];
    }

    /** False where all of it was counted before. */
    private boolean add(long[] now, BitSet ran, SparkStage by) {
      long[] before = total;
      total = now;
      if (ran.intersects(partitions)) {
        if (ran.cardinality() <= partitions.cardinality()) {
          return false;
        }
        // The stage before was broken off: this one begins anew.
        partitions.clear();
        Arrays.fill(counts, 0);
        read = OptionalLong.of(0);
        ofStage = 0;
      }
      partitions.or(ran);
      read =
          read.isPresent() && by.read().isPresent()
              ? OptionalLong.of(read.getAsLong() + by.read().getAsLong())
              : OptionalLong.empty();
      long added = 0;
      for (int i = 0; i < counts.length; i++) {
        counts[i] += now[i] - before[i];
        added += now[i] - before[i];
      }
      if (stage == null || added > ofStage) {
        stage = by;
        ofStage = added;
      }
      return true;
    }

    private Observed observed() {
      return new Observed(counts.clone(), read, stage);
    }
  }
}
