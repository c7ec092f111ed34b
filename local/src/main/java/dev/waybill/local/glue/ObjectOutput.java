package dev.waybill.local.glue;

import static dev.waybill.local.s3.BucketServer.UNFINISHED;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes an object beside its file, and moves it there when closed. For use by one thread. */
final class ObjectOutput extends OutputStream {

  private final Path target;
  private final Path unfinished;
  private final OutputStream out;
  private boolean closed;

  ObjectOutput(Path target) throws IOException {
    this.target = target;
    this.unfinished = target.resolveSibling(UNFINISHED + UUID.randomUUID());
    this.out =
        new BufferedOutputStream(
            Files.newOutputStream(unfinished, StandardOpenOption.CREATE_NEW), 64 << 10);
  }

  @Override
  public void write(int next) throws IOException {
    out.write(next);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    out.close();
    try {
      Files.move(
          unfinished, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      throw new IOException(
          "the folder of " + target + " was removed while the file was written", e);
    }
  }
}
