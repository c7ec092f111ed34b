package dev.waybill.local.run;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A command of the user's that starts Spark, and how settings of Spark are added to it: as options
 * where it is one of Spark's programs, else in the variable that PySpark reads.
 *
 * @param words the program, then its arguments
 * @see <a href="https://spark.apache.org/docs/4.1.1/submitting-applications.html">spark-submit</a>
 */
public record SparkCommand(List<String> words) {

  /** The variable whose options PySpark starts its JVM with; they end with {@link #SHELL}. */
  static final String PYSPARK_VARIABLE = "PYSPARK_SUBMIT_ARGS";

  private static final String SHELL = "pyspark-shell";
  private static final Set<String> PROGRAMS =
      Set.of("spark-submit", "pyspark", "spark-shell", "spark-sql");
  private static final String CONF = "--conf";
  private static final String DRIVER_CLASS_PATH = "--driver-class-path";
  private static final String DRIVER_SETTING = "spark.driver.extraClassPath";
  private static final Set<String> SCRIPTS = Set.of(".py", ".jar", ".r");

  /** What separates the parts of a setting that the command and we both make. */
  private static final Map<String, String> SEPARATORS =
      Map.of(
          "spark.plugins",
          ",",
          DRIVER_SETTING,
          File.pathSeparator,
          "spark.executor.extraClassPath",
          File.pathSeparator);

  /** For people: the program and its script, without arguments, which may be secret. */
  String text() {
    return words.stream()
        .skip(1)
        .filter(word -> SCRIPTS.stream().anyMatch(word.toLowerCase(Locale.ROOT)::endsWith))
        .filter(word -> !word.contains(","))
        .findFirst()
        .map(script -> program() + " " + name(script))
        .orElse(program());
  }

  /**
   * A process of the command with more settings, in this one's environment.
   *
   * @param settings of Spark
   */
  ProcessBuilder with(Map<String, String> settings) {
    List<String> added = new ArrayList<>(words);
    Map<String, String> left = new LinkedHashMap<>(settings);
    ProcessBuilder builder = new ProcessBuilder(added);
    if (PROGRAMS.contains(program())) {
      merge(added, left);
      added.addAll(1, options(left));
    } else {
      String own = builder.environment().getOrDefault(PYSPARK_VARIABLE, SHELL);
      String ours =
          options(left).stream().map(SparkCommand::quoted).collect(Collectors.joining(" "));
      builder.environment().put(PYSPARK_VARIABLE, ours + " " + own);
    }
    return builder;
  }

  /**
   * Where the command makes a setting itself, ours is put behind the value that counts, the last.
   */
  private static void merge(List<String> words, Map<String, String> settings) {
    for (int i = words.size() - 2; i > 0; i--) {
      String option = words.get(i);
      String value = words.get(i + 1);
      if (option.equals(DRIVER_CLASS_PATH) && settings.containsKey(DRIVER_SETTING)) {
        words.set(i + 1, value + File.pathSeparator + settings.remove(DRIVER_SETTING));
      } else if (option.equals(CONF) || option.equals("-c")) {
        String name = value.substring(0, Math.max(0, value.indexOf('=')));
        if (SEPARATORS.containsKey(name) && settings.containsKey(name)) {
          words.set(i + 1, value + SEPARATORS.get(name) + settings.remove(name));
        }
      }
    }
  }

  private static List<String> options(Map<String, String> settings) {
    List<String> options = new ArrayList<>();
    settings.forEach((name, value) -> options.addAll(List.of(CONF, name + "=" + value)));
    return options;
  }

  /** As a shell reads it, which is how PySpark does. */
  private static String quoted(String word) {
    return "'" + word.replace("'", "'\"'\"'") + "'";
  }

  private String program() {
    return name(words.get(0));
  }

  private static String name(String path) {
    return String.valueOf(Path.of(path).getFileName());
  }
}
