package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * That the jobs may do what they do: every request which both jobs made to S3 through S3A, as
 * glue-jobs' DeployableIT left it, against the bucket's policy.
 */
class JobsPermissionsIT {

  private static final Path REQUESTS = Deployment.ROOT.resolve("glue-jobs/target/s3-requests.txt");

  private final List<JsonNode> statements =
      Deployment.statements(
              Deployment.standard()
                  .one("AWS::S3::BucketPolicy", "DataBucketPolicy")
                  .path("PolicyDocument"))
          .filter(
              statement ->
                  Deployment.texts(statement.at("/Principal/AWS")).stream()
                      .anyMatch(who -> who.matches("<Jobs\\w+Role\\.Arn>")))
          .toList();

  @Test
  void theBucketsPolicyAllowsEveryRequestOfTheJobs() throws IOException {
    List<String> requests = requests();

    assertThat(requests).hasSizeGreaterThan(50).contains("s3:GetObject input/listings.csv");
    assertThat(requests).allMatch(this::allowed);
  }

  @Test
  void itDoesNotAllowThemMore() {
    assertThat(
            List.of(
                "s3:PutObject input/listings.csv",
                "s3:DeleteObject input/listings.csv",
                "s3:GetObject other/x",
                "s3:ListBucket ",
                "s3:ListBucket other/",
                "s3:PutBucketPolicy "))
        .noneMatch(this::allowed);
  }

  private boolean allowed(String request) {
    String action = request.substring(0, request.indexOf(' '));
    String name = request.substring(request.indexOf(' ') + 1);
    return statements.stream()
        .filter(statement -> Deployment.texts(statement.path("Action")).contains(action))
        .anyMatch(
            statement ->
                action.equals("s3:ListBucket")
                    ? matches(statement.at("/Condition/StringLike/s3:prefix"), name)
                    : matches(statement.path("Resource"), "<DataBucket.Arn>/" + name));
  }

  private static boolean matches(JsonNode patterns, String value) {
    return Deployment.texts(patterns).stream()
        .anyMatch(
            pattern ->
                value.matches(
                    Stream.of(pattern.split("\\*", -1))
                        .map(Pattern::quote)
                        .reduce((left, right) -> left + ".*" + right)
                        .orElseThrow()));
  }

  private static List<String> requests() throws IOException {
    assertThat(REQUESTS).as("left by glue-jobs' DeployableIT: run ./waybill test").exists();
    try (Stream<String> lines = Files.lines(REQUESTS)) {
      // The test itself makes the bucket, and puts the input and a dead attempt's file.
      return lines
          .filter(
              line ->
                  !line.startsWith("s3:CreateBucket") && !line.startsWith("s3:PutObject input/"))
          .toList();
    }
  }
}
