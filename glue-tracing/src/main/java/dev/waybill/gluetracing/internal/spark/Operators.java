package dev.waybill.gluetracing.internal.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What Spark's operators do, in a word or two: those of physical plans by their nodes' names, those
 * of RDDs by the names of the methods that made them. Without ids, paths and columns, so that the
 * same work has the same name in every run.
 */
final class Operators {

  /** More words than this are cut in the middle. */
  private static final int WORDS = 6;

  private static final Map<String, String> WORDS_OF_NODES =
      Map.ofEntries(
          Map.entry("AQEShuffleRead", "exchange"),
          Map.entry("BroadcastExchange", "broadcast"),
          Map.entry("CollectLimit", "limit"),
          Map.entry("CollectTail", "limit"),
          Map.entry("GlobalLimit", "limit"),
          Map.entry("LocalLimit", "limit"),
          Map.entry("TakeOrderedAndProject", "limit"),
          Map.entry("InMemoryTableScan", "cache"),
          Map.entry("ExternalRDDScan", "scan rdd"),
          Map.entry("CartesianProduct", "join"),
          Map.entry("WindowGroupLimit", "window"),
          Map.entry("MapElements", "map"),
          Map.entry("AppendColumns", "map"),
          Map.entry("Generate", "explode"));

  /** By the end of a node's name. */
  private static final Map<String, String> WORDS_OF_ENDINGS =
      Map.of(
          "Aggregate", "aggregate",
          "Join", "join",
          "EvalPython", "python",
          "InPandas", "python",
          "InArrow", "python",
          "TableScan", "scan table");

  /** Beside the point, or there in nearly every stage. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "AdaptiveSparkPlan",
          "AppendColumnsWithObject",
          "BroadcastQueryStage",
          "CollectMetrics",
          "ColumnarToRow",
          "DeserializeToObject",
          "Filter",
          "InputAdapter",
          "Project",
          "ResultQueryStage",
          "ReusedExchange",
          "RowToColumnar",
          "SerializeFromObject",
          "ShuffleQueryStage",
          "TableCacheQueryStage",
          "WholeStageCodegen",
          "mapPartitionsInternal",
          "mapPartitionsWithIndexInternal");

  private Operators() {}

  /** An operator's word; empty where it is left out. */
  static String word(String node) {
    String name = node.strip();
    String first = name.split(" ", 2)[0];
    if (first.equals("Scan") || first.equals("BatchScan")) {
      return scan(name.substring(first.length()).strip());
    }
    if (LEFT_OUT.contains(first)) {
      return "";
    }
    if (first.equals("Execute") || first.equals("WriteFiles") || first.startsWith("Overwrite")) {
      return "write";
    }
    if (WORDS_OF_NODES.containsKey(first)) {
      return WORDS_OF_NODES.get(first);
    }
    return WORDS_OF_ENDINGS.entrySet().stream()
        .filter(ending -> first.endsWith(ending.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseGet(() -> spaced(first));
  }

  /** Words without those that are empty or repeat the one before. */
  static String joined(List<String> words) {
    List<String> told = new ArrayList<>();
    for (String word : words) {
      if (!word.isEmpty() && (told.isEmpty() || !told.get(told.size() - 1).equals(word))) {
        told.add(word);
      }
    }
    if (told.size() > WORDS) {
      told.subList(WORDS / 2, told.size() - WORDS / 2 + 1).clear();
      told.add(WORDS / 2, "…");
    }
    return String.join(", ", told);
  }

  /** {@code saveAsTextFile} is {@code save as text file}. */
  static String spaced(String name) {
    return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
  }

  /** The format or the table, where it is one word; of a path, what kind of file it is. */
  private static String scan(String what) {
    String first =
        what.split(" ", 2)[0].toLowerCase(Locale.ROOT).replaceFirst("^.*/[^/]+\\.(?=\\w+$)", "");
    return first.matches("[a-z][a-z0-9_.]*") ? "scan " + first : "scan";
  }
}
