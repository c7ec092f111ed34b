package dev.waybill.infra;

import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.kms.IKey;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.constructs.Construct;

/**
 * Makes log groups that are the stack's own: encrypted with its key, kept for as long as the
 * settings say, and gone with the stack.
 */
record Logs(IKey key, int days) {

  /** What CloudWatch allows, as far as it is useful here. */
  static final Map<Integer, RetentionDays> RETENTION =
      new TreeMap<>(
          Map.of(
              1, RetentionDays.ONE_DAY,
              7, RetentionDays.ONE_WEEK,
              14, RetentionDays.TWO_WEEKS,
              30, RetentionDays.ONE_MONTH,
              90, RetentionDays.THREE_MONTHS,
              180, RetentionDays.SIX_MONTHS,
              365, RetentionDays.ONE_YEAR,
              731, RetentionDays.TWO_YEARS,
              1827, RetentionDays.FIVE_YEARS,
              3653, RetentionDays.TEN_YEARS));

  /** The name of the group to which the collector delivers the jobs' log records. */
  static String jobs(String prefix) {
    return "/%s/job-logs".formatted(prefix);
  }

  /** The group from which CloudWatch takes the jobs' metrics. */
  LogGroup metrics(Construct scope, String prefix) {
    return group(scope, "Metrics", "/%s/metrics".formatted(prefix));
  }

  LogGroup group(Construct scope, String id, String name) {
    return LogGroup.Builder.create(scope, id)
        .logGroupName(name)
        .encryptionKey(key)
        .retention(RETENTION.get(days))
        .removalPolicy(RemovalPolicy.DESTROY)
        .build();
  }
}
