package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Validations;
import software.amazon.awscdk.assertions.Match;
import software.constructs.IConstruct;
import software.constructs.MetadataEntry;

/** What a reviewer would ask of the stack as a whole. */
class StackTest {

  private final Deployment stack = Deployment.standard();

  @Test
  void everythingThatStoresIsEncrypted() {
    assertThat(stack.all("AWS::S3::Bucket").values())
        .hasSize(2)
        .allMatch(
            bucket ->
                bucket
                    .at(
                        "/BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault/SSEAlgorithm")
                    .asText()
                    .equals("AES256"));
    assertThat(stack.all("AWS::Logs::LogGroup").values())
        .hasSizeGreaterThan(10)
        .allMatch(group -> Deployment.text(group.path("KmsKeyId")).equals("<Key.Arn>"));
    assertThat(
            stack
                .one("AWS::SQS::Queue", "TriggerDeadLetters")
                .path("SqsManagedSseEnabled")
                .asBoolean())
        .isTrue();
    assertThat(Deployment.text(stack.one("AWS::SNS::Topic", "AlarmsTopic").path("KmsMasterKeyId")))
        .isEqualTo("<Key.Arn>");
    JsonNode glue =
        stack
            .one("AWS::Glue::SecurityConfiguration", "JobsSecurity")
            .path("EncryptionConfiguration");
    assertThat(glue.at("/CloudWatchEncryption/CloudWatchEncryptionMode").asText())
        .isEqualTo("SSE-KMS");
    assertThat(glue.at("/JobBookmarksEncryption/JobBookmarksEncryptionMode").asText())
        .isEqualTo("CSE-KMS");
    assertThat(glue.at("/S3Encryptions/0/S3EncryptionMode").asText()).isEqualTo("SSE-S3");
    assertThat(stack.one("AWS::KMS::Key", "Key").path("EnableKeyRotation").asBoolean()).isTrue();
  }

  /** {@code .ci/run} has checkov read the template: what it finds is mended, or answered here. */
  @Test
  void whatCheckovFindsIsAnsweredOnItsResourceWithAReason() {
    Set<String> answered = new TreeSet<>();
    stack
        .resources()
        .forEach(
            (id, resource) ->
                resource
                    .at("/Metadata/checkov/skip")
                    .forEach(
                        answer -> {
                          assertThat(answer.path("comment").asText()).as(id).contains(" ");
                          answered.add(id + " " + answer.path("id").asText());
                        }));

    assertThat(answered)
        .containsExactly(
            "CollectorCluster CKV_AWS_65",
            "CustomS3AutoDeleteObjectsCustomResourceProviderHandler CKV_AWS_115",
            "CustomS3AutoDeleteObjectsCustomResourceProviderHandler CKV_AWS_116",
            "CustomS3AutoDeleteObjectsCustomResourceProviderHandler CKV_AWS_117",
            "DataBucketAccessLogs CKV_AWS_18",
            "DataBucketAccessLogs CKV_AWS_21",
            "TriggerDeadLetters CKV_AWS_27",
            "TriggerFunction CKV_AWS_115",
            "TriggerFunction CKV_AWS_117",
            "TriggerFunction CKV_AWS_173");
  }

  @Test
  void nothingIsPublic() {
    assertThat(stack.all("AWS::S3::Bucket").values())
        .extracting(bucket -> bucket.path("PublicAccessBlockConfiguration").toString())
        .containsOnly(
            "{\"BlockPublicAcls\":true,\"BlockPublicPolicy\":true,\"IgnorePublicAcls\":true,\"RestrictPublicBuckets\":true}");
    assertThat(
            stack
                .one("AWS::ECS::Service", "CollectorService")
                .at("/NetworkConfiguration/AwsvpcConfiguration/AssignPublicIp")
                .asText())
        .isEqualTo("DISABLED");
    List<String> open = new ArrayList<>();
    for (String type : List.of("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress")) {
      stack
          .all(type)
          .forEach(
              (id, properties) -> {
                if (properties.toString().contains("SecurityGroupIngress\":")
                    || properties.has("CidrIp")
                    || properties.has("CidrIpv6")) {
                  open.add(id);
                }
              });
    }
    assertThat(open).isEmpty();
    assertThat(stack.all("AWS::EC2::Subnet").values())
        .allMatch(subnet -> !subnet.path("MapPublicIpOnLaunch").asBoolean());
    assertThat(stack.resources().values())
        .noneMatch(resource -> resource.path("Type").asText().contains("FunctionUrl"));
  }

