package dev.waybill.gluetracing.internal.trace;

import io.opentelemetry.api.common.AttributeKey;
import java.util.List;

/**
 * What {@code docs/attributes.md} says of an attribute.
 *
 * @param unit as UCUM writes it, or empty
 * @param places where it stands
 * @param specification the URL of the page that defines it, or empty where Waybill does
 */
public record DeclaredAttribute(
    AttributeKey<?> key,
    String unit,
    List<Place> places,
    String description,
    String specification) {

  /** What carries attributes. */
  public enum Place {
    RESOURCE("resource"),
    JOB("job span"),
    STEP("step span"),
    SPARK_JOB("Spark job span"),
    STAGE("stage span"),
    TASK("task span"),
    EVENT("span event"),
    METRIC("metric"),
    LOG("log record");

    private final String text;

    Place(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }
}
