package dev.waybill.local.run;

import dev.waybill.local.Terminal;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/** Says on the way what happens, a line for each hop. */
public final class Progress {

  private final PrintStream err;
  private final boolean quiet;
  private final Instant start = Instant.now();

  /**
   * Makes one.
   *
   * @param quiet says warnings only
   */
  public Progress(PrintStream err, boolean quiet) {
    this.err = err;
    this.quiet = quiet;
  }

  /**
   * Says that a file came to a hop.
   *
   * @param what happened there
   */
  public synchronized void hop(String file, String hop, String what) {
    if (!quiet) {
      double at = Duration.between(start, Instant.now()).toMillis() / 1000.0;
      err.println(Terminal.visible("%6.1f s  %s  %-16s  %s".formatted(at, file, hop, what)));
    }
  }

  public synchronized void warn(String text) {
    err.println("waybill: " + Terminal.visible(text));
  }
}
