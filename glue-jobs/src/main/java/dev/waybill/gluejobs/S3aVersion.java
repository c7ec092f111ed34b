package dev.waybill.gluejobs;

import java.io.FileNotFoundException;
import java.io.FilterInputStream;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.Seekable;
import org.apache.hadoop.fs.s3a.Constants;
import org.apache.hadoop.fs.s3a.RemoteFileChangedException;
import org.apache.hadoop.fs.s3a.S3AFileStatus;
import org.apache.hadoop.util.functional.FutureIO;

/**
 * One version of an object, read by S3A: with its version id where the bucket keeps versions, else
 * on the condition that its etag is still the same. S3A sends either with each of its requests, so
 * an upload amid the reading is noticed too.
 *
 * @see <a href="https://hadoop.apache.org/docs/stable/hadoop-aws/tools/hadoop-aws/index.html">S3A's
 *     change detection</a>
 */
final class S3aVersion extends FilterInputStream implements Seekable {

  private static final long BLOCK = 32L << 20;

  private final InputObject object;
  private final FileSystem files;
  private final Seekable seekable;

  S3aVersion(InputObject object, Configuration hadoop) throws IOException {
    this(object, fileSystem(object, hadoop));
  }

  private S3aVersion(InputObject object, FileSystem files) throws IOException {
    this(object, files, open(object, files));
  }

  private S3aVersion(InputObject object, FileSystem files, FSDataInputStream in) {
    super(in);
    this.seekable = in;
    this.object = object;
    this.files = files;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    try {
      return in.read(into, offset, length);
    } catch (RemoteFileChangedException e) {
      throw object.overwritten();
    } catch (FileNotFoundException e) {
      throw object.gone();
    }
  }

  @Override
  public void seek(long offset) throws IOException {
    seekable.seek(offset);
  }

  @Override
  public long getPos() throws IOException {
    return seekable.getPos();
  }

  @Override
  public boolean seekToNewSource(long offset) throws IOException {
    return seekable.seekToNewSource(offset);
  }

  @Override
  public void close() throws IOException {
    try (files) {
      in.close();
    }
  }

  private static FSDataInputStream open(InputObject object, FileSystem files) throws IOException {
    Path path = object.path();
    S3AFileStatus version =
        new S3AFileStatus(
            object.size(),
            0,
            path,
            BLOCK,
            "",
            '"' + object.etag() + '"',
            object.versionId().isEmpty() ? null : object.versionId());
    return FutureIO.awaitFuture(files.openFile(path).withFileStatus(version).build());
  }

  /** One of its own: what it detects changes by is a setting of the whole file system. */
  private static FileSystem fileSystem(InputObject object, Configuration hadoop)
      throws IOException {
    Configuration own = new Configuration(hadoop);
    own.set(
        Constants.CHANGE_DETECT_SOURCE,
        object.versionId().isEmpty()
            ? Constants.CHANGE_DETECT_SOURCE_ETAG
            : Constants.CHANGE_DETECT_SOURCE_VERSION_ID);
    own.set(Constants.CHANGE_DETECT_MODE, Constants.CHANGE_DETECT_MODE_SERVER);
    return FileSystem.newInstance(object.path().toUri(), own);
  }
}