  @Test
  void onlyJobsReachTheCollectorAndOnlyByOtlp() {
    Set<String> rules = new TreeSet<>();
    stack
        .all("AWS::EC2::SecurityGroupIngress")
        .values()
        .forEach(
            rule ->
                rules.add(
                    "%s to %s on %s-%s"
                        .formatted(
                            Deployment.text(rule.path("SourceSecurityGroupId")),
                            Deployment.text(rule.path("GroupId")),
                            rule.path("FromPort").asText(),
                            rule.path("ToPort").asText())));
    assertThat(rules)
        .containsExactly(
            "<NetworkJobs.GroupId> to <NetworkCollector.GroupId> on 4317-4317",
            "<NetworkJobs.GroupId> to <NetworkCollector.GroupId> on 4318-4318",
            "<NetworkJobs.GroupId> to <NetworkJobs.GroupId> on 0-65535");
  }

  @Test
  void everyHopIsTraced() {
    stack
        .template()
        .hasResourceProperties(
            "AWS::Lambda::Function",
            Map.of(
                "Handler",
                "dev.waybill.lambdatrigger.StartPipeline::handleRequest",
                "TracingConfig",
                Map.of("Mode", "Active")));
    stack
        .template()
        .hasResourceProperties(
            "AWS::StepFunctions::StateMachine",
            Map.of("TracingConfiguration", Map.of("Enabled", true)));
    stack
        .template()
        .allResourcesProperties(
            "AWS::Glue::Job",
            Map.of(
                "DefaultArguments",
                Match.objectLike(
                    Map.of(
                        "--otlp_endpoint",
                        "http://collector.waybill.internal:4318",
                        "--log_group_names",
                        "/waybill/job-logs"))));
    assertThat(stack.one("AWS::XRay::Group", "XrayGroup").path("FilterExpression").asText())
        .isEqualTo(
            "service(\"%s\")"
                .formatted(
                    stack
                        .one("AWS::StepFunctions::StateMachine", "WorkflowStateMachine")
                        .path("StateMachineName")
                        .asText()));
  }

  @Test
  void destroyLeavesNothing() {
    stack
        .resources()
        .forEach(
            (id, resource) -> {
              assertThat(resource.path("DeletionPolicy").asText("Delete"))
                  .as(id)
                  .isEqualTo("Delete");
              assertThat(resource.path("UpdateReplacePolicy").asText("Delete"))
                  .as(id)
                  .isEqualTo("Delete");
            });
    assertThat(stack.all("Custom::S3AutoDeleteObjects").values())
        .extracting(emptied -> Deployment.text(emptied.path("BucketName")))
        .containsExactlyInAnyOrder("<DataBucket>", "<DataBucketAccessLogs>");
  }

