package dev.waybill.gluejobs.cleaning;

import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.not;

import dev.waybill.gluejobs.ChangeCause;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;

/**
 * How many values of the rows that are kept the steps filled in or replaced.
 *
 * @param byColumn only columns and causes that occur
 */
record ValueChanges(Map<String, Map<ChangeCause, Long>> byColumn) {

  /** A column's values that are changed for one cause. */
  private record Kind(String column, ChangeCause cause, Column changed) {}

  /** What counts them, for {@link #read}. */
  static List<Column> counts(Collection<Replaceable> replaceable) {
    Column kept = not(Rejection.isMarked());
    return kinds(replaceable).stream().map(kind -> count_if(kept.and(kind.changed))).toList();
  }

  /** Reads what {@link #counts} gave, from this field of the row on. */
  static ValueChanges read(Row answer, int first, Collection<Replaceable> replaceable) {
    Map<String, Map<ChangeCause, Long>> byColumn = new LinkedHashMap<>();
    int next = first;
    for (Kind kind : kinds(replaceable)) {
      long count = answer.getLong(next++);
      if (count > 0) {
        byColumn
            .computeIfAbsent(kind.column, column -> new EnumMap<>(ChangeCause.class))
            .put(kind.cause, count);
      }
    }
    return new ValueChanges(byColumn);
  }

  /** How many of a column's values can't be read. */
  long unreadable(String column) {
    return byColumn.getOrDefault(column, Map.of()).getOrDefault(ChangeCause.UNREADABLE, 0L);
  }

  /** Those of some columns, with the causes' texts. */
  Map<String, Map<String, Long>> of(Collection<String> columns) {
    Map<String, Map<String, Long>> changes = new LinkedHashMap<>();
    byColumn.forEach(
        (column, causes) -> {
          if (columns.contains(column)) {
            Map<String, Long> counts = new LinkedHashMap<>();
            causes.forEach((cause, count) -> counts.put(cause.text(), count));
            changes.put(column, counts);
          }
        });
    return changes;
  }

  /** All of them, with the causes' texts. */
  Map<String, Map<String, Long>> asText() {
    return of(byColumn.keySet());
  }

  private static List<Kind> kinds(Collection<Replaceable> replaceable) {
    List<Kind> kinds = new ArrayList<>();
    FillMissingValues.CHANGES.forEach(
        (column, cause) -> kinds.add(new Kind(column, cause, FillMissingValues.isChanged(column))));
    for (Replaceable each : replaceable) {
      for (ChangeCause cause : each.causes()) {
        kinds.add(new Kind(each.column(), cause, each.isFor(cause)));
      }
    }
    return kinds;
  }
}
