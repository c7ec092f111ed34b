package dev.waybill.infra;

import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.CfnMapping;
import software.amazon.awscdk.Stack;
import software.constructs.Construct;

/**
 * Addresses of the AWS console's pages on one deployed pipeline, in the console of its partition.
 */
final class Links extends Construct {

  private static final String LAST_SIX_HOURS = "~context~(timeRange~(delta~21600000))";
  private static final String DOMAIN = "domain";

  /** A stack for any region learns its partition from CloudFormation. */
  private static final Map<String, String> CONSOLES =
      new TreeMap<>(
          Map.of(
              "aws", "console.aws.amazon.com",
              "aws-cn", "console.amazonaws.cn",
              "aws-eusc", "console.amazonaws-eusc.eu",
              "aws-us-gov", "console.amazonaws-us-gov.com"));

  private final Settings settings;
  private final Workflow workflow;
  private final XrayGroup group;
  private final String region;
  private final String console;

  Links(Construct scope, Settings settings, Workflow workflow, XrayGroup group) {
    super(scope, "Links");
    this.settings = settings;
    this.workflow = workflow;
    this.group = group;
    this.region = Stack.of(this).getRegion();
    Map<String, Map<String, String>> mapping = new TreeMap<>();
    CONSOLES.forEach((partition, domain) -> mapping.put(partition, Map.of(DOMAIN, domain)));
    CfnMapping consoles = CfnMapping.Builder.create(this, "Consoles").mapping(mapping).build();
    this.console = "https://%s.%s".formatted(region, consoles.findInMap(Aws.PARTITION, DOMAIN));
  }

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
        .formatted(console, region, workflow.arn());
  }

  String dashboard() {
    return cloudWatch("dashboards/dashboard/" + settings.prefix());
  }

  /** {@code group.name = "…"}, as the console's addresses spell it: {@code *} for {@code %}. */
  private String expression() {
    return "expression~'group.name*20*3d*20*22" + group.name() + "*22";
  }

  private String cloudWatch(String page) {
    return "%s/cloudwatch/home?region=%s#%s".formatted(console, region, page);
  }
}
