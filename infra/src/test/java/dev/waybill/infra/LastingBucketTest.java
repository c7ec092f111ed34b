package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A bucket that outlives the stack: kept by {@code keepData}, or given by {@code bucketName}. */
class LastingBucketTest {

  private final Deployment kept = Deployment.with(Map.of("keepData", "true"));
  private final Deployment given = Deployment.with(Map.of("bucketName", "acme-listings"));

  /** An empty bucket of a create that failed would stop the next create: "already exists". */
  @Test
  void keptBucketsStayExceptWhereTheirCreateFailed() {
    Set<String> staying = new TreeSet<>();
    kept.resources()
        .forEach(
            (id, resource) -> {
              if (resource.path("UpdateReplacePolicy").asText().equals("Retain")) {
                staying.add(id + " " + resource.path("DeletionPolicy").asText());
              }
            });

    assertThat(staying)
        .containsExactly(
            "DataBucket RetainExceptOnCreate", "DataBucketAccessLogs RetainExceptOnCreate");
    assertThat(kept.all("Custom::S3AutoDeleteObjects")).isEmpty();
  }

  /** As a property of the bucket it would stay, and the next stack's would overlap with it. */
  @Test
  void theNotificationOfAKeptBucketGoesWithTheStack() {
    assertThat(kept.one("AWS::S3::Bucket", "DataBucket").has("NotificationConfiguration"))
        .isFalse();
    assertThat(kept.resources().get("DataBucketNotificationBucketNotifications").path("DependsOn"))
        .extracting(id -> Deployment.shortId(id.asText()))
        .contains("DataBucket", "DataBucketNotificationRoleDefaultPolicy");
    assertNotified(kept, "waybill-<AWS::AccountId>-<AWS::Region>");
  }

  @Test
  void aGivenBucketIsNotifiedAboutAndNothingElseOfItIsSet() {
    assertThat(given.all("AWS::S3::Bucket")).isEmpty();
    assertThat(given.all("AWS::S3::BucketPolicy")).isEmpty();
    assertThat(given.all("Custom::S3AutoDeleteObjects")).isEmpty();
    assertNotified(given, "acme-listings");
    assertThat(given.one("AWS::StepFunctions::StateMachine", "WorkflowStateMachine").path("Tags"))
        .as("by which ./waybill upload finds it")
        .anyMatch(tag -> tag.path("Value").asText().equals("acme-listings"));
    assertThat(given.json().at("/Outputs/Bucket/Value").asText()).isEqualTo("acme-listings");
  }

  /** A bucket has one policy, and CloudFormation refuses to make a second. */
  @Test
  void inAGivenBucketTheJobsMayDoWhatTheyMayInOneOfTheStacks() {
    for (String role : List.of("JobsCleanListingsRole", "JobsProcessListingsRole")) {
      Set<String> inOwn =
          Deployment.statements(
                  Deployment.standard()
                      .one("AWS::S3::BucketPolicy", "DataBucketPolicy")
                      .path("PolicyDocument"))
              .filter(
                  each ->
                      Deployment.texts(each.at("/Principal/AWS"))
                          .contains("<%s.Arn>".formatted(role)))
              .map(Deployment::sentence)
              .collect(Collectors.toSet());
      Set<String> inGiven =
          Deployment.statements(
                  given.one("AWS::IAM::Policy", role + "DefaultPolicy").path("PolicyDocument"))
              .map(Deployment::sentence)
              .filter(sentence -> sentence.contains("acme-listings"))
              .map(
                  sentence ->
                      sentence.replace(
                          "arn:<AWS::Partition>:s3:::acme-listings", "<DataBucket.Arn>"))
              .collect(Collectors.toSet());

      assertThat(inOwn).hasSize(4);
      assertThat(inGiven).isEqualTo(inOwn);
    }
  }

  /** As the CDK makes it, Lambda makes its log group, which outlives the stack. */
  @Test
  void whatSetsTheNotificationHasARoleAndALogGroupOfTheStack() {
    for (Deployment each : List.of(kept, given)) {
      JsonNode function =
          each.all("AWS::Lambda::Function").entrySet().stream()
              .filter(entry -> entry.getKey().startsWith("BucketNotificationsHandler"))
              .findFirst()
              .orElseThrow()
              .getValue();
      assertThat(Deployment.text(function.at("/LoggingConfig/LogGroup")))
          .isEqualTo("<DataBucketNotificationLog>");
      assertThat(Deployment.text(function.path("Role")))
          .isEqualTo("<DataBucketNotificationRole.Arn>");
      assertThat(each.all("AWS::IAM::Role").values())
          .allMatch(role -> role.path("ManagedPolicyArns").isMissingNode());
    }
  }

  private static void assertNotified(Deployment deployment, String bucket) {
    JsonNode notified =
        deployment.one(
            "Custom::S3BucketNotifications", "DataBucketNotificationBucketNotifications");
    JsonNode functions = notified.at("/NotificationConfiguration/LambdaFunctionConfigurations");

    assertThat(Deployment.text(notified.path("BucketName"))).isEqualTo(bucket);
    assertThat(notified.path("Managed").asText())
        .as("or other notifications of the bucket would be replaced")
        .isEqualTo("false");
    assertThat(functions).hasSize(1);
    assertThat(Deployment.texts(functions.at("/0/Events"))).containsExactly("s3:ObjectCreated:*");
    assertThat(functions.at("/0/Filter/Key/FilterRules").toString())
        .isEqualTo("[{\"Name\":\"prefix\",\"Value\":\"input/\"}]");
    assertThat(Deployment.text(functions.at("/0/LambdaFunctionArn"))).isEqualTo("<TriggerAlias>");
    assertThat(deployment.all("AWS::Lambda::Permission").values())
        .singleElement()
        .satisfies(
            permission -> {
              assertThat(Deployment.text(permission.path("SourceArn")))
                  .isEqualTo("arn:<AWS::Partition>:s3:::" + bucket);
              assertThat(Deployment.text(permission.path("SourceAccount")))
                  .isEqualTo("<AWS::AccountId>");
            });
  }
}
