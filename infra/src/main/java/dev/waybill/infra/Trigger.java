package dev.waybill.infra;

import dev.waybill.workflow.Project;
import java.util.Map;
import software.amazon.awscdk.Annotations;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.lambda.Alias;
import software.amazon.awscdk.services.lambda.Architecture;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.lambda.Runtime;
import software.amazon.awscdk.services.lambda.SnapStartConf;
import software.amazon.awscdk.services.lambda.Tracing;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.sqs.Queue;
import software.amazon.awscdk.services.sqs.QueueEncryption;
import software.constructs.Construct;

/**
 * The function that starts an execution for every file. S3 calls a published version, restored from
 * its snapshot; an event that fails three times waits in a queue for a person.
 */
final class Trigger extends Construct {

  private static final String HANDLER = "dev.waybill.lambdatrigger.StartPipeline::handleRequest";
  private static final String ALIAS = "live";

  /**
   * Memory buys CPU. The function needs 154 MB, and its first call after a restore 0.15
   * CPU-seconds: 0.26 s with the 0.58 CPUs of this size, twice that with half, for the same price.
   *
   * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html">Lambda
   *     memory</a>
   */
  private static final int MEMORY_MEBIBYTES = Project.FUNCTION_MEBIBYTES;

  private static final int RETRIES = 2;
  private static final int DEAD_LETTER_DAYS = 14;

  private final Queue deadLetters;
  private final Alias alias;

  Trigger(Construct scope, Settings settings, Logs logs, Artifacts artifacts, Workflow workflow) {
    super(scope, "Trigger");
    String name = settings.names().function();
    LogGroup log = logs.group(this, "Log", settings.names().functionLog());
    this.deadLetters =
        Queue.Builder.create(this, "DeadLetters")
            .encryption(QueueEncryption.SQS_MANAGED)
            .enforceSsl(true)
            .retentionPeriod(Duration.days(DEAD_LETTER_DAYS))
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
    Role role =
        Role.Builder.create(this, "Role")
            .assumedBy(new ServicePrincipal("lambda.amazonaws.com"))
            .build();
    log.grantWrite(role);
    workflow.grantStart(role);
    Function function =
        Function.Builder.create(this, "Function")
            .functionName(name)
            .description("Starts the workflow for every CSV file that comes to input/")
            .runtime(Runtime.JAVA_25)
            .architecture(Architecture.ARM_64)
            .code(Code.fromAsset(artifacts.lambdaJar().toString()))
            .handler(HANDLER)
            .memorySize(MEMORY_MEBIBYTES)
            .timeout(Duration.minutes(1))
            .environment(
                Map.of("STATE_MACHINE_ARN", workflow.arn(), "SAMPLING", settings.sampling()))
            .role(role)
            .logGroup(log)
            .tracing(Tracing.ACTIVE)
            .snapStart(SnapStartConf.ON_PUBLISHED_VERSIONS)
            .deadLetterQueue(deadLetters)
            .build();
    this.alias =
        Alias.Builder.create(this, "Alias")
            .aliasName(ALIAS)
            .version(function.getCurrentVersion())
            .retryAttempts(RETRIES)
            .build();
    Annotations.of(function)
        .acknowledgeWarning(
            "@aws-cdk/aws-lambda:snapStartRequirePublish", "S3 calls a published version");
    Findings.answerCheckov(
        deadLetters,
        Map.of("CKV_AWS_27", "SQS encrypts it with a key of its own; events hold keys, not data"));
    Findings.answerCheckov(
        function,
        Map.of(
            "CKV_AWS_115",
            "reserving would take concurrency from the account's other functions, and throttle a"
                + " burst of uploads; Step Functions' own rate bounds it",
            "CKV_AWS_117",
            "it calls Step Functions and X-Ray only, and reads no data",
            "CKV_AWS_173",
            "Lambda encrypts them with a key of its own; they hold an ARN and a setting, no secret"));
    Findings.acknowledge(
        role,
        "AwsSolutions-IAM5[Resource::*]",
        "xray:PutTraceSegments and xray:PutTelemetryRecords know no resources");
  }

  /** What S3 calls. */
  Alias alias() {
    return alias;
  }

  Queue deadLetters() {
    return deadLetters;
  }
}
