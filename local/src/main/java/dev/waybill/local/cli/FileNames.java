package dev.waybill.local.cli;

import dev.waybill.local.Terminal;
import java.io.PrintStream;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the JVM makes of the names of files: it reads them in the encoding of the locale, and can
 * open none that has other characters.
 */
final class FileNames {

  private static final String ENCODING = "sun.jnu.encoding";
  private static final String UNREADABLE = "\ufffd";

  private FileNames() {}

  /**
   * Whether the arguments and the names of the folders that they concern could be read.
   *
   * @param problem is told of one that could not
   */
  static boolean areReadable(String[] arguments, PrintStream problem) {
    String encoding = System.getProperty(ENCODING);
    Optional<String> unreadable =
        Stream.concat(
                Stream.of(arguments),
                Stream.of("user.dir", "waybill.root").map(name -> System.getProperty(name, "")))
            .filter(name -> name.contains(UNREADABLE) && !encoding.equals("UTF-8"))
            .findFirst();
    unreadable.ifPresent(
        name ->
            problem.println(
                "waybill: can't read the name '%s' in the encoding %s of this locale: set LC_ALL=C.UTF-8, or another locale with UTF-8"
                    .formatted(Terminal.visible(name.replace(UNREADABLE, "?")), encoding)));
    return unreadable.isEmpty();
  }
}