  /** A service that is told of no group makes one, which outlives the stack. */
  @Test
  void everyLogGoesToAGroupOfTheStack() {
    Set<String> groups = new TreeSet<>();
    stack
        .all("AWS::Logs::LogGroup")
        .values()
        .forEach(group -> groups.add(Deployment.text(group.path("LogGroupName"))));
    assertThat(groups)
        .containsExactlyInAnyOrder(
            "/aws-glue/waybill/<JobsSecurity>-role/<JobsCleanListingsRole>/error",
            "/aws-glue/waybill/<JobsSecurity>-role/<JobsCleanListingsRole>/output",
            "/aws-glue/waybill/<JobsSecurity>-role/<JobsProcessListingsRole>/error",
            "/aws-glue/waybill/<JobsSecurity>-role/<JobsProcessListingsRole>/output",
            "/aws-glue/waybill/error",
            "/aws-glue/waybill/output",
            "/aws/events/waybill-failed-job-runs",
            "/aws/lambda/waybill-empty-buckets",
            "/aws/lambda/waybill-start-pipeline",
            "/aws/vendedlogs/states/waybill-pipeline",
            "/waybill/collector",
            "/waybill/flow-logs",
            "/waybill/job-logs",
            "/waybill/metrics");
    assertThat(stack.all("AWS::Lambda::Function").values())
        .hasSize(2)
        .allMatch(
            function -> Deployment.text(function.at("/LoggingConfig/LogGroup")).endsWith("Log>"));
    // Container Insights would make a group of its own, and again after the stack deleted it.
    assertThat(
            stack.one("AWS::ECS::Cluster", "CollectorCluster").path("ClusterSettings").toString())
        .isEqualTo("[{\"Name\":\"containerInsights\",\"Value\":\"disabled\"}]");
  }

  @Test
  void oneVersionOfTheFunctionIsCalledAndItsFailuresAreKept() {
    stack
        .template()
        .hasResourceProperties(
            "AWS::Lambda::Function",
            Map.of(
                "Runtime", "java25",
                "Architectures", List.of("arm64"),
                "SnapStart", Map.of("ApplyOn", "PublishedVersions"),
                "DeadLetterConfig", Match.anyValue()));
    stack
        .template()
        .hasResourceProperties(
            "AWS::Lambda::EventInvokeConfig",
            Map.of("Qualifier", Match.anyValue(), "MaximumRetryAttempts", 2));
  }

  @Test
  void theBucketIsVersionedLoggedAndTidied() {
    JsonNode bucket = stack.one("AWS::S3::Bucket", "DataBucket");
    assertThat(bucket.at("/VersioningConfiguration/Status").asText()).isEqualTo("Enabled");
    assertThat(Deployment.text(bucket.at("/LoggingConfiguration/DestinationBucketName")))
        .isEqualTo("<DataBucketAccessLogs>");
    assertThat(
            bucket
                .at(
                    "/LifecycleConfiguration/Rules/0/AbortIncompleteMultipartUpload/DaysAfterInitiation")
                .asInt())
        .isEqualTo(7);
  }

  /** {@code ./waybill upload} finds a deployed pipeline by it. */
  @Test
  void theStateMachineNamesTheBucket() {
    assertThat(stack.one("AWS::StepFunctions::StateMachine", "WorkflowStateMachine").path("Tags"))
        .anyMatch(
            tag ->
                tag.path("Key").asText().equals("waybill:bucket")
                    && Deployment.text(tag.path("Value"))
                        .equals("waybill-<AWS::AccountId>-<AWS::Region>"));
  }

  /** Any other finding of cdk-nag fails the synthesis, in every test of this module. */
  @Test
  void everyFindingIsAnsweredOnOneResource() {
    App app = new App();
    WaybillStack made = WaybillApp.stack(app, Map.of(), Deployment.ARTIFACTS);

    List<String> answered = new ArrayList<>();
    for (IConstruct construct : made.getNode().findAll()) {
      for (MetadataEntry entry : construct.getNode().getMetadata()) {
        if (entry.getType().equals(Validations.ACKNOWLEDGED_RULES_METADATA_KEY)) {
          ((Map<?, ?>) entry.getData())
              .forEach(
                  (finding, reason) ->
                      answered.add(construct.getNode().getPath() + " " + finding + ": " + reason));
        }
      }
    }
    assertThat(answered)
        .filteredOn(each -> each.contains("AwsSolutions"))
        .hasSize(12)
        .allMatch(
            each ->
                each.matches(
                    "Waybill/\\w+/(\\w*Role|Task/TaskRole) .*AwsSolutions-IAM5\\[Resource::.*\\]: .{40,}"
                        + "|Waybill/Collector/Cluster .*AwsSolutions-ECS4: .{40,}"));
  }
}
