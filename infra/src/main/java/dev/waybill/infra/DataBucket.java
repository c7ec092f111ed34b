package dev.waybill.infra;

import dev.waybill.workflow.Job;
import dev.waybill.workflow.Jobs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.glue.S3Encryption;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.kms.IKey;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.lambda.CfnPermission;
import software.amazon.awscdk.services.lambda.IFunction;
import software.amazon.awscdk.services.s3.BlockPublicAccess;
import software.amazon.awscdk.services.s3.Bucket;
import software.amazon.awscdk.services.s3.BucketEncryption;
import software.amazon.awscdk.services.s3.CfnBucket;
import software.amazon.awscdk.services.s3.LifecycleRule;
import software.constructs.Construct;

/**
 * The bucket: {@code input/}, where files are dropped, and the folders that the jobs write. Who may
 * do what in it stands in its own policy, on one page. Of an existing bucket the stack changes
 * neither policy nor settings: there the jobs' permissions stand in their role's policy.
 */
final class DataBucket extends Construct {

  static final String INPUT = Jobs.INPUT;

  private static final int ACCESS_LOG_DAYS = 90;

  private final Settings settings;
  private final Logs logs;
  private final String name;

  /** Folders that the jobs write, each below {@code <folder>/run=<run id>/}. */
  private final List<String> written;

  /** Null where S3's own keys encrypt the data. */
  private final IKey key;

  /** Null where the bucket is an existing one. */
  private final Bucket own;

  DataBucket(Construct scope, Settings settings, Logs logs, List<String> written) {
    super(scope, "DataBucket");
    this.settings = settings;
    this.logs = logs;
    this.written = written;
    Stack stack = Stack.of(this);
    // A name that is known beforehand lets bucket, permission and function be made without a
    // circle.
    this.name =
        settings.bucketName() != null
            ? settings.bucketName()
            : "%s-%s-%s".formatted(settings.prefix(), stack.getAccount(), stack.getRegion());
    this.key =
        settings.dataKey() == null ? null : Key.fromKeyArn(this, "DataKey", settings.dataKey());
    this.own = settings.bucketName() == null ? make() : null;
  }

  /** Its name, without making what uses it depend on it. */
  String name() {
    return name;
  }

  /** The bucket and all of its objects. */
  List<String> arns() {
    return List.of(arn(), arn() + "/*");
  }

  /** What Glue encrypts what it writes with. */
  S3Encryption encryption() {
    return key == null ? S3Encryption.s3Managed() : S3Encryption.kms(key);
  }

  /**
   * Has a function called for every object that comes to {@code input/}. Which of them it processes
   * is the function's own rule: S3's filters compare case, and {@code .Csv} would need a third.
   */
  void notifies(IFunction function) {
    if (own == null || settings.keepData()) {
      LastingBucketNotification notification =
          new LastingBucketNotification(this, settings, logs, name, INPUT + "/", function);
      if (own != null) {
        notification.getNode().addDependency(own);
      }
      return;
    }
    CfnPermission permission =
        CfnPermission.Builder.create(this, "MayInvoke")
            .action("lambda:InvokeFunction")
            .functionName(function.getFunctionArn())
            .principal("s3.amazonaws.com")
            .sourceAccount(Stack.of(this).getAccount())
            .sourceArn(arn())
            .build();
    CfnBucket resource = (CfnBucket) own.getNode().getDefaultChild();
    resource.setNotificationConfiguration(
        CfnBucket.NotificationConfigurationProperty.builder()
            .lambdaConfigurations(List.of(onCreated(function)))
            .build());
    resource.addResourceDependency(permission);
  }

  /**
   * Lets each job's role read the input and what other jobs left, and write the job's own outputs
   * and the runs' records. S3A also asks for the folders themselves, which are no objects, and
   * lists them.
   */
  void grantJobs(Map<Job, Role> jobs) {
    List<String> listed = new ArrayList<>(List.of(INPUT, INPUT + "/*"));
    written.forEach(folder -> listed.addAll(List.of(folder, folder + "/*")));
    allow(
        "JobsReadInput",
        jobs.values(),
        List.of("s3:GetObject", "s3:GetObjectVersion"),
        List.of(objects(INPUT + "/*")),
        Map.of());
    allow("JobsRead", jobs.values(), List.of("s3:GetObject"), folders(written), Map.of());
    jobs.forEach(
        (job, role) -> {
          List<String> outputs = new ArrayList<>(job.outputs());
          outputs.add(Jobs.RUNS);
          allow(
              job.state().replace("_", "") + "Writes",
              List.of(role),
              List.of("s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"),
              folders(outputs),
              Map.of());
        });
    allow(
        "JobsList",
        jobs.values(),
        List.of("s3:ListBucket"),
        List.of(own == null ? arn() : own.getBucketArn()),
        Map.of("StringLike", Map.of("s3:prefix", listed)));
    if (key != null) {
      jobs.values()
          .forEach(
              role -> grantKey(role, List.of("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")));
    }
  }

