package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.workflow.Prices;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a production account asks for by switches, in a whole stack that cdk-nag has checked. */
class ProductionSwitchesTest {

  @Test
  void anEnvironmentHasAStackOfItsOwnWithSwitchesOfItsOwn() {
    Deployment prod =
        Deployment.of(
            Map.of(
                "env",
                "prod",
                "environments",
                Map.of("prod", Map.of("logDays", 365), "dev", Map.of("logDays", 7))),
            Map.of(),
            Deployment.ARTIFACTS);

    assertThat(prod.one("AWS::Glue::Job", "JobsCleanListings").path("Name").asText())
        .isEqualTo("waybill-prod-clean-listings");
    assertThat(prod.all("AWS::Logs::LogGroup").values())
        .extracting(group -> group.path("RetentionInDays").asInt())
        .containsOnly(365);
    assertThat(prod.one("AWS::StepFunctions::StateMachine", "WorkflowStateMachine").path("Tags"))
        .anyMatch(
            tag ->
                tag.path("Key").asText().equals("environment")
                    && tag.path("Value").asText().equals("prod"));
  }

  @Test
  void s3PrefixListLeavesTheJobsNoOtherWayOut() {
    Deployment limited =
        Deployment.with(
            Map.of("s3PrefixList", "pl-6da54004", "endpoints", "xray,logs,monitoring,glue"));

    assertThat(waysOut(Deployment.standard())).contains("443 to 0.0.0.0/0");
    assertThat(waysOut(limited))
        .containsExactly(
            "0 to <NetworkJobs.GroupId>",
            "4317 to <NetworkCollector.GroupId>",
            "4318 to <NetworkCollector.GroupId>",
            "443 to <NetworkVpcGLUESecurityGroup.GroupId>",
            "443 to <NetworkVpcLOGSSecurityGroup.GroupId>",
            "443 to <NetworkVpcMONITORINGSecurityGroup.GroupId>",
            "443 to <NetworkVpcXRAYSecurityGroup.GroupId>",
            "443 to pl-6da54004");
  }

  @Test
  void s3PrefixListLetsTheVpcReachTheDataAndTheJobsFilesOnly() {
    Deployment limited =
        Deployment.with(
            Map.of("s3PrefixList", "pl-6da54004", "endpoints", "xray,logs,monitoring,glue"));

    assertThat(
            Deployment.standard()
                .one("AWS::EC2::VPCEndpoint", "NetworkVpcS3")
                .has("PolicyDocument"))
        .isFalse();
    assertThat(
            Deployment.statements(
                limited.one("AWS::EC2::VPCEndpoint", "NetworkVpcS3").path("PolicyDocument")))
        .extracting(Deployment::sentence)
        .containsExactly(
            "Allow s3:* on arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}/<hash>.jar,"
                + " arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}/<hash>.scala,"
                + " arn:<AWS::Partition>:s3:::waybill-<AWS::AccountId>-<AWS::Region>,"
                + " arn:<AWS::Partition>:s3:::waybill-<AWS::AccountId>-<AWS::Region>/*"
                + " if {StringEquals: {aws:PrincipalAccount: <AWS::AccountId>}}");
  }

  /** Where the jobs' security group lets them go. */
  private static Set<String> waysOut(Deployment deployment) {
    Set<String> ways = new TreeSet<>();
    deployment
        .one("AWS::EC2::SecurityGroup", "NetworkJobs")
        .path("SecurityGroupEgress")
        .forEach(rule -> ways.add(wayOut(rule)));
    deployment.all("AWS::EC2::SecurityGroupEgress").values().stream()
        .filter(rule -> Deployment.text(rule.path("GroupId")).equals("<NetworkJobs.GroupId>"))
        .forEach(rule -> ways.add(wayOut(rule)));
    return ways;
  }

  private static String wayOut(JsonNode rule) {
    String to =
        Stream.of("CidrIp", "DestinationPrefixListId", "DestinationSecurityGroupId")
            .filter(rule::has)
            .map(each -> Deployment.text(rule.path(each)))
            .findFirst()
            .orElseThrow();
    return rule.path("FromPort").asText() + " to " + to;
  }

