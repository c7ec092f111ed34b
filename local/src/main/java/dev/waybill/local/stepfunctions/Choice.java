package dev.waybill.local.stepfunctions;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A Choice state's rules, as far as the pipeline uses them. */
final class Choice {

  private Choice() {}

  /** The state to go to. */
  static String next(JsonNode definition, PayloadTemplate template) {
    for (JsonNode rule : definition.path("Choices")) {
      if (holds(rule, template)) {
        return rule.path("Next").asText();
      }
    }
    if (!definition.has("Default")) {
      throw new StateFailed("States.NoChoiceMatched", "no rule holds and there is no Default");
    }
    return definition.path("Default").asText();
  }

  private static boolean holds(JsonNode rule, PayloadTemplate template) {
    if (rule.has("Or")) {
      return rule.path("Or").valueStream().anyMatch(part -> holds(part, template));
    }
    JsonNode value = template.evaluate(rule.path("Variable").asText());
    return rule.has("NumericLessThan")
        ? value.isNumber() && value.asDouble() < rule.path("NumericLessThan").asDouble()
        : value.isTextual()
            && wildcard(rule.path("StringMatches").asText()).matcher(value.asText()).matches();
  }

  private static Pattern wildcard(String pattern) {
    return Pattern.compile(
        Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
        Pattern.DOTALL);
  }
}
