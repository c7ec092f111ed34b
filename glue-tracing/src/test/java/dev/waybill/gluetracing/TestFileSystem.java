package dev.waybill.gluetracing;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/** The local file system under a scheme of its own, with faults. */
abstract class TestFileSystem extends RawLocalFileSystem {

  /** Is called already by the constructor of the local one. */
  abstract String scheme();

  /** Is called before each file is made, and may fail in its place. */
  abstract void beforeCreate() throws IOException;

  @Override
  public URI getUri() {
    return URI.create(scheme() + ":///");
  }

  @Override
  protected void checkPath(Path path) {}

  @Override
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    beforeCreate();
    return super.create(path, overwrite, bufferSize, replication, blockSize, progress);
  }
}
