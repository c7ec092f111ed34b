package dev.waybill.gluetracing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;

/**
 * The command that started this JVM. On Glue it has the run's arguments and Glue's own ({@code
 * --JOB_NAME}, {@code --JOB_RUN_ID}); the JVM joins them by blanks, so that a value with a blank in
 * it ends there.
 *
 * @param words the main class, then what it was given
 */
record CommandLine(List<String> words) {

  /** Before an argument's name in Spark's configuration. */
  static final String PREFIX = "spark.waybill.";

  private static final String CLASS = "--class";
  private static final List<String> LAUNCHERS = List.of("org.apache.spark.", "com.amazonaws.");

  static CommandLine of(String command) {
    return new CommandLine(List.of(command.strip().split("\\s+")));
  }

  static CommandLine ofJvm() {
    return of(System.getProperty("sun.java.command", ""));
  }

  /** Whether it started the job whose main class is in that package, and that job alone. */
  boolean starts(String application) {
    return LAUNCHERS.stream().anyMatch(words.get(0)::startsWith)
        || application().equals(application);
  }

  /** Those of the run, and for what is not among them those of the configuration. */
  JobArguments arguments(SparkConf conf) {
    return arguments(conf, words.subList(1, words.size()));
  }

  /** Those that a job was given, and for what is not among them those of the configuration. */
  static JobArguments arguments(SparkConf conf, List<String> given) {
    List<String> all = new ArrayList<>();
    Arrays.stream(conf.getAllWithPrefix(PREFIX))
        .forEach(entry -> all.add("--" + entry._1() + "=" + entry._2()));
    all.addAll(given);
    return JobArguments.parse(all.toArray(String[]::new));
  }

  /** The package of the job's main class; empty where there is none, as of a script. */
  String application() {
    int named = words.indexOf(CLASS);
    return Stream.of(named > 0 && named + 1 < words.size() ? words.get(named + 1) : words.get(0))
        .filter(name -> LAUNCHERS.stream().noneMatch(name::startsWith) && name.contains("."))
        .map(name -> name.substring(0, name.lastIndexOf('.')))
        .findFirst()
        .orElse("");
  }
}