  /** With two workers, one of which is the driver, auto scaling has nothing to add. */
  @Test
  void jobsScaleToMoreThanOneExecutor() {
    assertThat(Deployment.standard().all("AWS::Glue::Job").values())
        .hasSize(2)
        .allSatisfy(
            job -> {
              assertThat(job.at("/DefaultArguments/--enable-auto-scaling").asText())
                  .isEqualTo("true");
              assertThat(job.path("WorkerType").asText()).isEqualTo("G.1X");
              assertThat(job.path("NumberOfWorkers").asInt()).isEqualTo(10);
              assertThat(job.path("Timeout").asInt()).isEqualTo(60);
              assertThat(job.at("/ExecutionProperty/MaxConcurrentRuns").asInt()).isEqualTo(10);
              assertThat(job.path("JobRunQueuingEnabled").asBoolean()).isTrue();
              assertThat(job.has("ExecutionClass")).isFalse();
            });
  }

  @Test
  void everyJobHasTheCapacityThatTheSwitchesSay() {
    assertThat(
            Deployment.with(
                    Map.of(
                        "workerType", "R.2X",
                        "workers", "24",
                        "jobTimeout", "240",
                        "jobConcurrency", "3"))
                .all("AWS::Glue::Job")
                .values())
        .hasSize(2)
        .allSatisfy(
            job -> {
              assertThat(job.path("WorkerType").asText()).isEqualTo("R.2X");
              assertThat(job.path("NumberOfWorkers").asInt()).isEqualTo(24);
              assertThat(job.path("Timeout").asInt()).isEqualTo(240);
              assertThat(job.at("/ExecutionProperty/MaxConcurrentRuns").asInt()).isEqualTo(3);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "G.1X, false, 1, glue_dpu_hour",
    "G.2X, true, 2, glue_flex_dpu_hour",
    "R.4X, false, 4, glue_memory_optimized_dpu_hour"
  })
  void everyJobKnowsWhatItsWorkersCost(String type, String flex, String dpus, String price) {
    Prices prices = Prices.load();

    assertThat(
            Deployment.with(Map.of("workerType", type, "flex", flex))
                .all("AWS::Glue::Job")
                .values())
        .isNotEmpty()
        .allSatisfy(
            job -> {
              JsonNode arguments = job.path("DefaultArguments");
              assertThat(arguments.path("--worker_dpus").asText()).isEqualTo(dpus);
              assertThat(arguments.path("--dpu_hour_price").asText())
                  .isEqualTo(prices.prices().get(price).usd().toPlainString());
            });
  }

  /** The workflow tries again where Glue would have queued: flex has no queue of runs. */
  @Test
  void flexRunsEveryJobOnSpareCapacityWithoutGluesQueue() {
    Deployment flex = Deployment.with(Map.of("flex", "true"));

    assertThat(flex.all("AWS::Glue::Job").values())
        .hasSize(2)
        .allSatisfy(
            job -> {
              assertThat(job.path("ExecutionClass").asText()).isEqualTo("FLEX");
              assertThat(job.path("JobRunQueuingEnabled").asBoolean()).isFalse();
              assertThat(job.path("GlueVersion").asText()).isEqualTo("6.0");
              assertThat(job.at("/Command/Name").asText()).isEqualTo("glueetl");
            });
    assertThat(
            flex.one("AWS::StepFunctions::StateMachine", "WorkflowStateMachine")
                .path("DefinitionString")
                .toString())
        .contains("Glue.ConcurrentRunsExceededException");
  }

  /** The CDK's own functions, which empty a bucket or set its notification, have roles too. */
  @ParameterizedTest
  @ValueSource(strings = {"false", "true"})
  void everyRoleHasTheBoundaryAndThePathThatTheAccountAsksFor(String keepData) {
    String boundary = "arn:aws:iam::111122223333:policy/team/boundary";
    Map<String, JsonNode> roles =
        Deployment.with(
                Map.of(
                    "permissionsBoundary", boundary,
                    "rolePath", "/team/data/",
                    "keepData", keepData))
            .all("AWS::IAM::Role");

    assertThat(roles)
        .containsKey(
            keepData.equals("true")
                ? "DataBucketNotificationRole"
                : "CustomS3AutoDeleteObjectsCustomResourceProviderRole")
        .hasSize(8)
        .allSatisfy(
            (id, role) -> {
              assertThat(role.path("PermissionsBoundary").asText()).isEqualTo(boundary);
              assertThat(role.path("Path").asText()).isEqualTo("/team/data/");
            });
    assertThat(Deployment.standard().all("AWS::IAM::Role").values())
        .noneMatch(role -> role.has("PermissionsBoundary") || role.has("Path"));
  }

  @Test
  void quarantineAndRunsExpireWhenTold() {
    assertThat(rules(Deployment.standard())).containsExactly("abandoned-uploads-and-old-versions");
    assertThat(rules(Deployment.with(Map.of("quarantineDays", "90", "runsDays", "400"))))
        .containsExactly(
            "abandoned-uploads-and-old-versions",
            "expire-quarantine quarantine/ 90",
            "expire-runs runs/ 400");
  }

  @Test
  void inputAndEveryFolderThatAJobWritesExpireWhenTold() {
    assertThat(
            rules(
                Deployment.with(
                    Map.of("inputDays", "30", "outputDays", "365", "quarantineDays", "90"))))
        .containsExactly(
            "abandoned-uploads-and-old-versions",
            "expire-input input/ 30",
            "expire-cleaned cleaned/ 365",
            "expire-quarantine quarantine/ 90",
            "expire-processed processed/ 365",
            "expire-neighbourhood_summary neighbourhood_summary/ 365");
    assertThat(rules(Deployment.with(Map.of("outputDays", "cleaned:7, processed:90"))))
        .containsExactly(
            "abandoned-uploads-and-old-versions",
            "expire-cleaned cleaned/ 7",
            "expire-processed processed/ 90");
  }

  @Test
  void aFolderThatNoJobWritesCannotExpire() {
    assertThatThrownBy(() -> Deployment.with(Map.of("outputDays", "cleand:7")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "context switch outputDays names the folder cleand, which no job of workflow/jobs.json"
                + " writes; there are cleaned, quarantine, processed, neighbourhood_summary");
  }

  /** S3 does not deliver access logs to a bucket whose default is a key of KMS. */
  @Test
  void dataKeyEncryptsTheDataAndWhatTheJobsWrite() {
    String key = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-4e5f-6789-0abc-def012345678";
    Deployment encrypted = Deployment.with(Map.of("dataKey", key));
    String rule = "/BucketEncryption/ServerSideEncryptionConfiguration/0";
    String byDefault = rule + "/ServerSideEncryptionByDefault";

    JsonNode bucket = encrypted.one("AWS::S3::Bucket", "DataBucket");
    assertThat(bucket.at(byDefault + "/SSEAlgorithm").asText()).isEqualTo("aws:kms");
    assertThat(bucket.at(byDefault + "/KMSMasterKeyID").asText()).isEqualTo(key);
    assertThat(bucket.at(rule + "/BucketKeyEnabled").asBoolean()).isTrue();
    assertThat(
            encrypted
                .one("AWS::S3::Bucket", "DataBucketAccessLogs")
                .at(byDefault + "/SSEAlgorithm")
                .asText())
        .isEqualTo("AES256");
    JsonNode written =
        encrypted
            .one("AWS::Glue::SecurityConfiguration", "JobsSecurity")
            .at("/EncryptionConfiguration/S3Encryptions/0");
    assertThat(written.path("S3EncryptionMode").asText()).isEqualTo("SSE-KMS");
    assertThat(written.path("KmsKeyArn").asText()).isEqualTo(key);
  }

  @Test
  void alarmTopicHearsOfAlarmsInPlaceOfTheStacks() {
    String topic = "arn:aws:sns:eu-west-1:111122223333:on-call";
    Deployment existing = Deployment.with(Map.of("alarmTopic", topic));

    assertThat(existing.all("AWS::SNS::Topic")).isEmpty();
    assertThat(existing.all("AWS::SNS::TopicPolicy")).isEmpty();
    assertThat(existing.all("AWS::CloudWatch::Alarm").values())
        .hasSizeGreaterThan(5)
        .extracting(alarm -> alarm.path("AlarmActions").toString())
        .containsOnly("[\"" + topic + "\"]");
    assertThat(existing.json().at("/Outputs/AlarmTopic/Value").asText()).isEqualTo(topic);
  }

  private static List<String> rules(Deployment deployment) {
    List<String> rules = new ArrayList<>();
    deployment
        .one("AWS::S3::Bucket", "DataBucket")
        .at("/LifecycleConfiguration/Rules")
        .forEach(
            rule ->
                rules.add(
                    rule.path("Prefix").isMissingNode()
                        ? rule.path("Id").asText()
                        : "%s %s %s"
                            .formatted(
                                rule.path("Id").asText(),
                                rule.path("Prefix").asText(),
                                rule.path("ExpirationInDays").asText())));
    return rules;
  }
}
