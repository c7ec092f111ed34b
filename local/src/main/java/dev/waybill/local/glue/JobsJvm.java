package dev.waybill.local.glue;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A JVM that runs the jobs of one run, each once, one after the other: the second finds Spark
 * loaded and compiled. The first job is on its command line, the others come through its standard
 * input. Its standard output has a byte for each job that has succeeded and is not the last; what
 * jobs print goes into their logs. For use by one thread at a time.
 *
 * @see JobMain
 */
final class JobsJvm {

  private final Process process;
  private final Set<String> given = new HashSet<>();

  /** A JVM that was started with its first job. */
  JobsJvm(Process process, String job) {
    this.process = process;
    given.add(job);
  }

  /** Whether it can run this job. */
  boolean takes(String job) {
    return process.isAlive() && !given.contains(job);
  }

  /** How many jobs it was given. */
  int jobs() {
    return given.size();
  }

  /**
   * Gives it another job.
   *
   * @throws IOException where the JVM has ended meanwhile
   */
  void give(String job, JobSpec spec) throws IOException {
    given.add(job);
    DataOutputStream out = new DataOutputStream(process.getOutputStream());
    spec.write(out);
    out.flush();
  }

  /**
   * The job that it was given last.
   *
   * @param isLast the JVM ends with it
   * @param succeeded is called at its end where the JVM can take another job
   */
  JobProcess process(boolean isLast, Runnable succeeded) {
    CompletableFuture<Integer> status = new CompletableFuture<>();
    process.onExit().thenAccept(ended -> status.complete(ended.exitValue()));
    if (!isLast) {
      Thread replies =
          new Thread(
              () -> {
                if (hasSucceeded() && process.isAlive()) {
                  succeeded.run();
                  status.complete(0);
                }
              },
              "waybill-job-reply");
      replies.setDaemon(true);
      replies.start();
    }
    return new JobProcess(process, status);
  }

  /** No more jobs come: it ends. */
  void end() {
    try {
      process.getOutputStream().close();
    } catch (IOException ended) {
      process.destroy();
    }
  }

  /** What else comes there is the JVM's own warnings; at its end nothing comes. */
  private boolean hasSucceeded() {
    try {
      InputStream replies = process.getInputStream();
      int next;
      do {
        next = replies.read();
      } while (next != JobMain.SUCCEEDED && next >= 0);
      return next == JobMain.SUCCEEDED;
    } catch (IOException ended) {
      return false;
    }
  }
}
