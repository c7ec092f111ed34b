package dev.waybill.infra;

import software.amazon.awscdk.Acknowledgment;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.Validations;
import software.constructs.IConstruct;

/** Where a finding of cdk-nag is answered: always on the one resource that it concerns. */
final class Findings {

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
}
