package dev.waybill.infra;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads the CDK's context strictly: a wrong value, or a switch that nobody asked for, is an {@link
 * IllegalArgumentException} that says what is expected.
 */
final class Switches {

  /** The CDK's own context has colons, slashes or hyphens in its names. */
  private static final Pattern OURS = Pattern.compile("[A-Za-z]+");

  private final Map<String, Object> context;
  private final Set<String> known = new TreeSet<>();

  Switches(Map<String, Object> context) {
    this.context = context;
  }

  /** Lets a name be in the context that is read elsewhere. */
  void knows(String name) {
    known.add(name);
  }

  boolean isGiven(String name) {
    return context.get(name) != null;
  }

  Optional<String> text(String name, Pattern form, String expected) {
    known.add(name);
    Optional<String> value =
        Optional.ofNullable(context.get(name)).map(given -> given.toString().strip());
    value
        .filter(given -> !form.matcher(given).matches())
        .ifPresent(given -> refuse(name, given, expected));
    return value;
  }

  Optional<Integer> number(String name, int least, int most, String expected) {
    Optional<Integer> value =
        text(name, Pattern.compile("\\d{1,9}"), expected).map(Integer::valueOf);
    value
        .filter(given -> given < least || given > most)
        .ifPresent(given -> refuse(name, given.toString(), expected));
    return value;
  }

  Optional<Integer> oneOf(String name, Collection<Integer> allowed) {
    String expected = "one of " + joined(allowed);
    Optional<Integer> value = number(name, 0, Integer.MAX_VALUE, expected);
    value
        .filter(given -> !allowed.contains(given))
        .ifPresent(given -> refuse(name, given.toString(), expected));
    return value;
  }

  /** A number from 0 to 1. */
  Optional<Double> share(String name) {
    return text(name, Pattern.compile("0|1|0?\\.\\d{1,6}|[01]\\.0"), "a share from 0 to 1")
        .map(Double::valueOf);
  }

  boolean flag(String name) {
    return text(name, Pattern.compile("true|false"), "true or false")
        .map(Boolean::valueOf)
        .orElse(false);
  }

  /** A list with commas, in any case. */
  <E extends Enum<E>> Set<E> choices(String name, Class<E> type) {
    List<String> allowed =
        Arrays.stream(type.getEnumConstants())
            .map(choice -> choice.name().toLowerCase(Locale.ROOT))
            .toList();
    String one = "(" + String.join("|", allowed) + ")";
    EnumSet<E> chosen = EnumSet.noneOf(type);
    text(
            name,
            Pattern.compile(one + "(\\s*,\\s*" + one + ")*", Pattern.CASE_INSENSITIVE),
            "a list, with commas, of " + joined(allowed))
        .ifPresent(
            given -> {
              for (String each : given.split(",")) {
                chosen.add(Enum.valueOf(type, each.strip().toUpperCase(Locale.ROOT)));
              }
            });
    return chosen;
  }

  /** Refuses a switch of our form that was not asked for: it is misspelt. */
  void refuseOthers() {
    context.keySet().stream()
        .filter(name -> OURS.matcher(name).matches() && !known.contains(name))
        .sorted()
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "context switch %s is unknown; there are %s".formatted(name, joined(known)));
            });
  }

  static IllegalArgumentException refusal(String name, String value, String expected) {
    return new IllegalArgumentException(
        "context switch %s is '%s', expected %s".formatted(name, value, expected));
  }

  private static void refuse(String name, String value, String expected) {
    throw refusal(name, value, expected);
  }

  private static String joined(Collection<?> values) {
    return String.join(", ", values.stream().map(Object::toString).toList());
  }
}
