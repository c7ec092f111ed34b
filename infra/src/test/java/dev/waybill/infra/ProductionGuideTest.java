package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** That the environments, the pipeline and the policies in docs/production.md are what they say. */
class ProductionGuideTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private final String guide = read("docs/production.md");
  private final JsonNode pipeline = yaml();

  @Test
  void itsEnvironmentsAreSwitches() throws IOException {
    JsonNode environments =
        JSON.readTree("{" + block("json", "\"environments\"") + "}").path("environments");

    assertThat(environments.properties())
        .extracting(Map.Entry::getKey)
        .containsExactly("dev", "prod");
    for (String name : List.of("dev", "prod")) {
      Map<?, ?> all = JSON.convertValue(environments, Map.class);
      assertThat(Settings.of(Map.of("env", name, "environments", all)).stackName())
          .isEqualTo("Waybill-" + name);
    }
  }

  @Test
  void itsPipelineTestsBeforeItDeploys() {
    assertThat(pipeline.at("/jobs/deploy/needs").asText()).isEqualTo("test");
    assertThat(commands("test")).contains("npm ci", "./waybill test");
    assertThat(pipeline.at("/permissions/id-token").asText()).isEqualTo("write");
    assertThat(pipeline.at("/permissions/contents").asText()).isEqualTo("read");
    assertThat(pipeline.at("/jobs/deploy/environment").asText())
        .as("the environment whose variables and reviewers count is the one that is deployed")
        .isEqualTo(pipeline.at("/env/NAME").asText());
  }

  @Test
  void itsPipelineNamesCommandsThatExist() throws IOException {
    List<String> commands = new ArrayList<>(commands("test"));
    commands.addAll(commands("deploy"));

    assertThat(commands).hasSizeGreaterThan(5);
    for (String command : commands) {
      switch (command.split(" ")[0]) {
        case "npm" -> assertThat(Deployment.ROOT.resolve("package-lock.json")).exists();
        case "npx" -> {
          assertThat(command).matches("npx cdk (synth|deploy) .*-c env=\\$NAME");
          assertThat(read("package.json")).contains("\"aws-cdk\"");
        }
        case "./waybill" -> {
          assertThat(commandLine()).contains("name = \"%s\"".formatted(command.split(" ")[1]));
          Matcher option = Pattern.compile("--[a-z-]+").matcher(command);
          while (option.find()) {
            assertThat(commandLine()).contains("\"" + option.group() + "\"");
          }
        }
        default -> throw new AssertionError("what is " + command + "?");
      }
    }
    assertThat(Deployment.ROOT.resolve("sample-data/listings.csv")).exists();
  }

  @Test
  void itsRoleIsForOneEnvironmentOfOneRepository() throws IOException {
    JsonNode trust = JSON.readTree(block("json", "{\n  \"Version\"")).at("/Statement/0");

    assertThat(trust.path("Action").asText()).isEqualTo("sts:AssumeRoleWithWebIdentity");
    JsonNode equal = trust.at("/Condition/StringEquals");
    assertThat(equal.path("token.actions.githubusercontent.com:aud").asText())
        .isEqualTo("sts.amazonaws.com");
    assertThat(equal.path("token.actions.githubusercontent.com:sub").asText())
        .matches("repo:[^*:]+:environment:(dev|prod)");
  }

  /** A policy statement that a reader copies. */
  @Test
  void itsStatementsAreJson() throws IOException {
    Matcher statement =
        Pattern.compile("```json\n(\\{\n  \"Effect\".*?)\n```", Pattern.DOTALL).matcher(guide);
    int found = 0;
    while (statement.find()) {
      ObjectNode parsed = (ObjectNode) JSON.readTree(statement.group(1));
      assertThat(parsed.has("Principal") && parsed.has("Action") && parsed.has("Resource"))
          .isTrue();
      found++;
    }
    assertThat(found).isEqualTo(2);
  }

  private List<String> commands(String job) {
    List<String> commands = new ArrayList<>();
    pipeline
        .at("/jobs/%s/steps".formatted(job))
        .forEach(
            step -> {
              if (step.has("run")) {
                commands.add(step.path("run").asText());
              } else {
                assertThat(step.path("uses").asText()).matches("[a-z-]+/[a-z-]+@v\\d+");
              }
            });
    return commands;
  }

  private JsonNode yaml() {
    try {
      return YAML.readTree(block("yaml", "name: deploy"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The block of the guide that begins so. */
  private String block(String language, String begin) {
    Matcher block =
        Pattern.compile(
                "```%s\n(%s.*?)\n```".formatted(language, Pattern.quote(begin)), Pattern.DOTALL)
            .matcher(guide);
    assertThat(block.find()).as(begin).isTrue();
    return block.group(1);
  }

  /** The sources of the command line. */
  private static String commandLine() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files =
        Files.list(Deployment.ROOT.resolve("local/src/main/java/dev/waybill/local/cli"))) {
      for (Path file : files.toList()) {
        all.append(Files.isRegularFile(file) ? Files.readString(file) : "");
      }
    }
    return all.toString();
  }

  private static String read(String file) {
    try {
      return Files.readString(Deployment.ROOT.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
