package dev.waybill.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The JVMs that stand-ins start. Each works in a folder of its own, which takes its temporary
 * files, may have rows of the input in it, can be read by this user only, and is removed at the
 * JVM's end, however that comes.
 */
public final class ChildJvms implements AutoCloseable {

  /**
   * Whoever knows a stand-in's URL may call it: a client has to have credentials, whatever they
   * are. They are no variables, because Spark looks for the address of the machine where it finds
   * those, and there may be none.
   */
  private static final List<String> CREDENTIALS =
      List.of("-Daws.accessKeyId=local", "-Daws.secretAccessKey=local");

  private static final String PREFIX = ".waybill-tmp-";

  private final Path folder;
  private final Path crashReports;
  private final Map<Process, CompletableFuture<Void>> running = new ConcurrentHashMap<>();
  private boolean closed;

  /**
   * Makes their common folder.
   *
   * @param out where it lies: the system's folder for temporary files is everyone's
   * @param crashReports a folder that takes what a JVM writes when it crashes
   */
  public ChildJvms(Path out, Path crashReports) {
    this.crashReports = crashReports;
    try {
      this.folder = Files.createTempDirectory(out, PREFIX);
    } catch (IOException e) {
      throw new UncheckedIOException("can't make a folder for temporary files in " + out, e);
    }
  }

  /** Removes what killed launchers have left there; none may be at work. */
  public static void removeLeft(Path out) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(out, PREFIX + "*")) {
      left.forEach(ChildJvms::remove);
    }
  }

  /**
   * Starts one.
   *
   * @param java a command that begins with the program {@code java}; gets a working folder, and
   *     options for it
   */
  public synchronized Process start(ProcessBuilder java) throws IOException {
    if (closed) {
      throw new IOException("the launcher ends");
    }
    Path own = Files.createTempDirectory(folder, "jvm-");
    List<String> command = new ArrayList<>(java.command());
    command.addAll(1, CREDENTIALS);
    command.addAll(
        1,
        List.of(
            "-Djava.io.tmpdir=" + own,
            "-XX:-UsePerfData",
            "-XX:ErrorFile=" + crashReports.toString().replace("%", "%%") + "/hs_err_pid%p.log"));
    Process process = java.command(command).directory(own.toFile()).start();
    CompletableFuture<Void> removed = process.onExit().thenAccept(ended -> remove(own));
    running.put(process, removed);
    removed.thenRun(() -> running.remove(process));
    return process;
  }

  /** Ends those that still run. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    List<CompletableFuture<Void>> removed = List.copyOf(running.values());
    running.keySet().forEach(Process::destroyForcibly);
    removed.forEach(CompletableFuture::join);
    remove(folder);
  }

  /** What can't be removed now is by the next launcher, and no one else can read it. */
  private static void remove(Path folder) {
    try {
      Folders.delete(folder);
    } catch (IOException stays) {
      return;
    }
  }
}
