package dev.waybill.gluetracing.internal.spark;

import dev.waybill.gluetracing.internal.spark.LazyStep.Branch;
import dev.waybill.gluetracing.internal.spark.LazyStep.Count;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;

/**
 * Scans whose count a filter is put before, so that it can go into the scan. Not safe for use by
 * several threads.
 */
final class FilteredScans {

  /** Observed data sets that do nothing but read, as they were before. */
  private final Map<Dataset<?>, Dataset<?>> scans = new IdentityHashMap<>();

  /** Data sets that filter what such a one reads, by whether nothing but that. */
  private final Map<Dataset<?>, Boolean> filtered = new IdentityHashMap<>();

  /** The observations of what filters a scan in its stead, by the scan's own. */
  private final Map<Long, List<Branch>> branches = new HashMap<>();

  void add(Dataset<?> observed, Dataset<?> scan) {
    scans.put(observed, scan);
  }

  /** The scan that was observed, or null. */
  @SuppressWarnings("unchecked") // It has the type of what was observed.
  <T> Dataset<T> of(Dataset<T> observed) {
    return (Dataset<T>) scans.get(observed);
  }

  /** Whether rows that were made of a scan are to be taken: the filter can go into it. */
  boolean takes(Dataset<?> rows, Dataset<?> scan) {
    boolean takes = ScanPlans.filters(rows, scan);
    if (takes) {
      filtered.put(rows, ScanPlans.isScan(rows));
    }
    return takes;
  }

  /**
   * Where it is counted what comes into a step, or null where it is not.
   *
   * @param rows that the step made, whose count may stand in for the scan's from now on
   * @param counted where these are counted, or null
   * @param before where the step's input is counted, or null
   */
  Count countBefore(Dataset<?> rows, Count counted, Count before) {
    Boolean alone = filtered.remove(rows);
    if (alone == null || counted == null) {
      return before;
    }
    branches
        .computeIfAbsent(before.observation(), scan -> new ArrayList<>())
        .add(new Branch(counted.observation(), alone));
    return alone ? new Count(counted.observation(), LazyStep.READ) : null;
  }

  /** What filters a scan, by the scan's observation. */
  List<Branch> branches(long scan) {
    return branches.getOrDefault(scan, List.of());
  }
}
