package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** That an alarm reaches the topic's subscribers, over every link between them. */
class AlarmDeliveryTest {

  private final JsonNode template = Deployment.standard().json();

  @Test
  void everyAlarmReachesTheSubscribersOfItsTopic() {
    assertThat(AlarmPath.gaps(template)).isEmpty();
  }

  /** The walk notices each link's absence: taken out of a copy of the template, one by one. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("links")
  void aMissingLinkIsNoticed(String gap, Consumer<Template> takeOut) {
    Template copy = new Template(template.deepCopy());

    takeOut.accept(copy);

    assertThat(AlarmPath.gaps(copy.json())).isNotEmpty().allMatch(found -> found.endsWith(gap));
  }

  static Stream<Arguments> links() {
    return Stream.of(
        link(" has no action", copy -> copy.alarm().remove("AlarmActions")),
        link(" has no action", copy -> copy.alarm().put("ActionsEnabled", false)),
        link(" calls no topic of the stack", copy -> copy.remove("AWS::SNS::Topic")),
        link(
            ": its topic's policy does not let CloudWatch publish",
            copy -> copy.topicStatements().remove(copy.allow())),
        link(
            ": its topic's policy does not let CloudWatch publish",
            copy ->
                ((ObjectNode) copy.topicStatements().get(copy.allow()).path("Principal"))
                    .put("Service", "events.amazonaws.com")),
        link(
            ": its topic's policy does not let CloudWatch publish",
            copy ->
                ((ObjectNode) copy.topicStatements().get(copy.allow())).put("Resource", "other")),
        link(
            ": its topic takes messages without TLS",
            copy -> copy.topicStatements().remove(1 - copy.allow())),
        link(
            ": its topic's policy denies more than what comes without TLS",
            copy ->
                ((ObjectNode) copy.topicStatements().get(1 - copy.allow())).remove("Condition")),
        link(
            ": its topic has no key of the stack",
            copy -> copy.properties("AWS::SNS::Topic").remove("KmsMasterKeyId")),
        link(
            ": its topic's key does not let CloudWatch do kms:GenerateDataKey*",
            copy -> copy.keyActions().remove(1)),
        link(
            ": its topic's key does not let CloudWatch do kms:Decrypt",
            copy -> copy.keyActions().remove(0)));
  }

  private static Arguments link(String gap, Consumer<Template> takeOut) {
    return arguments(gap, takeOut);
  }

  /** A template that may be changed. */
  private record Template(JsonNode json) {

    void remove(String type) {
      ((ObjectNode) json.path("Resources")).remove(id(type));
    }

    ObjectNode properties(String type) {
      return (ObjectNode) json.path("Resources").path(id(type)).path("Properties");
    }

    ObjectNode alarm() {
      return properties("AWS::CloudWatch::Alarm");
    }

    ArrayNode topicStatements() {
      return (ArrayNode) properties("AWS::SNS::TopicPolicy").at("/PolicyDocument/Statement");
    }

    /** Which of the topic's two statements lets CloudWatch in. */
    int allow() {
      return topicStatements().get(0).path("Effect").asText().equals("Allow") ? 0 : 1;
    }

    ArrayNode keyActions() {
      for (JsonNode statement : properties("AWS::KMS::Key").at("/KeyPolicy/Statement")) {
        if (statement.at("/Principal/Service").asText().equals("cloudwatch.amazonaws.com")) {
          return (ArrayNode) statement.path("Action");
        }
      }
      throw new AssertionError("no statement for CloudWatch");
    }

    private String id(String type) {
      return json.path("Resources").properties().stream()
          .filter(resource -> resource.getValue().path("Type").asText().equals(type))
          .findFirst()
          .orElseThrow()
          .getKey();
    }
  }
}
