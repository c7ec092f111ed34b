package dev.waybill.gluetracing.internal.spark;

import dev.waybill.gluetracing.internal.trace.ErrorText;
import dev.waybill.gluetracing.internal.trace.JobSpans.Event;
import dev.waybill.gluetracing.internal.trace.WaybillAttributes;
import io.opentelemetry.api.common.Attributes;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The values that a step filled in or replaced.
 *
 * @param counts by column and cause, the largest first
 */
record ChangedValues(List<Count> counts) {

  static final ChangedValues NONE = new ChangedValues(List.of());

  private static final String EVENT = "waybill.values.changed";
  private static final int EVENTS = 3;

  /** The values of one column that were changed for one cause. */
  record Count(String column, String cause, long values) {}

  static ChangedValues of(Map<String, Map<String, Long>> byColumnAndCause) {
    return new ChangedValues(
        byColumnAndCause.entrySet().stream()
            .flatMap(
                column ->
                    column.getValue().entrySet().stream()
                        .map(cause -> new Count(column.getKey(), cause.getKey(), cause.getValue())))
            .sorted(
                Comparator.comparingLong(Count::values)
                    .reversed()
                    .thenComparing(Count::column)
                    .thenComparing(Count::cause))
            .toList());
  }

  /** All of them in a line, for example {@code last_review: unreadable 3870, missing 12}. */
  String asText() {
    Map<String, String> columns =
        counts.stream()
            .collect(
                Collectors.groupingBy(
                    Count::column,
                    LinkedHashMap::new,
                    Collectors.mapping(
                        count -> count.cause + " " + count.values, Collectors.joining(", "))));
    return ErrorText.cut(
        columns.entrySet().stream()
            .map(column -> column.getKey() + ": " + column.getValue())
            .collect(Collectors.joining("; ")));
  }

  /** The largest ones, each as an event. */
  List<Event> events() {
    return counts.stream()
        .limit(EVENTS)
        .map(
            count ->
                new Event(
                    EVENT,
                    Attributes.of(
                        WaybillAttributes.COLUMN,
                        count.column,
                        WaybillAttributes.CAUSE,
                        count.cause,
                        WaybillAttributes.VALUES,
                        count.values)))
        .toList();
  }
}
