package dev.waybill.gluetracing.internal.otlp;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of one signal's requests, a line each, that is there from the first one on. */
final class KeptFile extends OutputStream {

  private final Folder folder;
  private final String name;
  private OutputStream out;
  private long written;

  KeptFile(Folder folder, String signal) {
    this.folder = folder;
    this.name = signal + ".jsonl";
  }

  /** Where it is to be, made only when it is needed. */
  @FunctionalInterface
  interface Folder {
    Path path() throws IOException;
  }

  String name() {
    return name;
  }

  /** Bytes so far. */
  long written() {
    return written;
  }

  /** Makes the file; false where it was there already. */
  boolean open() throws IOException {
    if (out != null) {
      return false;
    }
    out = new BufferedOutputStream(Files.newOutputStream(folder.path().resolve(name)));
    return true;
  }

  @Override
  public void write(int next) throws IOException {
    out.write(next);
    written++;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    written += length;
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
  }
}
