package dev.waybill.infra;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.CfnResource;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.logs.LogGroup;
import software.constructs.Construct;

/**
 * Secures the function by which the CDK empties buckets before they go. As the CDK makes it, its
 * role has a managed policy, and Lambda makes its log group, which outlives the stack; here the
 * group is the stack's, and the role can write to it and make no other.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_s3-readme.html#bucket-deletion">Bucket
 *     deletion in the CDK</a>
 */
final class EmptiedOnDestroy {

  private static final String PROVIDER = "Custom::S3AutoDeleteObjectsCustomResourceProvider";

  private EmptiedOnDestroy() {}

  static void secure(Construct scope, Settings settings, Logs logs) {
    Construct provider = (Construct) Stack.of(scope).getNode().findChild(PROVIDER);
    LogGroup group =
        logs.group(
            scope, "EmptyBucketsLog", "/aws/lambda/%s-empty-buckets".formatted(settings.prefix()));
    CfnResource role = (CfnResource) provider.getNode().findChild("Role");
    role.addPropertyDeletionOverride("ManagedPolicyArns");
    Map<String, Object> statement = new TreeMap<>();
    statement.put("Effect", "Allow");
    statement.put("Action", List.of("logs:CreateLogStream", "logs:PutLogEvents"));
    statement.put("Resource", group.getLogGroupArn());
    Map<String, Object> document = new TreeMap<>();
    document.put("Version", "2012-10-17");
    document.put("Statement", List.of(statement));
    Map<String, Object> policy = new TreeMap<>();
    policy.put("PolicyName", "Log");
    policy.put("PolicyDocument", document);
    role.addPropertyOverride("Policies", List.of(policy));
    CfnResource function = (CfnResource) provider.getNode().findChild("Handler");
    function.addPropertyOverride("LoggingConfig", Map.of("LogGroup", group.getLogGroupName()));
    Findings.answerCheckov(function, Findings.OF_CUSTOM_RESOURCES);
  }
}
