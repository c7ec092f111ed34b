package dev.waybill.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * An attribute of a run's telemetry.
 *
 * @param place what it stands on, by the words of {@code docs/attributes.md}
 * @param type as the semantic conventions write it
 */
record Attribute(String place, String name, String type) implements Comparable<Attribute> {

  private static final Map<String, String> TYPES =
      Map.of(
          "stringValue", "string",
          "intValue", "int",
          "doubleValue", "double",
          "boolValue", "boolean",
          "arrayValue", "string[]");

  /** Those that the page has in its tables. */
  static Set<Attribute> declared(Path page) throws IOException {
    Set<Attribute> attributes = new TreeSet<>();
    for (String line : Files.readAllLines(page)) {
      String[] cells = line.split(" *\\| *", -1);
      if (cells.length > 5 && cells[1].contains("`")) {
        String name = cells[1].replaceAll(".*`(.+)`.*", "$1");
        for (String place : cells[4].split(", ")) {
          attributes.add(new Attribute(place, name, cells[2]));
        }
      }
    }
    return attributes;
  }

  /** Those of the OTLP requests in a run's folder. */
  static Set<Attribute> emitted(Path folder) throws IOException {
    Set<Attribute> attributes = new TreeSet<>();
    for (String file : List.of("traces.jsonl", "metrics.jsonl", "logs.jsonl")) {
      for (String line : Files.readAllLines(folder.resolve(file))) {
        JsonNode request = Json.parse(line);
        each(request, "resource", owner -> "resource", attributes);
        each(request, "spans", Attribute::kind, attributes);
        each(request, "events", owner -> "span event", attributes);
        each(request, "dataPoints", owner -> "metric", attributes);
        each(request, "logRecords", owner -> "log record", attributes);
      }
    }
    return attributes;
  }

  @Override
  public int compareTo(Attribute other) {
    return Comparator.comparing(Attribute::toString).compare(this, other);
  }

  @Override
  public String toString() {
    return place + " " + name + " " + type;
  }

  private static void each(
      JsonNode request,
      String owners,
      java.util.function.Function<JsonNode, String> place,
      Set<Attribute> attributes) {
    for (JsonNode found : request.findValues(owners)) {
      for (JsonNode owner : found.isArray() ? found : Json.mapper().createArrayNode().add(found)) {
        for (JsonNode attribute : owner.path("attributes")) {
          attributes.add(
              new Attribute(
                  place.apply(owner),
                  attribute.path("key").asText(),
                  TYPES.get(attribute.path("value").fieldNames().next())));
        }
      }
    }
  }

  private static String kind(JsonNode span) {
    if (span.path("kind").asText().equals("SPAN_KIND_SERVER")) {
      return "job span";
    }
    if (has(span, "waybill.spark.stage.tasks")) {
      return "stage span";
    }
    if (has(span, "waybill.spark.task.index")) {
      return "task span";
    }
    return has(span, "waybill.spark.job.stages") ? "Spark job span" : "step span";
  }

  private static boolean has(JsonNode span, String name) {
    return span.findValuesAsText("key").contains(name);
  }
}
