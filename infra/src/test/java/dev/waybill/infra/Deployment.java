package dev.waybill.infra;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.waybill.workflow.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.assertions.Template;

/**
 * A synthesized stack, cdk-nag's checks passed. Logical ids are shown without the hash at their
 * end, references as {@code <Id>} or {@code <Id.Attribute>}.
 */
record Deployment(Template template, JsonNode json) {

  static final Path ROOT = Path.of(System.getProperty("waybill.root"));
  static final Artifacts ARTIFACTS = new Artifacts(new Project(ROOT, ROOT));

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Map<Map<String, String>, Deployment> MADE = new ConcurrentHashMap<>();

  /** A YAML file of the project; aliases stay unresolved. */
  static JsonNode yaml(String file) {
    try {
      return YAML.readTree(ROOT.resolve(file).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With cdk.json's context, and these switches over it. */
  static Deployment with(Map<String, String> switches) {
    return MADE.computeIfAbsent(new TreeMap<>(switches), all -> of(switches, Map.of(), ARTIFACTS));
  }

  static Deployment standard() {
    return with(Map.of());
  }

  static Deployment of(
      Map<String, ?> switches, Map<String, String> environment, Artifacts artifacts) {
    Map<String, Object> context = cdkJsonContext();
    context.putAll(switches);
    App app = new App(AppProps.builder().context(context).analyticsReporting(false).build());
    WaybillStack stack = WaybillApp.stack(app, environment, artifacts);
    Template template = Template.fromStack(stack);
    return new Deployment(template, JSON.valueToTree(template.toJSON()));
  }

  /** The properties of all resources of a type, by their short ids. */
  Map<String, JsonNode> all(String type) {
    Map<String, JsonNode> found = new TreeMap<>();
    resources()
        .forEach(
            (id, resource) -> {
              if (resource.path("Type").asText().equals(type)) {
                found.put(id, resource.path("Properties"));
              }
            });
    return found;
  }

  JsonNode one(String type, String id) {
    JsonNode properties = all(type).get(id);
    if (properties == null) {
      throw new AssertionError(
          "no %s named %s; there are %s".formatted(type, id, all(type).keySet()));
    }
    return properties;
  }

  /** All resources, by their short ids. */
  Map<String, JsonNode> resources() {
    Map<String, JsonNode> resources = new TreeMap<>();
    json.path("Resources")
        .properties()
        .forEach(resource -> resources.put(shortId(resource.getKey()), resource.getValue()));
    return resources;
  }

  /** A value as a person would read it. */
  static String text(JsonNode value) {
    if (value.isTextual() || value.isNumber() || value.isBoolean()) {
      return value.asText();
    }
    if (value.has("Ref")) {
      return "<" + shortId(value.path("Ref").asText()) + ">";
    }
    if (value.has("Fn::GetAtt")) {
      JsonNode parts = value.path("Fn::GetAtt");
      return "<" + shortId(parts.path(0).asText()) + "." + parts.path(1).asText() + ">";
    }
    if (value.has("Fn::FindInMap")) {
      JsonNode parts = value.path("Fn::FindInMap");
      String key = text(parts.path(1)).replaceAll("[<>]", "");
      return "<%s %s %s>".formatted(shortId(parts.path(0).asText()), key, parts.path(2).asText());
    }
    if (value.has("Fn::Join")) {
      StringBuilder joined = new StringBuilder();
      value.path("Fn::Join").path(1).forEach(part -> joined.append(text(part)));
      return joined.toString();
    }
    if (value.has("Fn::Sub")) {
      return value.path("Fn::Sub").asText();
    }
    return value.toString();
  }

  static List<String> texts(JsonNode value) {
    List<String> texts = new ArrayList<>();
    (value.isArray() ? value : JSON.createArrayNode().add(value))
        .forEach(each -> texts.add(text(each)));
    return texts;
  }

  /**
   * What a statement says, in one line: {@code Allow s3:GetObject on <Bucket.Arn>/input/* if {…}}.
   */
  static String sentence(JsonNode statement) {
    String condition =
        statement.has("Condition") ? " if " + plain(statement.path("Condition")) : "";
    return "%s %s on %s%s"
        .formatted(
            statement.path("Effect").asText(),
            String.join(", ", sorted(statement.path("Action"))),
            String.join(", ", sorted(statement.path("Resource"))),
            condition);
  }

  /** With files' hashes taken out, which change with every build. */
  private static List<String> sorted(JsonNode value) {
    return texts(value).stream().map(Deployment::withoutHash).sorted().toList();
  }

  private static String withoutHash(String text) {
    return text.replaceAll("[0-9a-f]{64}", "<hash>");
  }

  private static String plain(JsonNode node) {
    if (node.isObject() && (node.has("Ref") || node.has("Fn::GetAtt") || node.has("Fn::Join"))) {
      return withoutHash(text(node));
    }
    if (node.isObject()) {
      List<String> fields = new ArrayList<>();
      node.properties()
          .forEach(field -> fields.add(field.getKey() + ": " + plain(field.getValue())));
      return "{" + String.join(", ", fields) + "}";
    }
    if (node.isArray()) {
      List<String> items = new ArrayList<>();
      node.forEach(item -> items.add(plain(item)));
      return "[" + String.join(", ", items) + "]";
    }
    return node.asText();
  }

  /** The statements of the policy document in a property. */
  static Stream<JsonNode> statements(JsonNode document) {
    List<JsonNode> statements = new ArrayList<>();
    document.path("Statement").forEach(statements::add);
    return statements.stream();
  }

  static String shortId(String logicalId) {
    return logicalId.replaceFirst("[0-9A-F]{8}$", "");
  }

  private static Map<String, Object> cdkJsonContext() {
    try {
      Map<String, Object> context = new HashMap<>();
      JSON.readTree(ROOT.resolve("cdk.json").toFile())
          .path("context")
          .properties()
          .forEach(
              flag -> context.put(flag.getKey(), JSON.convertValue(flag.getValue(), Object.class)));
      return context;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
