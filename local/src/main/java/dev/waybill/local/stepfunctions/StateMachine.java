package dev.waybill.local.stepfunctions;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.AwsClients;
import dev.waybill.local.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A state machine definition, found to use nothing but what this stand-in executes as Step
 * Functions does.
 *
 * @param definition with its placeholders filled
 * @see <a href="https://states-language.net/spec.html">Amazon States Language</a>
 */
public record StateMachine(String name, JsonNode definition) {

  static final String GLUE_SYNC = "arn:aws:states:::glue:startJobRun.sync";
  static final String S3_PUT_OBJECT = "arn:aws:states:::aws-sdk:s3:putObject";
  static final String ACCOUNT = "000000000000";

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(\\w+)}");
  private static final Set<String> TOP = Set.of("Comment", "StartAt", "States");
  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          "Task",
          Set.of(
              "Resource",
              "Parameters",
              "ResultPath",
              "TimeoutSeconds",
              "Retry",
              "Catch",
              "Next",
              "End"),
          "Pass",
          Set.of("Parameters", "Result", "ResultPath", "Next", "End"),
          "Choice",
          Set.of("Choices", "Default"),
          "Succeed",
          Set.of(),
          "Fail",
          Set.of("Error", "ErrorPath", "Cause", "CausePath"));
  private static final Set<String> EVERY_STATE = Set.of("Type", "Comment");
  private static final Set<String> RETRIER =
      Set.of(
          "ErrorEquals",
          "IntervalSeconds",
          "BackoffRate",
          "MaxDelaySeconds",
          "MaxAttempts",
          "JitterStrategy");
  private static final Set<String> CATCHER = Set.of("ErrorEquals", "ResultPath", "Next");
  private static final Set<String> RULE =
      Set.of("Variable", "StringMatches", "NumericLessThan", "Or", "Next");

  /**
   * Loads a definition.
   *
   * @param substitutions what deployment fills in, by placeholder
   * @throws IllegalArgumentException naming every placeholder without a value and every feature
   *     that is not supported
   */
  public static StateMachine load(String name, Path file, Map<String, String> substitutions) {
    List<String> problems = new ArrayList<>();
    JsonNode definition = Json.parse(fill(read(file), substitutions, problems));
    check(definition, TOP, "the state machine", problems);
    definition
        .path("States")
        .properties()
        .forEach(state -> check(state.getKey(), state.getValue(), definition, problems));
    if (!definition.path("States").has(definition.path("StartAt").asText())) {
      problems.add("StartAt names no state: " + definition.path("StartAt").asText());
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: the stand-in for Step Functions can't run this: %s"
              .formatted(file, String.join("; ", problems)));
    }
    return new StateMachine(name, definition);
  }

  public String arn() {
    return "arn:aws:states:%s:%s:stateMachine:%s".formatted(AwsClients.REGION, ACCOUNT, name);
  }

  String executionArn(String execution) {
    return "arn:aws:states:%s:%s:execution:%s:%s"
        .formatted(AwsClients.REGION, ACCOUNT, name, execution);
  }

  JsonNode state(String state) {
    return definition.path("States").path(state);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("can't read the state machine definition", e);
    }
  }

  private static String fill(String text, Map<String, String> values, List<String> problems) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(
            match -> {
              String value = values.get(match.group(1));
              if (value == null) {
                problems.add(
                    "placeholder %s has no value: workflow/jobs.json has jobs for %s"
                        .formatted(
                            match.group(),
                            values.keySet().stream()
                                .sorted()
                                .map("${%s}"::formatted)
                                .collect(Collectors.joining(", "))));
              }
              return Matcher.quoteReplacement(value == null ? match.group() : value);
            });
  }

  private static void check(
      String name, JsonNode state, JsonNode definition, List<String> problems) {
    String type = state.path("Type").asText();
    String where = "state " + name;
    if (!FIELDS.containsKey(type)) {
      problems.add(where + " has the unsupported Type " + type);
      return;
    }
    for (Map.Entry<String, JsonNode> field : state.properties()) {
      if (!FIELDS.get(type).contains(field.getKey()) && !EVERY_STATE.contains(field.getKey())) {
        problems.add(where + " has the unsupported field " + field.getKey());
      }
    }
    if (type.equals("Task")
        && !Set.of(GLUE_SYNC, S3_PUT_OBJECT).contains(state.path("Resource").asText())) {
      problems.add(where + " has the unsupported Resource " + state.path("Resource").asText());
    }
    state.path("Retry").forEach(retry -> check(retry, RETRIER, where + ", Retry", problems));
    state.path("Catch").forEach(each -> check(each, CATCHER, where + ", Catch", problems));
    state.path("Choices").forEach(rule -> checkRule(rule, where + ", Choices", problems));
    for (JsonNode next : state.findValues("Next")) {
      if (!definition.path("States").has(next.asText())) {
        problems.add(where + " goes to " + next.asText() + ", which is no state");
      }
    }
    PayloadTemplate.unsupported(state).forEach(text -> problems.add(where + " has " + text));
  }

  private static void checkRule(JsonNode rule, String where, List<String> problems) {
    check(rule, RULE, where, problems);
    rule.path("Or").forEach(part -> checkRule(part, where, problems));
  }

  private static void check(JsonNode node, Set<String> known, String where, List<String> problems) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!known.contains(field.getKey())) {
        problems.add(where + " has the unsupported field " + field.getKey());
      }
    }
  }
}
