package dev.waybill.gluejobs;

import dev.waybill.gluejobs.values.Visible;
import dev.waybill.gluetracing.JobArguments;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The object that a run is about, in the very version of which the S3 event told: its key may name
 * another file's rows by the time of the reading.
 *
 * @param uri {@code s3://<bucket>/<key>}
 * @param key its S3 key, for messages
 * @param versionId empty where the bucket keeps no versions, or nobody said which
 * @param etag empty where nobody said which
 * @param size bytes; of no meaning where nobody said which
 */
public record InputObject(String uri, String key, String versionId, String etag, long size)
    implements Serializable {

  public static final String VERSION_ID = "version_id";
  public static final String ETAG = "etag";
  public static final String SIZE = "size";

  private static final long serialVersionUID = 1;
  private static final String S3A = "org.apache.hadoop.fs.s3a.S3AFileSystem";

  /**
   * Takes what the workflow says of the object. A job that is started by hand may leave its version
   * away: it reads what is there.
   *
   * @throws InvalidInput where Hadoop would take the key for another one
   * @throws IllegalArgumentException where there is an etag and no size, or one that is no number
   */
  public static InputObject of(RunArguments run, JobArguments arguments) {
    String uri = "s3://" + run.bucket() + "/" + run.key();
    if (!new Path(uri).toUri().getPath().equals("/" + run.key())) {
      throw new InvalidInput(
          run.key(),
          "has a key that file systems take for another one; upload it again under a key without"
              + " empty, '.' and '..' parts");
    }
    String etag = arguments.find(ETAG).orElse("");
    Optional<Long> size = arguments.find(SIZE).map(InputObject::bytes);
    if (!etag.isEmpty() && size.isEmpty()) {
      throw new IllegalArgumentException("job argument --etag needs --size beside it");
    }
    return new InputObject(
        uri, run.key(), arguments.find(VERSION_ID).orElse(""), etag, size.orElse(0L));
  }

  /**
   * Opens it.
   *
   * @throws InvalidInput where that version is not there any more, also later, while it is read
   */
  public InputStream open(Configuration hadoop) throws IOException {
    FileSystem files = path().getFileSystem(hadoop);
    try {
      if (!etag.isEmpty() && isS3a(files)) {
        return new S3aVersion(this, files.getConf());
      }
      InputStream in = files.open(path());
      // After the opening: what is opened later than this is not what is compared.
      if (isAnother(files.getFileStatus(path()))) {
        in.close();
        throw overwritten();
      }
      return in;
    } catch (FileNotFoundException e) {
      throw gone();
    }
  }

  /** Its size in bytes, as the event said or as it is found. */
  public long bytes(Configuration hadoop) throws IOException {
    try {
      return etag.isEmpty() ? path().getFileSystem(hadoop).getFileStatus(path()).getLen() : size;
    } catch (FileNotFoundException e) {
      throw gone();
    }
  }

  Path path() {
    return new Path(uri);
  }

  InvalidInput gone() {
    return new InvalidInput(key, "is not in the bucket any more; upload it again");
  }

  InvalidInput overwritten() {
    return new InvalidInput(
        key,
        "was overwritten after this upload (etag %s), and the bucket has not kept it; its newer upload has a run of its own"
            .formatted(etag));
  }

  private static long bytes(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "job argument --%s is '%s', which is no number of bytes"
              .formatted(SIZE, Visible.text(text)),
          e);
    }
  }

  private boolean isAnother(FileStatus found) {
    return !etag.isEmpty()
        && found instanceof EtagSource source
        && source.getEtag() != null
        && !source.getEtag().equals(etag);
  }

  /** By its name: where a job runs on this machine, Hadoop has no S3A. */
  private static boolean isS3a(FileSystem files) {
    for (Class<?> type = files.getClass(); type != null; type = type.getSuperclass()) {
      if (type.getName().equals(S3A)) {
        return true;
      }
    }
    return false;
  }
}
