package dev.waybill.infra;

import software.amazon.awscdk.services.xray.CfnGroup;
import software.amazon.awscdk.services.xray.CfnSamplingRule;
import software.constructs.Construct;

/**
 * The pipeline's traces in X-Ray: all that went through its state machine. With a sampling rate,
 * also a rule for executions that come with no decision, such as those started by hand.
 *
 * @see <a href="https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html">Filter
 *     expressions</a>
 */
final class XrayGroup extends Construct {

  private static final int PRIORITY = 1000;

  private final String name;

  XrayGroup(Construct scope, Settings settings, Workflow workflow) {
    super(scope, "XrayGroup");
    this.name = settings.prefix();
    CfnGroup.Builder.create(this, "Group")
        .groupName(name)
        .filterExpression("service(\"%s\")".formatted(workflow.name()))
        .build();
    if (settings.samplingRate() != null) {
      CfnSamplingRule.Builder.create(this, "SamplingRule")
          .samplingRule(
              CfnSamplingRule.SamplingRuleProperty.builder()
                  .ruleName(name)
                  .resourceArn(workflow.arn())
                  .serviceName("*")
                  .serviceType("*")
                  .host("*")
                  .httpMethod("*")
                  .urlPath("*")
                  .priority(PRIORITY)
                  .reservoirSize(1)
                  .fixedRate(settings.samplingRate())
                  .version(1)
                  .build())
          .build();
    }
  }

  String name() {
    return name;
  }
}
