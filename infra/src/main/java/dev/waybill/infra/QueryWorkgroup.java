package dev.waybill.infra;

import software.amazon.awscdk.services.athena.CfnWorkGroup;
import software.amazon.awscdk.services.athena.CfnWorkGroup.EncryptionConfigurationProperty;
import software.amazon.awscdk.services.athena.CfnWorkGroup.ResultConfigurationProperty;
import software.amazon.awscdk.services.athena.CfnWorkGroup.WorkGroupConfigurationProperty;
import software.constructs.Construct;

/**
 * An Athena workgroup for the tables: where results go, how they are encrypted, and how much a
 * query may scan are its own, and no client can choose otherwise.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html">Override
 *     client-side settings</a>
 */
final class QueryWorkgroup extends Construct {

  /** The folder of the bucket that results go to. */
  static final String RESULTS = "athena-results";

  private static final long GIB = 1L << 30;

  QueryWorkgroup(Construct scope, Settings settings, DataBucket bucket) {
    super(scope, "Queries");
    EncryptionConfigurationProperty.Builder encryption = EncryptionConfigurationProperty.builder();
    if (settings.dataKey() == null) {
      encryption.encryptionOption("SSE_S3");
    } else {
      encryption.encryptionOption("SSE_KMS").kmsKey(settings.dataKey());
    }
    CfnWorkGroup.Builder.create(this, "Workgroup")
        .name(settings.prefix())
        .description("Queries of what the pipeline of " + settings.stackName() + " writes")
        .recursiveDeleteOption(true)
        .workGroupConfiguration(
            WorkGroupConfigurationProperty.builder()
                .enforceWorkGroupConfiguration(true)
                .publishCloudWatchMetricsEnabled(true)
                .bytesScannedCutoffPerQuery(settings.athenaScanGiB() * GIB)
                .resultConfiguration(
                    ResultConfigurationProperty.builder()
                        .outputLocation("s3://%s/%s/".formatted(bucket.name(), RESULTS))
                        .encryptionConfiguration(encryption.build())
                        .build())
                .build())
        .build();
  }
}
