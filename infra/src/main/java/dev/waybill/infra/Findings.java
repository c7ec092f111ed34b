package dev.waybill.infra;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.Acknowledgment;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.CfnResource;
import software.amazon.awscdk.Validations;
import software.constructs.IConstruct;

/** Where a finding of cdk-nag or checkov is answered: always on the one resource it concerns. */
final class Findings {

  /** Of a function that CloudFormation calls for a resource which the CDK adds. */
  static final Map<String, String> OF_CUSTOM_RESOURCES =
      Map.of(
          "CKV_AWS_115",
          "CloudFormation calls it once or twice in a deployment",
          "CKV_AWS_116",
          "CloudFormation waits for its answer and fails the deployment without one",
          "CKV_AWS_117",
          "it calls S3 and CloudFormation only, which a VPC would not bring nearer");

  private Findings() {}

  static void acknowledge(IConstruct resource, String finding, String reason) {
    Validations.of(resource)
        .acknowledge(Acknowledgment.builder().id(finding).reason(reason).build());
  }

  /**
   * Answers that a role may act on all resources of a name with a wildcard.
   *
   * @param resource as in the role's policy, with pseudo parameters
   */
  static void acknowledgeWildcard(IConstruct role, String resource, String reason) {
    String named =
        resource
            .replace(Aws.PARTITION, "<AWS::Partition>")
            .replace(Aws.REGION, "<AWS::Region>")
            .replace(Aws.ACCOUNT_ID, "<AWS::AccountId>");
    acknowledge(role, "AwsSolutions-IAM5[Resource::%s]".formatted(named), reason);
  }

  /**
   * Answers checks of checkov, in the resource's metadata.
   *
   * @param resource or the construct whose resource it is
   * @param reasons by check; all of the resource at once
   * @see <a
   *     href="https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html">Skipping
   *     policies in checkov</a>
   */
  static void answerCheckov(IConstruct resource, Map<String, String> reasons) {
    List<Map<String, String>> skip = new ArrayList<>();
    new TreeMap<>(reasons)
        .forEach(
            (check, reason) -> skip.add(new TreeMap<>(Map.of("id", check, "comment", reason))));
    CfnResource answered =
        resource instanceof CfnResource itself
            ? itself
            : (CfnResource) resource.getNode().getDefaultChild();
    answered.addMetadata("checkov", Map.of("skip", skip));
  }
}
