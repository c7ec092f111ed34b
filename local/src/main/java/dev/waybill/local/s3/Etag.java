package dev.waybill.local.s3;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/**
 * What tells one content of a file from another without reading it: its size, the time of its last
 * change, and which file of the disk it is.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html">ETag in S3's API:
 *     it need not be a digest</a>
 */
public final class Etag {

  private Etag() {}

  /**
   * A file's etag, in hex digits and hyphens.
   *
   * @throws java.nio.file.NoSuchFileException where it is gone
   */
  public static String of(Path file) throws IOException {
    return of(Files.readAttributes(file, BasicFileAttributes.class));
  }

  /** The etag of a file of which this is known. */
  public static String of(BasicFileAttributes file) {
    return "%x-%x-%x"
        .formatted(
            file.size(),
            file.lastModifiedTime().to(TimeUnit.NANOSECONDS),
            file.fileKey() == null ? 0 : file.fileKey().hashCode());
  }
}
