package dev.waybill.gluetracing;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A job run's arguments as Glue hands them to {@code main}: {@code --name value} pairs, Glue's own
 * among them ({@code --JOB_NAME}, {@code --JOB_RUN_ID} …). Names that nobody asks for are ignored,
 * because Glue adds to them as it likes.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html">Job
 *     parameters in Glue</a>
 */
public final class JobArguments {

  private final Map<String, String> values;
  private final Set<String> asked = ConcurrentHashMap.newKeySet();

  private JobArguments(Map<String, String> values) {
    this.values = values;
  }

  /**
   * Reads {@code --name value} and {@code --name=value}; a name that stands twice has its last
   * value.
   */
  public static JobArguments parse(String... args) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < args.length; i++) {
      if (!args[i].startsWith("--")) {
        continue;
      }
      String name = args[i].substring(2);
      int equals = name.indexOf('=');
      if (equals > 0) {
        values.put(name.substring(0, equals), name.substring(equals + 1));
      } else if (i + 1 < args.length && !args[i + 1].startsWith("--")) {
        values.put(name, args[++i]);
      }
    }
    return new JobArguments(Map.copyOf(values));
  }

  /** The argument's value, or empty where it is absent or blank. */
  public Optional<String> find(String name) {
    asked.add(name);
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isBlank());
  }

  /**
   * The argument's value.
   *
   * @throws IllegalArgumentException naming the argument, where it is absent or blank
   */
  public String require(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "job argument --%s is missing; the workflow passes it (workflow/pipeline.asl.json), arguments given: %s"
                        .formatted(name, values.keySet().stream().sorted().toList())));
  }

  /** The names that were asked for so far: what a job reads of all that it was given. */
  public Set<String> asked() {
    return new TreeSet<>(asked);
  }

  int number(String name) {
    try {
      return find(name).map(Integer::parseInt).orElse(0);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
