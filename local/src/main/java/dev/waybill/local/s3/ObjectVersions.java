package dev.waybill.local.s3;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * ListObjectVersions and DeleteObjects on a bucket without versioning: each object has the one
 * version {@code null}.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html">DeleteObjects</a>
 */
final class ObjectVersions {

  private static final Pattern KEY = Pattern.compile("<Key>(.*?)</Key>", Pattern.DOTALL);

  private final BucketFolder folder;

  ObjectVersions(BucketFolder folder) {
    this.folder = folder;
  }

  /** The answer to ListObjectVersions. */
  String list(String bucket, String prefix, int most) throws IOException {
    StringBuilder versions = new StringBuilder();
    for (Path file : folder.list(prefix, most)) {
      versions.append(
          "<Version><Key>%s</Key><VersionId>null</VersionId><IsLatest>true</IsLatest><Size>%d</Size></Version>"
              .formatted(BucketServer.xml(folder.key(file)), Files.size(file)));
    }
    return "<ListVersionsResult><Name>%s</Name><Prefix>%s</Prefix><IsTruncated>false</IsTruncated>%s</ListVersionsResult>"
        .formatted(BucketServer.xml(bucket), BucketServer.xml(prefix), versions);
  }

  /**
   * The answer to DeleteObjects, once they are deleted; one that is not there counts as deleted.
   */
  String delete(String request) throws IOException {
    List<String> keys = new ArrayList<>();
    Matcher key = KEY.matcher(request);
    while (key.find()) {
      keys.add(text(key.group(1)));
    }
    StringBuilder deleted = new StringBuilder();
    for (String each : keys) {
      Path file = folder.find(each);
      if (file != null) {
        Files.delete(file);
      }
      deleted.append(
          "<Deleted><Key>%s</Key><VersionId>null</VersionId></Deleted>"
              .formatted(BucketServer.xml(each)));
    }
    return "<DeleteResult>" + deleted + "</DeleteResult>";
  }

  private static String text(String xml) {
    return xml.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&");
  }
}
