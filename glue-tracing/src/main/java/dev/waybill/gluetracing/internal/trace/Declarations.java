package dev.waybill.gluetracing.internal.trace;

import dev.waybill.gluetracing.internal.trace.DeclaredAttribute.Place;
import io.opentelemetry.api.common.AttributeKey;
import java.util.ArrayList;
import java.util.List;

/** Collects the attributes that a class declares as constants. */
final class Declarations {

  private static final String CONVENTIONS =
      "https://opentelemetry.io/docs/specs/semconv/registry/attributes/";

  private final List<DeclaredAttribute> declared = new ArrayList<>();

  /** Of Waybill's own. */
  <T> AttributeKey<T> ours(AttributeKey<T> key, String unit, String description, Place... places) {
    return declare(key, unit, description, "", places);
  }

  /** Of OpenTelemetry's semantic conventions. */
  <T> AttributeKey<T> standard(AttributeKey<T> key, String description, Place... places) {
    String group = key.getKey().substring(0, key.getKey().indexOf('.'));
    return declare(key, "", description, CONVENTIONS + group + "/", places);
  }

  /** Of another specification. */
  <T> AttributeKey<T> declare(
      AttributeKey<T> key, String unit, String description, String specification, Place... places) {
    declared.add(new DeclaredAttribute(key, unit, List.of(places), description, specification));
    return key;
  }

  List<DeclaredAttribute> all() {
    return List.copyOf(declared);
  }
}
