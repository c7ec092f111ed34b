package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** That what Glue does for a job before and beside its code is what the job's role may do. */
class JobsRoleTest {

  private final Deployment stack = Deployment.standard();
  private final List<JsonNode> statements =
      Deployment.statements(
              stack
                  .one("AWS::IAM::Policy", "JobsCleanListingsRoleDefaultPolicy")
                  .path("PolicyDocument"))
          .toList();

  /** Glue makes a group where the one that it writes to does not exist, under a name of its own. */
  @Test
  void itMayWriteEveryLogGroupBelowThePrefixThatGlueIsGiven() {
    String prefix =
        stack
            .one("AWS::Glue::Job", "JobsCleanListings")
            .at("/DefaultArguments/--custom-logGroup-prefix")
            .asText();
    JsonNode logs = statement("logs:PutLogEvents");

    assertThat(Deployment.texts(logs.path("Action")))
        .contains("logs:CreateLogGroup", "logs:CreateLogStream", "logs:AssociateKmsKey");
    assertThat(Deployment.texts(logs.path("Resource")))
        .containsExactly(
            "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:" + prefix + "/*");
  }

  /** As Glue's guide names them, with and without a security configuration. */
  @Test
  void theStackOwnsTheLogGroupsThatGlueIsKnownToWrite() {
    Set<String> groups = new TreeSet<>();
    stack
        .all("AWS::Logs::LogGroup")
        .values()
        .forEach(group -> groups.add(Deployment.text(group.path("LogGroupName"))));

    assertThat(groups)
        .filteredOn(name -> name.startsWith("/aws-glue/"))
        .containsExactly(
            "/aws-glue/waybill/<JobsSecurity>-role/<JobsCleanListingsRole>/error",
            "/aws-glue/waybill/<JobsSecurity>-role/<JobsCleanListingsRole>/output",
            "/aws-glue/waybill/<JobsSecurity>-role/<JobsProcessListingsRole>/error",
            "/aws-glue/waybill/<JobsSecurity>-role/<JobsProcessListingsRole>/output",
            "/aws-glue/waybill/error",
            "/aws-glue/waybill/output");
  }

  /** {@code cdk bootstrap --bootstrap-kms-key-id} gives the bucket a key that asks IAM. */
  @Test
  void itMayHaveS3DecryptTheFilesOfEveryJobAndNothingElse() {
    JsonNode key = statement("kms:Decrypt");
    JsonNode condition = key.at("/Condition/StringEquals");
    Set<String> files = new TreeSet<>();
    for (JsonNode job : stack.all("AWS::Glue::Job").values()) {
      files.add(Deployment.text(job.at("/Command/ScriptLocation")));
      files.add(Deployment.text(job.at("/DefaultArguments/--extra-jars")));
    }
    String bucket = files.iterator().next().replaceFirst("/[^/]+$", "");
    files.add(bucket);

    assertThat(Deployment.texts(key.path("Resource")))
        .containsExactly("arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:key/*");
    assertThat(Deployment.text(condition.path("kms:ViaService")))
        .isEqualTo("s3.<AWS::Region>.<AWS::URLSuffix>");
    assertThat(Deployment.texts(condition.path("kms:EncryptionContext:aws:s3:arn")))
        .containsExactlyInAnyOrderElementsOf(
            files.stream()
                .map(file -> file.replace("s3://", "arn:<AWS::Partition>:s3:::"))
                .toList());
  }

  /** The folders of its entry in {@code workflow/jobs.json}, and the runs' records. */
  @Test
  void eachJobWritesItsOwnFoldersAndReadsWhatOthersWrote() {
    for (String writes : List.of("s3:PutObject", "s3:DeleteObject")) {
      assertThat(folders("CleanListings", writes)).containsExactly("cleaned", "quarantine", "runs");
      assertThat(folders("ProcessListings", writes))
          .containsExactly("neighbourhood_summary", "processed", "runs");
    }
    for (String job : List.of("CleanListings", "ProcessListings")) {
      assertThat(folders(job, "s3:GetObject"))
          .containsExactly(
              "cleaned", "input", "neighbourhood_summary", "processed", "quarantine", "runs");
      assertThat(Deployment.text(stack.one("AWS::Glue::Job", "Jobs" + job).path("Role")))
          .isEqualTo("<Jobs%sRole.Arn>", job);
    }
  }

  /** The bucket's folders in which its policy lets a job's role do this. */
  private Set<String> folders(String job, String action) {
    Set<String> folders = new TreeSet<>();
    Deployment.statements(
            stack.one("AWS::S3::BucketPolicy", "DataBucketPolicy").path("PolicyDocument"))
        .filter(
            each ->
                Deployment.texts(each.at("/Principal/AWS"))
                    .contains("<Jobs%sRole.Arn>".formatted(job)))
        .filter(each -> Deployment.texts(each.path("Action")).contains(action))
        .flatMap(each -> Deployment.texts(each.path("Resource")).stream())
        .forEach(resource -> folders.add(resource.split("/")[1]));
    return folders;
  }

  private JsonNode statement(String action) {
    return statements.stream()
        .filter(each -> Deployment.texts(each.path("Action")).contains(action))
        .filter(each -> Deployment.texts(each.path("Resource")).toString().contains("*"))
        .findFirst()
        .orElseThrow();
  }
}
