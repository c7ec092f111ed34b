package dev.waybill.local.run;

import dev.waybill.local.s3.BucketServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The folder that gets {@code bucket/} and {@code runs/}. A launcher holds a shared lock on it
 * while it works; one that finds no other there first puts right what a killed one has left: it
 * says which runs were interrupted, and removes files that nobody will finish.
 */
public final class OutFolder implements AutoCloseable {

  private static final String LOCK = ".waybill.lock";

  private final Path bucket;
  private final Path runs;
  private final FileChannel lock;

  private OutFolder(Path folder, Consumer<String> warnings) throws IOException {
    bucket = folder.resolve("bucket");
    runs = folder.resolve("runs");
    Files.createDirectories(bucket.resolve("input"));
    Files.createDirectories(runs);
    lock =
        FileChannel.open(
            folder.resolve(LOCK),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    recoverIfAlone(warnings);
    share();
  }

  /**
   * Opens it, and makes what is not there.
   *
   * @param warnings takes what was found of killed launchers
   */
  public static OutFolder open(Path folder, Consumer<String> warnings) {
    try {
      return new OutFolder(folder.toAbsolutePath().normalize(), warnings);
    } catch (IOException e) {
      throw new UncheckedIOException("can't use the folder " + folder, e);
    }
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void recoverIfAlone(Consumer<String> warnings) throws IOException {
    try (FileLock alone = lock.tryLock()) {
      if (alone != null) {
        recover(warnings);
      }
    } catch (OverlappingFileLockException usedByThisJvm) {
      return;
    }
  }

  private void share() throws IOException {
    try {
      lock.lock(0, Long.MAX_VALUE, true);
    } catch (OverlappingFileLockException heldByThisJvm) {
      return;
    }
  }

  private void recover(Consumer<String> warnings) throws IOException {
    for (Path run : folders(runs)) {
      StartedRun.in(run).ifPresent(started -> warnings.accept(started.interrupted(run, bucket)));
    }
    int unfinished = 0;
    try (Stream<Path> files = Files.walk(bucket)) {
      for (Path file :
          files
              .filter(each -> each.getFileName().toString().startsWith(BucketServer.UNFINISHED))
              .toList()) {
        Files.delete(file);
        unfinished++;
      }
    }
    if (unfinished > 0) {
      warnings.accept(
          "removed %d half-written file%s that a killed run left in %s"
              .formatted(unfinished, unfinished == 1 ? "" : "s", bucket));
    }
  }

  private static List<Path> folders(Path folder) throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found.filter(Files::isDirectory).sorted().toList();
    }
  }
}
