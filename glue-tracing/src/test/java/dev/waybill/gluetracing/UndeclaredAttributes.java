package dev.waybill.gluetracing;

import static java.util.stream.Collectors.toSet;

import dev.waybill.gluetracing.internal.trace.DeclaredAttribute.Place;
import dev.waybill.gluetracing.internal.trace.WaybillAttributes;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What came to a collector and is not in the registry, or not for where it stands. */
final class UndeclaredAttributes {

  private static final Set<Place> SPANS =
      EnumSet.of(Place.JOB, Place.STEP, Place.SPARK_JOB, Place.STAGE, Place.TASK);

  private UndeclaredAttributes() {}

  static Set<String> of(TestCollector collector) {
    Set<String> found = new TreeSet<>();
    collector.resources().forEach(r -> find(r.getAttributesList(), Set.of(Place.RESOURCE), found));
    collector.logs().forEach(r -> find(r.getAttributesList(), Set.of(Place.LOG), found));
    collector
        .spans()
        .forEach(
            span -> {
              find(span.getAttributesList(), SPANS, found);
              span.getEventsList()
                  .forEach(event -> find(event.getAttributesList(), Set.of(Place.EVENT), found));
            });
    return found;
  }

  private static void find(List<KeyValue> attributes, Set<Place> places, Set<String> found) {
    Set<String> declared =
        WaybillAttributes.all().stream()
            .filter(attribute -> attribute.places().stream().anyMatch(places::contains))
            .map(attribute -> attribute.key().getKey())
            .collect(toSet());
    attributes.stream()
        .map(KeyValue::getKey)
        .filter(name -> declared.stream().noneMatch(known -> matches(name, known)))
        .forEach(name -> found.add(name + " on " + places));
  }

  /** A declared name may end in the word for its variable part, such as {@code <input>}. */
  private static boolean matches(String name, String declared) {
    int variable = declared.indexOf('<');
    return variable < 0
        ? name.equals(declared)
        : name.startsWith(declared.substring(0, variable)) && name.length() > variable;
  }
}
