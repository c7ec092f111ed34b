package dev.waybill.infra;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a deployment may choose, by the CDK's context: {@code -c name=value} or {@code cdk.json}.
 * {@code docs/operating.md} has the table of all switches.
 *
 * @param stackName names the stack and, in lower case, all that the stack names; ends in the
 *     environment's name, where there is one
 * @param environment of several that one checkout deploys, or null
 * @param collector whether a collector takes the jobs' telemetry, in a VPC; without, jobs send by
 *     themselves
 * @param vpcId an existing VPC with private subnets, or null for one of the stack's own
 * @param natGateways of the stack's own VPC
 * @param endpoints interface endpoints for the stack's own VPC
 * @param s3PrefixList the prefix list of S3 that the jobs' way out ends at, beside the endpoints,
 *     or null for anywhere
 * @param capacity what Glue gives the jobs
 * @param roles what the account asks of every role
 * @param keepData whether bucket and data stay when the stack goes
 * @param bucketName an existing bucket, or null for one of the stack's own
 * @param dataKey the ARN of a KMS key that encrypts the data, or null for S3's own
 * @param retention how long the bucket's folders keep their objects
 * @param logDays how long logs are kept
 * @param alarmEmail who hears of alarms, or null
 * @param alarmTopic the ARN of an existing SNS topic for alarms, or null for one of the stack's own
 * @param rejectedPercent share of rejected rows from which the alarm sounds
 * @param maxUnreadablePercent of a column's values, from which the cleaning job warns
 * @param failOnUnreadable whether such a column fails the run
 * @param withSamples whether a run's record shows some unreadable values
 * @param sampling {@code always} or {@code inherit}, as the Lambda reads it
 * @param samplingRate X-Ray's share of executions that were started by hand, or null for X-Ray's
 *     own
 * @param tracesByOtlp whether spans go to X-Ray's OTLP endpoint, which needs CloudWatch Transaction
 *     Search, instead of becoming segments
 * @param keepPercent share of traces that the collector keeps, beside those with an error, a long
 *     duration or rejected rows, all of which it keeps
 */
