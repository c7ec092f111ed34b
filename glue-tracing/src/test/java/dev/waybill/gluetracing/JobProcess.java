package dev.waybill.gluetracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A job in a JVM of its own. */
final class JobProcess {

  private static final int SECONDS = 60;

  private final Process process;
  private final BufferedReader out;
  private final List<String> lines = new ArrayList<>();

  private JobProcess(Process process) {
    this.process = process;
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** With all that the test has on its class path, but that jar. */
  static JobProcess withoutJar(String jar, Class<?> main, List<String> options, String... args)
      throws IOException {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !new File(entry).getName().startsWith(jar))
            .collect(Collectors.joining(File.pathSeparator));
    assertThat(classPath).isNotEqualTo(System.getProperty("java.class.path"));
    return start(classPath, main.getName(), options, args);
  }

  static JobProcess start(Class<?> main, List<String> options, String... args) throws IOException {
    return start(System.getProperty("java.class.path"), main.getName(), options, args);
  }

  /** With classes of its own, besides all that the test has. */
  static JobProcess start(Path classes, String main, List<String> options, String... args)
      throws IOException {
    return start(
        classes + File.pathSeparator + System.getProperty("java.class.path"), main, options, args);
  }

  /** With that class path alone. */
  static JobProcess start(String classPath, String main, List<String> options, String... args)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of(System.getProperty("waybill.spark.options").split(" ")));
    command.addAll(
        List.of(
            "-Dspark.master=local[1]",
            "-Dspark.ui.enabled=false",
            "-Dspark.driver.host=127.0.0.1",
            "-XX:TieredStopAtLevel=1"));
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(List.of(args));
    return new JobProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /** Waits until it prints that line. */
  JobProcess awaitLine(String awaited) throws IOException {
    String line;
    do {
      line = out.readLine();
      assertThat(line).as("after %s", lines).isNotNull();
      lines.add(line);
    } while (!line.equals(awaited));
    return this;
  }

  /** Tells it to stop, as Glue does on a timeout. */
  JobProcess stop() {
    process.toHandle().destroy();
    return this;
  }

  /** Its exit status. */
  int await() throws IOException, InterruptedException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      lines.add(line);
    }
    assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).as("%s", lines).isTrue();
    return process.exitValue();
  }

  /** The milliseconds that it printed after these words, in nanoseconds. */
  long nanos(String words) {
    return lines.stream()
        .filter(line -> line.startsWith(words))
        .map(line -> TimeUnit.MILLISECONDS.toNanos(Long.parseLong(line.substring(words.length()))))
        .findFirst()
        .orElseThrow();
  }

  /** What it printed. */
  List<String> lines() {
    return lines;
  }
}
