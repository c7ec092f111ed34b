package dev.waybill.gluetracing.internal.otlp;

import dev.waybill.gluetracing.internal.trace.JobRun;
import dev.waybill.gluetracing.internal.trace.WaybillAttributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.semconv.incubating.CloudIncubatingAttributes;
import java.util.Map;

/**
 * Who sends this telemetry. {@code cloud.provider} must be {@code aws}, also far from AWS: for
 * anything else the X-Ray exporter drops a segment's {@code aws} block.
 */
public final class JobResource {

  private static final String NAMESPACE = "waybill";

  /** {@code arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME}. */
  private static final int ARN_REGION = 3;

  private static final int ARN_ACCOUNT = 4;

  private JobResource() {}

  /**
   * What is known of a run.
   *
   * @param given what the user says besides, which counts before it
   */
  public static Resource of(JobRun run, Map<String, String> given) {
    var attributes =
        Resource.getDefault().getAttributes().toBuilder()
            .put(WaybillAttributes.SERVICE_NAME, run.job())
            .put(WaybillAttributes.SERVICE_NAMESPACE, NAMESPACE)
            .put(
                WaybillAttributes.CLOUD_PROVIDER,
                CloudIncubatingAttributes.CloudProviderIncubatingValues.AWS);
    run.runId().ifPresent(id -> attributes.put(WaybillAttributes.RUN_ID, id));
    run.jobRunId()
        .ifPresent(
            id ->
                attributes
                    .put(WaybillAttributes.JOB_RUN_ID, id)
                    .put(WaybillAttributes.SERVICE_INSTANCE_ID, id));
    if (!run.logGroups().isEmpty()) {
      attributes.put(WaybillAttributes.LOG_GROUP_NAMES, run.logGroups());
    }
    run.executionArn().ifPresent(arn -> putCloud(attributes, arn.split(":")));
    given.forEach(attributes::put);
    return Resource.create(attributes.build());
  }

  private static void putCloud(AttributesBuilder attributes, String[] arn) {
    if (arn.length > ARN_ACCOUNT) {
      attributes
          .put(WaybillAttributes.CLOUD_REGION, arn[ARN_REGION])
          .put(WaybillAttributes.CLOUD_ACCOUNT_ID, arn[ARN_ACCOUNT]);
    }
  }
}
