package dev.waybill.gluejobs;

import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** {@code s3://} paths as files: each bucket is a folder. */
public final class TestS3 extends RawLocalFileSystem {

  private static final Map<String, Path> BUCKETS = new ConcurrentHashMap<>();

  public TestS3() {}

  static void mount(String bucket, Path folder) {
    BUCKETS.put(bucket, folder);
  }

  @Override
  public File pathToFile(org.apache.hadoop.fs.Path path) {
    if (!"s3".equals(path.toUri().getScheme())) {
      return super.pathToFile(path);
    }
    String key = path.toUri().getPath();
    return BUCKETS.get(path.toUri().getAuthority()).resolve(key.substring(1)).toFile();
  }

  @Override
  protected void checkPath(org.apache.hadoop.fs.Path path) {
    // Both s3 and, in what it lists itself, file.
  }
}
