package dev.waybill.local.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * The process's standard output, in UTF-8. Unlike {@link System#out} it remembers why a write
 * failed, so that a command can end with a status that says so. Not safe for use by several
 * threads.
 */
final class StandardOutput extends OutputStream {

  /**
   * What an operating system says when the reader of a pipe has ended, for example {@code head}.
   */
  private static final String READER_ENDED = "Broken pipe";

  private final OutputStream out;
  private IOException failure;

  StandardOutput() {
    this(new FileOutputStream(FileDescriptor.out));
  }

  StandardOutput(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  PrintWriter writer() {
    return new PrintWriter(this, true, StandardCharsets.UTF_8);
  }

  /**
   * Checks what {@link #writer()} swallows.
   *
   * @throws Lost where something could not be written
   */
  void check() {
    if (failure != null) {
      throw new Lost(failure);
    }
  }

  /** Output could not be written. */
  static final class Lost extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final boolean quiet;

    Lost(IOException cause) {
      super("can't write to standard output: " + cause.getMessage());
      this.quiet = READER_ENDED.equals(cause.getMessage());
    }

    /** Whether the reader has seen enough, and nothing needs to be said. */
    boolean isQuiet() {
      return quiet;
    }
  }
}
