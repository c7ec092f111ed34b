package dev.waybill.gluejobs.cleaning;

import dev.waybill.gluejobs.values.Visible;
import dev.waybill.gluetracing.JobArguments;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What whoever deploys or runs the cleaning job may choose, by its arguments.
 *
 * @param maxUnreadablePercent of a column's values; more of them are a warning
 * @param failOnUnreadable whether that fails the run, before it has written anything
 * @param withSamples whether the run's record shows some of the unreadable values
 */
public record CleaningOptions(
    double maxUnreadablePercent, boolean failOnUnreadable, boolean withSamples) {

  public static final String MAX_UNREADABLE_PERCENT = "max_unreadable_percent";
  public static final String FAIL_ON_UNREADABLE = "fail_on_unreadable";
  public static final String WITH_SAMPLES = "with_samples";

  /** What {@link #isPercent} asks for, in words. */
  public static final String A_PERCENT = "a number from 0 to 100";

  private static final Pattern PERCENT = Pattern.compile("\\d{1,2}(\\.\\d{1,6})?|100(\\.0{1,6})?");
  private static final double DEFAULT_PERCENT = 5;

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException naming the argument that can't be read
   */
  static CleaningOptions of(JobArguments arguments) {
    return new CleaningOptions(
        percent(arguments.find(MAX_UNREADABLE_PERCENT)),
        flag(arguments, FAIL_ON_UNREADABLE),
        flag(arguments, WITH_SAMPLES));
  }

  /** Whether a text can be {@link #MAX_UNREADABLE_PERCENT}. */
  public static boolean isPercent(String text) {
    return PERCENT.matcher(text).matches();
  }

  private static double percent(Optional<String> given) {
    if (given.isEmpty()) {
      return DEFAULT_PERCENT;
    }
    if (!isPercent(given.get())) {
      throw wrong(MAX_UNREADABLE_PERCENT, given.get(), A_PERCENT);
    }
    return Double.parseDouble(given.get());
  }

  private static boolean flag(JobArguments arguments, String name) {
    String given = arguments.find(name).orElse("false");
    if (!given.equals("true") && !given.equals("false")) {
      throw wrong(name, given, "true or false");
    }
    return given.equals("true");
  }

  private static IllegalArgumentException wrong(String name, String value, String expected) {
    return new IllegalArgumentException(
        "job argument --%s is '%s'; it must be %s".formatted(name, Visible.text(value), expected));
  }
}
