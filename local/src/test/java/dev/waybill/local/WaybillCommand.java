package dev.waybill.local;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Waybill's command line, in a JVM of its own as a user starts it. */
public final class WaybillCommand {

  private static final Path ROOT = Path.of(System.getProperty("waybill.root"));

  private final Path folder;
  private Redirect redirect;
  private final List<String> prefix = new ArrayList<>();
  private final List<String> jvm = new ArrayList<>();
  private final ProcessBuilder builder = new ProcessBuilder();

  /**
   * Prepares a command.
   *
   * @param folder the working folder, also the user's home; what it prints goes to files in it
   */
  public WaybillCommand(Path folder) {
    this.folder = folder;
    redirect = Redirect.to(folder.resolve("stdout").toFile());
    builder.directory(folder.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
    builder.environment().put("HOME", folder.toString());
    jvm.add("-Duser.home=" + folder);
  }

  public WaybillCommand with(Map<String, String> environment) {
    builder.environment().putAll(environment);
    return this;
  }

  /** With options of the JVM, for example of its locale. */
  public WaybillCommand jvm(String... options) {
    jvm.addAll(List.of(options));
    return this;
  }

  /** As a user whom permissions concern: root reads every folder, whatever its mode. */
  public WaybillCommand asOrdinaryUser() {
    prefix.addAll(ordinaryUser());
    return this;
  }

  /** What starts a program without root's right to ignore permissions. */
  public static List<String> ordinaryUser() {
    return System.getProperty("user.name").equals("root")
        ? List.of(
            "setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", "--")
        : List.of();
  }

  /**
   * On a machine of its own, as far as Linux can make one for a process.
   *
   * @param script makes the machine, as root in namespaces of mounts and host names, and ends with
   *     what starts the command, {@code "$@"}
   */
  public WaybillCommand onMachine(String script) {
    prefix.addAll(
        List.of("unshare", "--map-root-user", "--mount", "--uts", "bash", "-ec", script, "-"));
    return this;
  }

  /** Whether this machine lets its users make such machines; some have no namespaces for them. */
  public static boolean canMakeMachines() {
    try {
      return new ProcessBuilder("unshare", "--map-root-user", "--mount", "--uts", "true")
              .start()
              .waitFor()
          == 0;
    } catch (IOException | InterruptedException noSuchTool) {
      return false;
    }
  }

  /** With another standard output: a file, or null for a pipe. */
  public WaybillCommand to(Path output) {
    redirect = output == null ? Redirect.PIPE : Redirect.to(output.toFile());
    return this;
  }

  /** A command that has ended. */
  public record Ended(int status, String out, String err) {}

  /** Runs a command with these arguments to its end. */
  public Ended run(String name, String[] arguments) throws InterruptedException {
    return run(Stream.concat(Stream.of(name), Arrays.stream(arguments)).toArray(String[]::new));
  }

  /** Runs it to its end. */
  public Ended run(String... arguments) throws InterruptedException {
    int status = start(arguments).waitFor();
    return new Ended(status, out(), err());
  }

  /**
   * The words that start the command line.
   *
   * @param jvm options of its JVM
   */
  public static List<String> words(List<String> jvm, String... arguments) {
    List<String> words = new ArrayList<>();
    words.add(Installation.java());
    words.addAll(jvm);
    words.add("-XX:TieredStopAtLevel=1");
    words.add("-XX:-UsePerfData");
    words.add("-Dwaybill.root=" + ROOT);
    words.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
    words.add("-cp");
    words.add(
        ROOT.resolve("local/target/local.jar")
            + File.pathSeparator
            + read(ROOT.resolve("local/target/classpath/launcher.txt")).strip());
    words.add("dev.waybill.local.cli.Waybill");
    words.addAll(List.of(arguments));
    return words;
  }

  public Process start(String... arguments) {
    List<String> command = new ArrayList<>(Processes.INTERRUPTIBLE);
    command.addAll(prefix);
    command.addAll(words(jvm, arguments));
    try {
      return builder
          .command(command)
          .redirectOutput(redirect)
          .redirectError(folder.resolve("stderr").toFile())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String out() {
    return read(folder.resolve("stdout"));
  }

  public String err() {
    return read(folder.resolve("stderr"));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
