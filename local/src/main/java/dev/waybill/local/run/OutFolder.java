package dev.waybill.local.run;

import dev.waybill.local.Folders;
import dev.waybill.local.LocalCloud;
import dev.waybill.local.s3.BucketServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The folder that gets {@code bucket/} and {@code runs/}. Several launchers can share it; one that
 * watches it has it alone, for it would also run what the others put there. A launcher that finds
 * no other there first ends what a killed one has left: it says which runs were interrupted, and
 * removes files that nobody will finish.
 */
public final class OutFolder implements AutoCloseable {

  private static final String LOCK = ".waybill.lock";

  private final Path bucket;
  private final Path runs;
  private final FileChannel lock;

  private OutFolder(Path folder, boolean alone, Consumer<String> warnings) throws IOException {
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
    if (!hold(!alone)) {
      lock.close();
      throw new IllegalStateException(
          "the folder %s is in use by another waybill, %s; end it, or name another folder by --out"
              .formatted(
                  folder,
                  alone
                      ? "and a file that it puts there would run twice"
                      : "which watches it, and would run the file a second time"));
    }
  }

  /**
   * Opens it beside other launchers, and makes what is not there.
   *
   * @param warnings takes what was found of killed launchers
   * @throws IllegalStateException where another launcher has it alone
   */
  public static OutFolder share(Path folder, Consumer<String> warnings) {
    return open(folder, false, warnings);
  }

  /**
   * Opens it for this launcher alone.
   *
   * @param warnings takes what was found of killed launchers
   * @throws IllegalStateException where another launcher uses it
   */
  public static OutFolder alone(Path folder, Consumer<String> warnings) {
    return open(folder, true, warnings);
  }

  private static OutFolder open(Path folder, boolean alone, Consumer<String> warnings) {
    try {
      return new OutFolder(folder.toAbsolutePath().normalize(), alone, warnings);
    } catch (IOException e) {
      throw new UncheckedIOException("can't use the folder " + folder, e);
    }
  }

  /** The runs that were interrupted and whose files did not run again. */
  public List<InterruptedRun> interrupted() {
    try {
      List<InterruptedRun> found = new ArrayList<>();
      for (Path run : folders(runs)) {
        StartedRun.interruptedIn(run).ifPresent(found::add);
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException("can't look into " + runs, e);
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

  private boolean hold(boolean shared) throws IOException {
    try {
      return lock.tryLock(0, Long.MAX_VALUE, shared) != null;
    } catch (OverlappingFileLockException heldByThisJvm) {
      return true;
    }
  }

  private void recover(Consumer<String> warnings) throws IOException {
    Files.deleteIfExists(runs.resolve(LocalCloud.LAMBDA_LOG));
    for (Path run : folders(runs)) {
      StartedRun.in(run).ifPresent(started -> warnings.accept(started.recover(run, bucket)));
    }
    List<Path> unfinished = new ArrayList<>();
    Folders.visit(
        bucket,
        (file, attributes) -> {
          if (file.getFileName().toString().startsWith(BucketServer.UNFINISHED)) {
            unfinished.add(file);
          }
        },
        (closed, problem) -> {});
    for (Path file : unfinished) {
      Files.deleteIfExists(file);
    }
    if (!unfinished.isEmpty()) {
      warnings.accept(
          "removed %d half-written file%s that a killed run left in %s"
              .formatted(unfinished.size(), unfinished.size() == 1 ? "" : "s", bucket));
    }
  }

  private static List<Path> folders(Path folder) throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found.filter(Files::isDirectory).sorted().toList();
    }
  }
}
