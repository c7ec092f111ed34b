package dev.waybill.infra;

import java.util.ArrayList;
import java.util.List;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.s3.LifecycleRule;

/**
 * When objects of the stack's own bucket go: what nobody needs, and what {@link Retention} says.
 */
final class DataLifecycle {

  private static final int OLD_VERSION_DAYS = 30;
  private static final int ABANDONED_UPLOAD_DAYS = 7;
  private static final int QUERY_RESULT_DAYS = 7;

  private DataLifecycle() {}

  /**
   * The rules.
   *
   * @param written the folders that the jobs write
   */
  static List<LifecycleRule> rules(Settings settings, List<String> written) {
    List<LifecycleRule> rules = new ArrayList<>();
    rules.add(
        LifecycleRule.builder()
            .id("abandoned-uploads-and-old-versions")
            .abortIncompleteMultipartUploadAfter(Duration.days(ABANDONED_UPLOAD_DAYS))
            .noncurrentVersionExpiration(Duration.days(OLD_VERSION_DAYS))
            .expiredObjectDeleteMarker(true)
            .build());
    if (settings.athenaScanGiB() != null) {
      rules.add(expire(QueryWorkgroup.RESULTS, QUERY_RESULT_DAYS));
    }
    settings.retention().days(written).forEach((folder, days) -> rules.add(expire(folder, days)));
    return rules;
  }

  private static LifecycleRule expire(String folder, int days) {
    return LifecycleRule.builder()
        .id("expire-" + folder)
        .prefix(folder + "/")
        .expiration(Duration.days(days))
        .build();
  }
}
