package dev.waybill.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** What the JDK has for files, and not for folders. */
public final class Folders {

  private Folders() {}

  /**
   * Visits every file below a folder. What can't be looked at, or is gone before it is, does not
   * end the visit.
   *
   * @param file takes each, whatever its kind
   * @param problem takes what can't be looked at
   */
  public static void visit(
      Path folder,
      BiConsumer<Path, BasicFileAttributes> file,
      BiConsumer<Path, IOException> problem) {
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) {
              file.accept(each, attributes);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path each, IOException why) {
              if (!(why instanceof NoSuchFileException) || each.equals(folder)) {
                problem.accept(each, why);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, IOException gone) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      problem.accept(folder, e);
    }
  }

  /**
   * Why a file or folder can't be used, without its path: the JDK has words for some reasons, and
   * an exception's class for others.
   */
  public static String reason(IOException problem) {
    if (problem instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (problem instanceof FileAlreadyExistsException) {
      return "not a directory";
    }
    if (problem instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    return problem instanceof FileSystemException file && file.getReason() != null
        ? file.getReason()
        : String.valueOf(problem.getMessage());
  }

  /**
   * Makes a folder, and those above it; one that is there stays.
   *
   * @throws UncheckedIOException naming it, where it can't be made
   */
  static Path create(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("can't create the folder " + folder, e);
    }
  }

  /** The folders in a folder, by name. */
  public static List<Path> in(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    }
  }

  /** Deletes a folder with all that is in it, or a file; nothing where there is none. */
  public static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path each, IOException failure)
              throws IOException {
            Files.delete(each);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
