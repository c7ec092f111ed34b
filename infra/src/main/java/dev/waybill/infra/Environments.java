package dev.waybill.infra;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Several environments of one checkout: {@code environments} in {@code cdk.json}'s context has the
 * switches of each, and {@code -c env=NAME} chooses one.
 */
final class Environments {

  static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,15}");
  static final String EXPECTED =
      "a lower case letter, then up to 15 lower case letters, digits or hyphens";

  private static final String ALL = "environments";
  private static final String CHOSEN = "env";

  private Environments() {}

  /**
   * The switches of the environment that the context chooses, laid over the context's own.
   *
   * @throws IllegalArgumentException where it is none of those that the context has
   */
  static Switches in(Map<String, Object> context) {
    Map<String, Object> all = new HashMap<>(context);
    Object environments = all.remove(ALL);
    Object chosen = all.get(CHOSEN);
    if (environments != null && chosen != null) {
      all.putAll(of(chosen.toString().strip(), environments));
    }
    Switches switches = new Switches(all);
    switches.knows(ALL);
    return switches;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> of(String chosen, Object environments) {
    if (!(environments instanceof Map<?, ?> named)) {
      throw new IllegalArgumentException(
          "context switch environments is '%s', expected an object with an object of switches for each name"
              .formatted(environments));
    }
    if (!named.containsKey(chosen)) {
      throw new IllegalArgumentException(
          "context switch env is '%s', expected one of environments: %s"
              .formatted(chosen, String.join(", ", new TreeSet<>((Set<String>) named.keySet()))));
    }
    if (!(named.get(chosen) instanceof Map<?, ?> switches)
        || switches.containsKey(CHOSEN)
        || switches.containsKey(ALL)) {
      throw new IllegalArgumentException(
          "context switch environments has '%s' for %s, expected an object of switches other than env and environments"
              .formatted(named.get(chosen), chosen));
    }
    return (Map<String, Object>) switches;
  }
}