  /** Lets the workflow leave a record of a run that failed. */
  void grantRecords(Role workflow) {
    allow(
        "WorkflowRecords",
        List.of(workflow),
        List.of("s3:PutObject"),
        List.of(objects(Jobs.RUNS + "/run=*/manifest.json"), objects(Jobs.RUNS + "/index/*.json")),
        Map.of(),
        "the workflow records runs, whose ids are not known before");
    if (key != null) {
      grantKey(workflow, List.of("kms:GenerateDataKey"));
    }
  }

  private List<String> folders(List<String> names) {
    return names.stream()
        .distinct()
        .flatMap(folder -> Stream.of(objects(folder), objects(folder + "/*")))
        .toList();
  }

  /**
   * In the role's policy, because the key's own is its owner's, and only by way of S3.
   *
   * @see <a href="https://docs.aws.amazon.com/glue/latest/dg/set-up-encryption.html">Encryption in
   *     Glue</a>
   */
  private void grantKey(Role role, List<String> actions) {
    role.addToPolicy(
        PolicyStatement.Builder.create()
            .actions(actions)
            .resources(List.of(key.getKeyArn()))
            .conditions(
                Map.of(
                    "StringEquals",
                    Map.of("kms:ViaService", "s3.%s.%s".formatted(Aws.REGION, Aws.URL_SUFFIX))))
            .build());
  }

  private void allow(
      String id,
      Collection<Role> jobs,
      List<String> actions,
      List<String> resources,
      Map<String, ?> conditions) {
    allow(
        id,
        jobs,
        actions,
        resources,
        conditions,
        "the jobs read and write whole folders of the existing bucket");
  }

  private void allow(
      String id,
      Collection<Role> roles,
      List<String> actions,
      List<String> resources,
      Map<String, ?> conditions,
      String whyWildcards) {
    if (own != null) {
      own.addToResourcePolicy(
          statement(id, actions, resources, conditions).principals(List.copyOf(roles)).build());
      return;
    }
    for (Role role : roles) {
      role.addToPolicy(statement(id, actions, resources, conditions).build());
      resources.stream()
          .filter(resource -> resource.contains("*"))
          .forEach(resource -> Findings.acknowledgeWildcard(role, resource, whyWildcards));
    }
  }

  private static PolicyStatement.Builder statement(
      String id, List<String> actions, List<String> resources, Map<String, ?> conditions) {
    return PolicyStatement.Builder.create()
        .sid(id)
        .actions(actions)
        .resources(resources)
        .conditions(conditions);
  }

  private String objects(String pattern) {
    return own == null ? arn() + "/" + pattern : own.arnForObjects(pattern);
  }

  private Bucket make() {
    Bucket accessLogs =
        secured("AccessLogs")
            .lifecycleRules(
                List.of(LifecycleRule.builder().expiration(Duration.days(ACCESS_LOG_DAYS)).build()))
            .build();
    Findings.answerCheckov(
        accessLogs,
        Map.of(
            "CKV_AWS_18",
            "it holds the access logs; logs of its own would be written to it without end",
            "CKV_AWS_21",
            "S3 writes each log once under a name of its own, and nobody overwrites it"));
    Bucket.Builder data = secured("Bucket");
    if (key != null) {
      data.encryption(BucketEncryption.KMS).encryptionKey(key).bucketKeyEnabled(true);
    }
    Bucket made =
        data.bucketName(name)
            .versioned(true)
            .serverAccessLogsBucket(accessLogs)
            .serverAccessLogsPrefix("data/")
            .lifecycleRules(DataLifecycle.rules(settings, written))
            .build();
    if (!settings.keepData()) {
      EmptiedOnDestroy.secure(this, settings, logs);
    }
    return made;
  }

  private Bucket.Builder secured(String id) {
    return Bucket.Builder.create(this, id)
        .blockPublicAccess(BlockPublicAccess.BLOCK_ALL)
        .enforceSsl(true)
        .minimumTlsVersion(1.2)
        .encryption(BucketEncryption.S3_MANAGED)
        // Kept data stays; the empty bucket of a failed create does not, or the next would meet it.
        .removalPolicy(
            settings.keepData() ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY)
        .autoDeleteObjects(!settings.keepData());
  }

  private static CfnBucket.LambdaConfigurationProperty onCreated(IFunction function) {
    return CfnBucket.LambdaConfigurationProperty.builder()
        .event("s3:ObjectCreated:*")
        .function(function.getFunctionArn())
        .filter(
            CfnBucket.NotificationFilterProperty.builder()
                .s3Key(
                    CfnBucket.S3KeyFilterProperty.builder()
                        .rules(
                            List.of(
                                CfnBucket.FilterRuleProperty.builder()
                                    .name("prefix")
                                    .value(INPUT + "/")
                                    .build()))
                        .build())
                .build())
        .build();
  }

  private String arn() {
    return "arn:%s:s3:::%s".formatted(Stack.of(this).getPartition(), name);
  }
}
