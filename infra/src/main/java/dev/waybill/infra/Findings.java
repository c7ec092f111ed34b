package dev.waybill.infra;

import software.amazon.awscdk.Acknowledgment;
import software.amazon.awscdk.Validations;
import software.constructs.IConstruct;

/** Where a finding of cdk-nag is answered: always on the one resource that it concerns. */
final class Findings {

  private Findings() {}

  static void acknowledge(IConstruct resource, String finding, String reason) {
    Validations.of(resource)
        .acknowledge(Acknowledgment.builder().id(finding).reason(reason).build());
  }
}
