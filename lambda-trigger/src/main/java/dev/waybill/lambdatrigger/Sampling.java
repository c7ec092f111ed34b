package dev.waybill.lambdatrigger;

import java.util.Arrays;
import java.util.Locale;

/**
 * Which executions are traced. Lambda itself samples one untraced upload a second and 5 % of the
 * rest, unchangeably.
 */
enum Sampling {
  /** All: where Lambda did not sample, the trace begins at the workflow. */
  ALWAYS,

  /** Those whose upload Lambda sampled, or whose uploader did. */
  INHERIT;

  static final String VARIABLE = "SAMPLING";

  /**
   * Reads the setting.
   *
   * @param value null for the default, always
   * @throws IllegalArgumentException naming the value and those allowed
   */
  static Sampling of(String value) {
    if (value == null || value.isBlank()) {
      return ALWAYS;
    }
    return Arrays.stream(values())
        .filter(sampling -> sampling.name().equalsIgnoreCase(value.strip()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "environment variable %s is '%s'; it can be %s"
                        .formatted(
                            VARIABLE, value, Arrays.toString(values()).toLowerCase(Locale.ROOT))));
  }
}
