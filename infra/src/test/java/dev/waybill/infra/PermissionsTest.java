package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may do what: every statement of every role and resource, against the list of the allowed. */
class PermissionsTest {

  private final Deployment stack = Deployment.standard();

  @Test
  void everyRoleMayDoWhatTheListAllowsAndNothingElse() throws IOException {
    assertThat(roleStatements(stack)).containsExactlyInAnyOrderElementsOf(allowed("role "));
  }

  @Test
  void everyResourceLetsInWhomTheListAllowsAndNobodyElse() throws IOException {
    assertThat(resourceStatements(stack)).containsExactlyInAnyOrderElementsOf(allowed("resource "));
  }

  @ParameterizedTest
  @CsvSource({
    "keepData, true",
    "bucketName, acme-listings",
    "traces, otlp",
    "collector, none",
    "dataKey, arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-4e5f-6789-0abc-def012345678"
  })
  void aSwitchAllowsWhatTheListAddsForItAndNothingElse(String name, String value)
      throws IOException {
    Deployment switched = Deployment.with(Map.of(name, value));
    List<String> added = new ArrayList<>(roleStatements(switched));
    added.addAll(resourceStatements(switched));
    added.removeAll(roleStatements(stack));
    added.removeAll(resourceStatements(stack));
    String prefix = "with " + name + ": ";

    assertThat(added.stream().map(each -> prefix + each))
        .containsExactlyInAnyOrderElementsOf(allowed(prefix));
  }

  @Test
  void everyRoleIsForOneService() {
    stack
        .all("AWS::IAM::Role")
        .forEach(
            (role, properties) ->
                assertThat(
                        Deployment.statements(properties.path("AssumeRolePolicyDocument"))
                            .map(each -> each.at("/Principal/Service").asText()))
                    .as(role)
                    .hasSize(1)
                    .allMatch(service -> service.endsWith(".amazonaws.com")));
  }

  private static List<String> roleStatements(Deployment deployment) {
    List<String> statements = new ArrayList<>();
    deployment
        .all("AWS::IAM::Role")
        .forEach(
            (role, properties) -> {
              properties
                  .path("Policies")
                  .forEach(
                      policy ->
                          Deployment.statements(policy.path("PolicyDocument"))
                              .forEach(each -> statements.add(line(role, each))));
              assertThat(properties.path("ManagedPolicyArns").isMissingNode()).as(role).isTrue();
            });
    for (JsonNode policy : deployment.all("AWS::IAM::Policy").values()) {
      String role = Deployment.text(policy.path("Roles").path(0)).replaceAll("[<>]", "");
      Deployment.statements(policy.path("PolicyDocument"))
          .forEach(each -> statements.add(line(role, each)));
    }
    assertThat(deployment.all("AWS::IAM::ManagedPolicy")).isEmpty();
    return statements;
  }

  private static List<String> resourceStatements(Deployment deployment) throws IOException {
    List<String> statements = new ArrayList<>();
    Map<String, String> documents =
        Map.of(
            "AWS::S3::BucketPolicy", "PolicyDocument",
            "AWS::SQS::QueuePolicy", "PolicyDocument",
            "AWS::SNS::TopicPolicy", "PolicyDocument",
            "AWS::KMS::Key", "KeyPolicy");
    documents.forEach(
        (type, document) ->
            deployment
                .all(type)
                .forEach(
                    (id, properties) ->
                        Deployment.statements(properties.path(document))
                            .forEach(each -> statements.add(resourceLine(id, each)))));
    for (JsonNode policy : deployment.all("AWS::Logs::ResourcePolicy").values()) {
      JsonNode document =
          new ObjectMapper().readTree(Deployment.text(policy.path("PolicyDocument")));
      Deployment.statements(document)
          .forEach(each -> statements.add(resourceLine("FailedJobRunsLog", each)));
    }
    deployment
        .all("AWS::Lambda::Permission")
        .forEach(
            (id, permission) ->
                statements.add(
                    "resource %s lets in %s: %s from %s of %s"
                        .formatted(
                            id,
                            permission.path("Principal").asText(),
                            permission.path("Action").asText(),
                            Deployment.text(permission.path("SourceArn")),
                            Deployment.text(permission.path("SourceAccount")))));
    return statements;
  }

  private static List<String> allowed(String kind) throws IOException {
    try (Stream<String> lines =
        Files.lines(Deployment.ROOT.resolve("infra/src/test/resources/permissions.txt"))) {
      return lines.filter(line -> line.startsWith(kind)).toList();
    }
  }

  private static String line(String role, JsonNode statement) {
    return "role " + role + ": " + Deployment.sentence(statement);
  }

  private static String resourceLine(String id, JsonNode statement) {
    JsonNode principal = statement.path("Principal");
    JsonNode who = principal.isTextual() ? principal : principal.elements().next();
    return "resource %s lets in %s: %s"
        .formatted(id, String.join(", ", Deployment.texts(who)), Deployment.sentence(statement));
  }
}