public record Settings(
    String stackName,
    String environment,
    boolean collector,
    String vpcId,
    int natGateways,
    Set<Endpoint> endpoints,
    String s3PrefixList,
    JobCapacity capacity,
    RoleRules roles,
    boolean keepData,
    String bucketName,
    String dataKey,
    Retention retention,
    int logDays,
    String alarmEmail,
    String alarmTopic,
    int rejectedPercent,
    int maxUnreadablePercent,
    boolean failOnUnreadable,
    boolean withSamples,
    String sampling,
    Double samplingRate,
    boolean tracesByOtlp,
    int keepPercent) {

  /** An AWS service that the pipeline reaches from the VPC. */
  public enum Endpoint {
    XRAY,
    LOGS,
    MONITORING,
    GLUE
  }

  /**
   * Bucket and log group names are made of it: {@code <name>-<account>-<region>} has 63 letters.
   */
  private static final Pattern STACK_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,27}");

  private static final Pattern BUCKET_NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Pattern VPC_ID = Pattern.compile("vpc-[0-9a-f]{8,17}");
  private static final Pattern PREFIX_LIST = Pattern.compile("pl-[0-9a-f]{8,17}");
  private static final List<String> OF_THE_COLLECTOR =
      List.of("vpcId", "natGateways", "endpoints", "s3PrefixList", "traces", "keepPercent");

  private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+\\.[^@\\s]+");

  /** Not an alias: S3 and IAM take a key's own ARN only. */
  private static final Pattern KEY =
      Pattern.compile("arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/[A-Za-z0-9-]+");

  private static final Pattern TOPIC =
      Pattern.compile("arn:aws[a-z-]*:sns:[a-z0-9-]+:\\d{12}:[A-Za-z0-9_-]{1,256}");

  /**
   * Reads them.
   *
   * @param context the CDK app's context
   * @throws IllegalArgumentException naming the switch, its value and what is expected
   */
  public static Settings of(Map<String, Object> context) {
    Switches switches = Environments.in(context);
    String environment =
        switches.text("env", Environments.NAME, Environments.EXPECTED).orElse(null);
    Settings settings =
        new Settings(
            stackName(switches, environment),
            environment,
            collector(switches),
            switches
                .text("vpcId", VPC_ID, "a VPC's id, such as vpc-0a1b2c3d4e5f67890")
                .orElse(null),
            switches
                .number(
                    "natGateways",
                    1,
                    2,
                    "1, or 2 for one in each zone; without any the collector's image can't be"
                        + " pulled, for its public registry has no VPC endpoint")
                .orElse(1),
            switches.choices("endpoints", Endpoint.class),
            switches
                .text("s3PrefixList", PREFIX_LIST, "a prefix list's id, such as pl-6da54004")
                .orElse(null),
            JobCapacity.of(switches),
            RoleRules.of(switches),
            switches.flag("keepData"),
            switches
                .text("bucketName", BUCKET_NAME, "an S3 bucket's name, such as acme-listings")
                .orElse(null),
            switches
                .text(
                    "dataKey",
                    KEY,
                    "a KMS key's ARN, such as"
                        + " arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-4e5f-6789-0abc-def012345678")
                .orElse(null),
            Retention.of(switches),
            switches.oneOf("logDays", Logs.RETENTION.keySet()).orElse(30),
            switches.text("alarmEmail", EMAIL, "an e-mail address").orElse(null),
            switches
                .text(
                    "alarmTopic",
                    TOPIC,
                    "an SNS topic's ARN, such as arn:aws:sns:eu-west-1:111122223333:on-call")
                .orElse(null),
            switches.number("rejectedPercent", 1, 100, "1 to 100 percent").orElse(25),
            switches.number("maxUnreadablePercent", 0, 100, "0 to 100 percent").orElse(5),
            switches.flag("failOnUnreadable"),
            switches.flag("withSamples"),
            switches
                .text("sampling", Pattern.compile("always|inherit"), "always or inherit")
                .orElse("always"),
            switches.share("samplingRate").orElse(null),
            switches
                .text("traces", Pattern.compile("segments|otlp"), "segments or otlp")
                .filter("otlp"::equals)
                .isPresent(),
            switches.number("keepPercent", 0, 100, "0 to 100 percent").orElse(100));
    switches.refuseOthers();
    settings.checkTogether();
    return settings;
  }

  /** The stack's name as bucket, log group and service names can bear it. */
  String prefix() {
    return stackName.toLowerCase(Locale.ROOT);
  }

  /** What the cleaning job is given of them, by the names of its arguments. */
  Map<String, String> cleaningArguments() {
    return Map.of(
        "--max_unreadable_percent", String.valueOf(maxUnreadablePercent),
        "--fail_on_unreadable", String.valueOf(failOnUnreadable),
        "--with_samples", String.valueOf(withSamples));
  }

  /** Whether there is one; then, and only then, what is about it may be switched. */
  private static boolean collector(Switches switches) {
    boolean none =
        switches
            .text("collector", Pattern.compile("fargate|none"), "fargate or none")
            .filter("none"::equals)
            .isPresent();
    for (String name : none ? OF_THE_COLLECTOR : List.<String>of()) {
      if (switches.isGiven(name)) {
        throw new IllegalArgumentException(
            "context switches collector=none and %s exclude each other: without a collector there is neither VPC nor endpoint, and jobs send every trace to X-Ray themselves"
                .formatted(name));
      }
    }
    return !none;
  }

  private static String stackName(Switches switches, String environment) {
    String expected = "a letter, then up to 27 letters, digits or hyphens";
    String name = switches.text("stackName", STACK_NAME, expected).orElse("Waybill");
    String whole = environment == null ? name : name + "-" + environment;
    if (!STACK_NAME.matcher(whole).matches()) {
      throw new IllegalArgumentException(
          "context switches stackName and env make the stack's name '%s', expected %s"
              .formatted(whole, expected));
    }
    return whole;
  }

  private void checkTogether() {
    if (vpcId != null && !endpoints.isEmpty()) {
      throw new IllegalArgumentException(
          "context switches vpcId and endpoints exclude each other: the endpoints of "
              + vpcId
              + " are its owner's");
    }
    if (s3PrefixList != null && endpoints.size() < Endpoint.values().length) {
      throw new IllegalArgumentException(
          "context switch s3PrefixList needs endpoints=xray,logs,monitoring,glue in a VPC of the"
              + " stack's own: the jobs reach nothing else then");
    }
    if (alarmTopic != null && alarmEmail != null) {
      throw new IllegalArgumentException(
          "context switches alarmTopic and alarmEmail exclude each other: the subscriptions of "
              + alarmTopic
              + " are its owner's");
    }
    if (bucketName != null && !retention.switches().isEmpty()) {
      throw new IllegalArgumentException(
          "context switches bucketName and %s exclude each other: the lifecycle of %s is its owner's"
              .formatted(retention.switches().get(0), bucketName));
    }
  }
}
