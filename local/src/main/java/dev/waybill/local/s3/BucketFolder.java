package dev.waybill.local.s3;

import static dev.waybill.local.s3.BucketServer.UNFINISHED;

import dev.waybill.local.Folders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The folder that stands for a bucket: an object is a file in it. What is reached by a symbolic
 * link that leads out of the folder is not in the bucket.
 */
final class BucketFolder {

  /** In bytes, of each part of a key: what file systems take. */
  private static final int LONGEST_NAME = 255;

  private final Path folder;

  BucketFolder(Path folder) {
    this.folder = folder;
  }

  /** An object that was taken; its size is in bytes. */
  record Written(String etag, long size) {}

  /** Another object is where an object of this key would be. */
  static final class KeyTaken extends Exception {
    private static final long serialVersionUID = 1;

    private KeyTaken(String message) {
      super(message);
    }
  }

  /** The disk does not take an object. */
  static final class NotWritten extends IOException {
    private static final long serialVersionUID = 1;

    private NotWritten(Path folder, IOException cause) {
      super(
          "can't write into the folder %s (%s): free space on its disk, or use another folder"
              .formatted(folder, Folders.reason(cause)),
          cause);
    }
  }

  /** The file of an object, or null where there is none. */
  Path find(String key) {
    Path file = file(key);
    return file != null && isObject(file) ? file : null;
  }

  /** The objects whose keys begin so, in the order of their keys. */
  List<Path> list(String prefix, int most) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(this::isObject)
          .filter(file -> key(file).startsWith(prefix))
          .sorted(Comparator.comparing(this::key))
          .limit(most)
          .toList();
    }
  }

  String key(Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }

  /**
   * The file that an object of this key will be, or null where no file can be named like it.
   *
   * @throws KeyTaken naming what is in its place
   */
  Path target(String key) throws KeyTaken {
    Path file = file(key);
    if (file == null) {
      return null;
    }
    if (Files.isDirectory(file)) {
      throw new KeyTaken(
          "this bucket is a folder, in which '%s' is a folder; an object of this name can't be put"
              .formatted(key));
    }
    for (Path above = file.getParent(); above.startsWith(folder); above = above.getParent()) {
      if (Files.exists(above, LinkOption.NOFOLLOW_LINKS)) {
        if (!Files.isDirectory(above) || !isInside(above)) {
          throw new KeyTaken(
              "this bucket is a folder, in which '%s' is no folder; '%s' can't be put below it"
                  .formatted(key(above), key));
        }
        break;
      }
    }
    return file;
  }

  /**
   * Takes an object's content; nothing is left of one that does not come to its end.
   *
   * @throws WholeBody.Broken where the content does not come whole
   * @throws NotWritten where the disk does not take it
   */
  Written write(Path target, WholeBody content) throws IOException {
    return take(target, unfinished -> Files.copy(content, unfinished));
  }

  /**
   * Takes a copy of a file. It is made in the kernel, without a byte in this JVM; newer JDKs let
   * both files share their blocks where the file system can.
   *
   * @throws NotWritten where the disk does not take it
   * @throws IOException where it can't be read to the length that it has
   */
  Written copy(Path file, Path target) throws IOException {
    try {
      return take(target, unfinished -> copyWhole(file, unfinished));
    } catch (NotWritten e) {
      if (e.getCause() instanceof FileSystemException cause
          && file.toString().equals(cause.getFile())
          && cause.getOtherFile() == null) {
        throw new IOException("can't read %s (%s)".formatted(file, Folders.reason(cause)), cause);
      }
      throw e;
    }
  }

  private static void copyWhole(Path file, Path unfinished) throws IOException {
    long size = Files.size(file);
    Files.copy(file, unfinished);
    long copied = Files.size(unfinished);
    if (copied < size) {
      throw new FileSystemException(
          file.toString(), null, "it ends after %d bytes of %d".formatted(copied, size));
    }
  }

  private Written take(Path target, Content content) throws IOException {
    Path unfinished = target.resolveSibling(UNFINISHED + UUID.randomUUID());
    try {
      Files.createDirectories(target.getParent());
      content.writeTo(unfinished);
      Written written = new Written(Etag.of(unfinished), Files.size(unfinished));
      Files.move(
          unfinished, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      return written;
    } catch (WholeBody.Broken e) {
      throw e;
    } catch (IOException e) {
      throw new NotWritten(target.getParent(), e);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /** Writes an object's content into a file that is not there yet. */
  private interface Content {
    void writeTo(Path unfinished) throws IOException;
  }

  private boolean isObject(Path file) {
    return Files.isRegularFile(file)
        && !file.getFileName().toString().startsWith(UNFINISHED)
        && isInside(file);
  }

  private boolean isInside(Path file) {
    try {
      return file.toRealPath().startsWith(folder.toRealPath());
    } catch (IOException leadsNowhere) {
      return false;
    }
  }

  /** The file of a key, or null where no file of this folder can have that name. */
  private Path file(String key) {
    try {
      Path file = folder.resolve(key).normalize();
      boolean unfit =
          Stream.of(key.split("/"))
              .anyMatch(
                  name ->
                      name.startsWith(UNFINISHED)
                          || name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME);
      boolean elsewhere = key.isEmpty() || key.endsWith("/") || !file.startsWith(folder);
      return unfit || elsewhere ? null : file;
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
