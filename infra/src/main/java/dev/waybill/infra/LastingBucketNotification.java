package dev.waybill.infra;

import java.util.List;
import java.util.Map;
import software.amazon.awscdk.CfnResource;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.lambda.IFunction;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.s3.Bucket;
import software.amazon.awscdk.services.s3.BucketAttributes;
import software.amazon.awscdk.services.s3.EventType;
import software.amazon.awscdk.services.s3.IBucket;
import software.amazon.awscdk.services.s3.NotificationKeyFilter;
import software.amazon.awscdk.services.s3.notifications.LambdaDestination;
import software.constructs.Construct;

/**
 * Has S3 notify a function about a bucket that outlives the stack. CloudFormation can't set this on
 * a bucket that it did not make, and as a property of one that it made the notification would stay
 * when the stack goes, and overlap with the next stack's. The CDK's custom resource adds it to
 * those that the bucket has, and takes it away with the stack. Its function gets a role and a log
 * group of this stack: as it comes, its log group outlives the stack.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_s3-readme.html#bucket-notifications">Bucket
 *     notifications in the CDK</a>
 */
final class LastingBucketNotification extends Construct {

  /** Where the CDK puts the function that serves all notifications of a stack. */
  private static final String HANDLER =
      "BucketNotificationsHandler050a0587b7544547bf325f094a3db834";

  /**
   * Makes it.
   *
   * @param bucket its name
   * @param prefix of the keys that the function is called for
   */
  LastingBucketNotification(
      Construct scope,
      Settings settings,
      Logs logs,
      String bucket,
      String prefix,
      IFunction function) {
    super(scope, "Notification");
    LogGroup log =
        logs.group(this, "Log", "/aws/lambda/%s-bucket-notifications".formatted(settings.prefix()));
    Role role =
        Role.Builder.create(this, "Role")
            .assumedBy(new ServicePrincipal("lambda.amazonaws.com"))
            .build();
    IBucket notified =
        Bucket.fromBucketAttributes(
            this,
            "Bucket",
            BucketAttributes.builder()
                .bucketName(bucket)
                .notificationsHandlerRole(role.withoutPolicyUpdates())
                .build());
    log.grantWrite(role);
    role.addToPolicy(
        PolicyStatement.Builder.create()
            .actions(List.of("s3:GetBucketNotification", "s3:PutBucketNotification"))
            .resources(List.of(notified.getBucketArn()))
            .build());
    notified.addEventNotification(
        EventType.OBJECT_CREATED,
        new LambdaDestination(function),
        NotificationKeyFilter.builder().prefix(prefix).build());
    notified.getNode().findChild("Notifications").getNode().addDependency(role);
    CfnResource handler =
        (CfnResource) Stack.of(this).getNode().findChild(HANDLER).getNode().findChild("Resource");
    handler.addPropertyOverride("LoggingConfig", Map.of("LogGroup", log.getLogGroupName()));
    Findings.answerCheckov(handler, Findings.OF_CUSTOM_RESOURCES);
  }
}
