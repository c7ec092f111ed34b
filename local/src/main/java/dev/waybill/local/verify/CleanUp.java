package dev.waybill.local.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;

/** Removes what a run left in the bucket, every version of it. */
final class CleanUp {

  private final S3Client s3;
  private final String bucket;

  CleanUp(S3Client s3, String bucket) {
    this.s3 = s3;
    this.bucket = bucket;
  }

  /**
   * Removes these objects and what lies below these prefixes.
   *
   * @param keys the objects'
   * @param prefixes each ends in a slash
   */
  Check remove(List<String> keys, List<String> prefixes) {
    int removed = 0;
    List<S3Error> errors = new ArrayList<>();
    for (String prefix : Stream.concat(keys.stream(), prefixes.stream()).toList()) {
      for (ListObjectVersionsResponse page :
          s3.listObjectVersionsPaginator(list -> list.bucket(bucket).prefix(prefix))) {
        // A key that only begins like one of these is somebody else's.
        List<ObjectIdentifier> versions =
            versions(page)
                .filter(each -> prefix.endsWith("/") || each.key().equals(prefix))
                .toList();
        if (!versions.isEmpty()) {
          DeleteObjectsResponse answer =
              s3.deleteObjects(
                  delete -> delete.bucket(bucket).delete(these -> these.objects(versions)));
          errors.addAll(answer.errors());
          removed += answer.deleted().size();
        }
      }
    }
    return Check.of(
        "cleaned up",
        errors.isEmpty(),
        "%d object versions of the run are removed%s"
            .formatted(
                removed,
                errors.isEmpty()
                    ? ""
                    : ", %d are not: %s: %s"
                        .formatted(errors.size(), errors.get(0).key(), errors.get(0).message())),
        "remove them with s3:DeleteObjectVersion: aws s3api delete-object --bucket %s --key … --version-id …"
            .formatted(bucket));
  }

  private static Stream<ObjectIdentifier> versions(ListObjectVersionsResponse page) {
    return Stream.concat(
        page.versions().stream().map(each -> identifier(each.key(), each.versionId())),
        page.deleteMarkers().stream().map(each -> identifier(each.key(), each.versionId())));
  }

  private static ObjectIdentifier identifier(String key, String version) {
    return ObjectIdentifier.builder().key(key).versionId(version).build();
  }
}
