package dev.waybill.local.stepfunctions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.PathNotFoundException;
import com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider;
import dev.waybill.local.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Paths, the context object, payload templates and the intrinsic functions in them.
 *
 * @param input the state's, for paths that begin with {@code $}
 * @param context the context object, for those that begin with {@code $$}
 * @see <a
 *     href="https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html">Intrinsic
 *     functions</a>
 */
record PayloadTemplate(JsonNode input, JsonNode context) {

  private static final Configuration JACKSON =
      Configuration.builder().jsonProvider(new JacksonJsonNodeJsonProvider()).build();

  private static final String INTRINSIC_FAILURE = "States.IntrinsicFailure";
  private static final String FORMAT = "States.Format";
  private static final String MATH_ADD = "States.MathAdd";
  private static final String STRING_SPLIT = "States.StringSplit";
  private static final String ARRAY_GET_ITEM = "States.ArrayGetItem";
  private static final Set<String> FUNCTIONS =
      Set.of(FORMAT, MATH_ADD, STRING_SPLIT, ARRAY_GET_ITEM);
  private static final Pattern CALL = Pattern.compile("(States\\.\\w+)\\((.*)\\)", Pattern.DOTALL);
  private static final Pattern FUNCTION = Pattern.compile("States\\.\\w+(?=\\()");

  /** What a template comes to: fields whose names end in {@code .$} are evaluated. */
  JsonNode apply(JsonNode template) {
    if (template instanceof ArrayNode array) {
      ArrayNode result = JsonNodeFactory.instance.arrayNode();
      array.forEach(each -> result.add(apply(each)));
      return result;
    }
    if (!(template instanceof ObjectNode)) {
      return template;
    }
    ObjectNode result = Json.object();
    for (Map.Entry<String, JsonNode> field : template.properties()) {
      String name = field.getKey();
      if (name.endsWith(".$")) {
        result.set(name.substring(0, name.length() - 2), evaluate(field.getValue().asText()));
      } else {
        result.set(name, apply(field.getValue()));
      }
    }
    return result;
  }

  /**
   * What a path or an intrinsic function comes to.
   *
   * @throws StateFailed {@code States.Runtime} where the path leads nowhere
   */
  JsonNode evaluate(String expression) {
    String text = expression.strip();
    Matcher call = CALL.matcher(text);
    if (call.matches()) {
      return call(call.group(1), arguments(call.group(2)).stream().map(this::evaluate).toList());
    }
    if (text.startsWith("'")) {
      return JsonNodeFactory.instance.textNode(
          text.substring(1, text.length() - 1).replace("\\'", "'"));
    }
    if (text.startsWith("$$")) {
      return path(context, text.substring(1));
    }
    if (text.startsWith("$")) {
      return path(input, text);
    }
    return Json.parse(text);
  }

  /** Puts a result where a ResultPath says; null throws it away. */
  JsonNode withResult(JsonNode path, JsonNode result) {
    if (path.isNull()) {
      return input;
    }
    if (path.isMissingNode() || path.asText().equals("$")) {
      return result;
    }
    ObjectNode whole = input.deepCopy();
    String[] names = path.asText().substring(2).split("\\.");
    ObjectNode place = whole;
    for (int i = 0; i < names.length - 1; i++) {
      place = place.withObjectProperty(names[i]);
    }
    place.set(names[names.length - 1], result);
    return whole;
  }

  /** Functions in a state that are not supported. */
  static List<String> unsupported(JsonNode state) {
    List<String> found = new ArrayList<>();
    Matcher function = FUNCTION.matcher(state.toString());
    while (function.find()) {
      if (!FUNCTIONS.contains(function.group())) {
        found.add("the unsupported function " + function.group());
      }
    }
    return found;
  }

  private JsonNode path(JsonNode document, String path) {
    try {
      return JsonPath.using(JACKSON).parse(document).read(path);
    } catch (PathNotFoundException e) {
      throw new StateFailed(
          StateFailed.RUNTIME, "the path " + path + " leads nowhere in " + document);
    }
  }

  private static JsonNode call(String function, List<JsonNode> arguments) {
    return switch (function) {
      case FORMAT -> format(arguments);
      case MATH_ADD ->
          JsonNodeFactory.instance.numberNode(
              arguments.get(0).asLong() + arguments.get(1).asLong());
      case STRING_SPLIT -> split(arguments.get(0).asText(), arguments.get(1).asText());
      case ARRAY_GET_ITEM -> item(arguments.get(0), arguments.get(1).asInt());
      default -> throw new StateFailed(INTRINSIC_FAILURE, "no such function: " + function);
    };
  }

  /** At each of the separator's characters. */
  private static JsonNode split(String text, String separators) {
    ArrayNode parts = JsonNodeFactory.instance.arrayNode();
    for (String part : text.split("[" + Pattern.quote(separators) + "]+")) {
      parts.add(part);
    }
    return parts;
  }

  private static JsonNode item(JsonNode array, int index) {
    if (!array.has(index)) {
      throw new StateFailed(INTRINSIC_FAILURE, "no item %d in %s".formatted(index, array));
    }
    return array.get(index);
  }

  private static JsonNode format(List<JsonNode> arguments) {
    StringBuilder text = new StringBuilder();
    String[] pieces = arguments.get(0).asText().split("\\{}", -1);
    for (int i = 0; i < pieces.length; i++) {
      text.append(i == 0 ? "" : arguments.get(i).asText()).append(pieces[i]);
    }
    return JsonNodeFactory.instance.textNode(text.toString());
  }

  /** Cuts at the commas that stand in no quotes and no inner call. */
  private static List<String> arguments(String text) {
    List<String> arguments = new ArrayList<>();
    int depth = 0;
    boolean quoted = false;
    int begin = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\'' && (i == 0 || text.charAt(i - 1) != '\\')) {
        quoted = !quoted;
      } else if (!quoted && c == '(') {
        depth++;
      } else if (!quoted && c == ')') {
        depth--;
      } else if (!quoted && depth == 0 && c == ',') {
        arguments.add(text.substring(begin, i));
        begin = i + 1;
      }
    }
    arguments.add(text.substring(begin));
    return arguments;
  }
}
