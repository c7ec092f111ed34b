package dev.waybill.local.run;

import dev.waybill.local.ChildJvms;
import dev.waybill.local.Folders;
import dev.waybill.local.LocalCloud;
import dev.waybill.local.s3.BucketServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The folder that gets {@code bucket/} and {@code runs/}. Several launchers can share it; one that
 * watches it has it alone, because it would also run what the others put there. A launcher that
 * finds no other there first ends what a killed one has left: it says which runs were interrupted,
 * and removes files that nobody will finish. Launchers that start at once do so one by one.
 */
public final class OutFolder implements AutoCloseable {

  private static final String LOCK = ".waybill.lock";

  /** The byte of the lock file that a launcher holds while it begins. */
  private static final int ENTRANCE = 0;

  /** The byte that it holds while it works, shared or alone. */
  private static final int USE = 1;

  private final Path bucket;
  private final Path runs;
  private final FileChannel lock;

  private OutFolder(Path folder, boolean alone, Consumer<String> warnings) throws IOException {
    bucket = folder.resolve("bucket");
    runs = folder.resolve("runs");
    Files.createDirectories(folder);
    Files.createDirectories(bucket.resolve("input"));
    Files.createDirectories(runs);
    lock =
        FileChannel.open(
            folder.resolve(LOCK),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    if (!enter(alone, warnings)) {
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
    if (folder.toString().isEmpty()) {
      throw new IllegalArgumentException("--out is empty; it must name a folder");
    }
    try {
      return new OutFolder(folder.toAbsolutePath().normalize(), alone, warnings);
    } catch (IOException e) {
      throw new IllegalStateException(
          "can't use the folder %s: %s".formatted(folder, why(folder, e)));
    }
  }

  /** The reason, and where it is not the folder itself, what stands in the way. */
  private static String why(Path folder, IOException problem) {
    String reason = Folders.reason(problem);
    return problem instanceof FileSystemException at
            && at.getFile() != null
            && !Path.of(at.getFile()).equals(folder.toAbsolutePath().normalize())
        ? "%s (%s)".formatted(reason, at.getFile())
        : reason;
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

  /** Whether it may be used. Waits for other launchers that are about to find that out, too. */
  private boolean enter(boolean alone, Consumer<String> warnings) throws IOException {
    try (FileLock entrance = lock.lock(ENTRANCE, 1, false)) {
      try (FileLock nobodyElse = lock.tryLock(USE, 1, false)) {
        if (nobodyElse != null) {
          recover(warnings);
        }
      }
      return lock.tryLock(USE, 1, !alone) != null;
    } catch (OverlappingFileLockException usedByThisJvm) {
      return true;
    }
  }

  private void recover(Consumer<String> warnings) throws IOException {
    Files.deleteIfExists(runs.resolve(LocalCloud.LAMBDA_LOG));
    ChildJvms.removeLeft(bucket.getParent());
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
