package dev.waybill.infra;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The path of an alarm through a template: alarm, topic, the topic's policy, the topic's key, the
 * key's policy.
 */
final class AlarmPath {

  private static final String CLOUDWATCH = "cloudwatch.amazonaws.com";
  private static final String THIS_ACCOUNT =
      "{\"StringEquals\":{\"aws:SourceAccount\":{\"Ref\":\"AWS::AccountId\"}}}";
  private static final String WITHOUT_TLS = "{\"Bool\":{\"aws:SecureTransport\":\"false\"}}";

  private final JsonNode resources;
  private final List<String> gaps = new ArrayList<>();

  private AlarmPath(JsonNode template) {
    this.resources = template.path("Resources");
  }

  /** What is missing between each alarm and the subscribers of its topic, in words. */
  static List<String> gaps(JsonNode template) {
    AlarmPath path = new AlarmPath(template);
    path.ofType("AWS::CloudWatch::Alarm")
        .forEach(alarm -> path.walk(alarm.getKey(), alarm.getValue().path("Properties")));
    return path.gaps;
  }

  private void walk(String alarm, JsonNode properties) {
    JsonNode actions = properties.path("AlarmActions");
    if (actions.isEmpty() || !properties.path("ActionsEnabled").asBoolean(true)) {
      gaps.add(alarm + " has no action");
    }
    for (JsonNode action : actions) {
      String topic = action.path("Ref").asText();
      JsonNode resource = resources.path(topic);
      if (!resource.path("Type").asText().equals("AWS::SNS::Topic")) {
        gaps.add(alarm + " calls no topic of the stack");
        continue;
      }
      walkTopic(alarm, topic);
      walkKey(alarm, resource.at("/Properties/KmsMasterKeyId/Fn::GetAtt/0").asText());
    }
  }

  private void walkTopic(String alarm, String topic) {
    List<JsonNode> statements =
        ofType("AWS::SNS::TopicPolicy")
            .map(policy -> policy.getValue().path("Properties"))
            .filter(policy -> policy.path("Topics").findValuesAsText("Ref").contains(topic))
            .flatMap(policy -> Deployment.statements(policy.path("PolicyDocument")))
            .filter(statement -> statement.path("Resource").path("Ref").asText().equals(topic))
            .filter(statement -> allows(statement.path("Action"), "sns:Publish"))
            .toList();
    if (statements.stream().noneMatch(AlarmPath::letsCloudWatchIn)) {
      gaps.add(alarm + ": its topic's policy does not let CloudWatch publish");
    }
    List<JsonNode> denials =
        statements.stream()
            .filter(statement -> statement.path("Effect").asText().equals("Deny"))
            .toList();
    if (denials.isEmpty()) {
      gaps.add(alarm + ": its topic takes messages without TLS");
    }
    if (denials.stream().anyMatch(denial -> !has(denial, WITHOUT_TLS))) {
      gaps.add(alarm + ": its topic's policy denies more than what comes without TLS");
    }
  }

  private void walkKey(String alarm, String key) {
    JsonNode resource = resources.path(key);
    if (!resource.path("Type").asText().equals("AWS::KMS::Key")) {
      gaps.add(alarm + ": its topic has no key of the stack");
      return;
    }
    for (String action : List.of("kms:Decrypt", "kms:GenerateDataKey*")) {
      if (Deployment.statements(resource.at("/Properties/KeyPolicy"))
          .filter(AlarmPath::letsCloudWatchIn)
          .noneMatch(statement -> allows(statement.path("Action"), action))) {
        gaps.add(alarm + ": its topic's key does not let CloudWatch do " + action);
      }
    }
  }

  private static boolean letsCloudWatchIn(JsonNode statement) {
    return statement.path("Effect").asText().equals("Allow")
        && Deployment.texts(statement.at("/Principal/Service")).contains(CLOUDWATCH)
        && has(statement, THIS_ACCOUNT);
  }

  private static boolean has(JsonNode statement, String condition) {
    return statement.path("Condition").toString().equals(condition);
  }

  private static boolean allows(JsonNode actions, String action) {
    return Deployment.texts(actions).contains(action);
  }

  private Stream<Map.Entry<String, JsonNode>> ofType(String type) {
    return resources.properties().stream()
        .filter(resource -> resource.getValue().path("Type").asText().equals(type));
  }
}
