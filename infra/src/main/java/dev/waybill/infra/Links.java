package dev.waybill.infra;

import software.amazon.awscdk.Stack;

/** Addresses of the AWS console's pages on one deployed pipeline. */
record Links(Stack stack, Settings settings, Workflow workflow, XrayGroup group) {

  private static final String LAST_SIX_HOURS = "~context~(timeRange~(delta~21600000))";

  /** X-Ray's map of the hops, for the pipeline's group. */
  String traceMap() {
    return cloudWatch(
        "xray:service-map/map?~(query~(%s)%s)".formatted(expression(), LAST_SIX_HOURS));
  }

  String traces() {
    return cloudWatch("xray:traces/query?~(query~(%s)%s)".formatted(expression(), LAST_SIX_HOURS));
  }

  String stateMachine() {
    return "%s/states/home?region=%s#/statemachines/view/%s"
        .formatted(console(), stack.getRegion(), workflow.arn());
  }

  String dashboard() {
    return cloudWatch("dashboards/dashboard/" + settings.prefix());
  }

  /** {@code group.name = "…"}, as the console's addresses spell it: {@code *} for {@code %}. */
  private String expression() {
    return "expression~'group.name*20*3d*20*22" + group.name() + "*22";
  }

  private String cloudWatch(String page) {
    return "%s/cloudwatch/home?region=%s#%s".formatted(console(), stack.getRegion(), page);
  }

  private String console() {
    return "https://%s.console.aws.amazon.com".formatted(stack.getRegion());
  }
}
