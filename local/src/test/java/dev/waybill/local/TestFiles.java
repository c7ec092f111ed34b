package dev.waybill.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What tests ask of the files that runs leave. */
public final class TestFiles {

  private TestFiles() {}

  /** The files below a folder that have this text in them, whatever else they are. */
  public static List<Path> containing(String text, Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> found = new ArrayList<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
          found.add(file);
        }
      }
      return found;
    }
  }

  /** How many of a file's lines have all these words in them. */
  public static long lines(Path file, String... words) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.filter(line -> Stream.of(words).allMatch(line::contains)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
