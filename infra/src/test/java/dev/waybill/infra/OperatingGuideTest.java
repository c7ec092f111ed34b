package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.workflow.Jobs;
import dev.waybill.workflow.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That docs/operating.md says what is so, and that its example deploys. */
class OperatingGuideTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String guide = text("docs/operating.md");

  @Test
  void hasARowForEverySwitch() {
    String refusal = catchThrowable(() -> Settings.of(Map.of("noSuchSwitch", "1"))).getMessage();
    List<String> known = List.of(refusal.substring(refusal.indexOf("there are ") + 10).split(", "));

    assertThat(known).hasSizeGreaterThan(20);
    assertThat(firstColumn("| switch |")).containsExactlyInAnyOrderElementsOf(known);
  }

  @Test
  void saysOfEveryAlarmWhatItMeans() {
    assertThat(firstColumn("| alarm |").stream().map(name -> "waybill-" + name))
        .containsExactlyInAnyOrderElementsOf(
            Deployment.standard().all("AWS::CloudWatch::Alarm").values().stream()
                .map(alarm -> alarm.path("AlarmName").asText())
                .toList());
  }

  @Test
  void namesTheFunctionThatIsDeployed() {
    String function =
        Deployment.standard()
            .one("AWS::Lambda::Function", "TriggerFunction")
            .path("FunctionName")
            .asText();
    assertThat(guide).contains("--function-name " + function + ":live");
  }

  @Test
  void itsCostsAddUpAndCountTheAlarmsThatAreDeployed() {
    Map<String, BigDecimal> costs = new LinkedHashMap<>();
    guide
        .substring(guide.indexOf("| idle, a month"))
        .lines()
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> line.replace("*", "").split(" *\\| *"))
        .forEach(row -> costs.put(row[1], new BigDecimal(row[2])));
    BigDecimal together = costs.remove("together");
    int alarmMetrics =
        Deployment.standard().all("AWS::CloudWatch::Alarm").values().stream()
            .mapToInt(alarm -> Math.max(1, alarm.findValues("MetricStat").size()))
            .sum();

    assertThat(costs.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add))
        .isEqualTo(together);
    assertThat(costs)
        .containsEntry(
            "alarms: %d metrics".formatted(alarmMetrics),
            new BigDecimal("0.10").multiply(BigDecimal.valueOf(alarmMetrics)));
    assertThat(text("README.md"))
        .contains("about $%s a month".formatted(together.setScale(0, RoundingMode.HALF_UP)));
  }

  /** {@code `Class`}, {@code `Class.member`}, or the same of another module in brackets. */
  @Test
  void itsChecklistNamesWhatIsInTheSources() throws IOException {
    List<String> missing = new ArrayList<>();
    int named = 0;
    for (List<String> row : checklist()) {
      Matcher module = Pattern.compile("^\\[([a-z-]+)]").matcher(row.get(3).strip());
      Path sources =
          Deployment.ROOT
              .resolve(module.find() ? module.group(1) : "infra")
              .resolve("src/main/java");
      Matcher code = Pattern.compile("`([A-Z]\\w+)(?:\\.(\\w+))?`").matcher(row.get(3).strip());
      while (code.find()) {
        named++;
        String source = source(sources, code.group(1));
        if (code.group(2) == null
            ? source.isEmpty()
            : !source.contains(" " + code.group(2) + "(")) {
          missing.add(code.group());
        }
      }
    }

    assertThat(named).isGreaterThan(12);
    assertThat(missing).isEmpty();
  }

  @Test
  void itsChecklistSaysForEachDoubtHowAFailureLooksAndWhatToDo() {
    assertThat(checklist())
        .hasSizeGreaterThan(10)
        .allSatisfy(row -> assertThat(row).hasSize(4).noneMatch(String::isBlank));
    assertThat(checklist().get(0).get(0))
        .as("the most doubtful")
        .contains("--class", "--extra-jars");
    assertThat(checklist().toString())
        .contains(
            "aws glue start-job-run --job-name "
                + Deployment.standard()
                    .one("AWS::Glue::Job", "JobsCleanListings")
                    .path("Name")
                    .asText());
  }

  @Test
  void itsJobOfOnesOwnIsDeployedByOneEntryAndOneState(@TempDir Path copy) throws IOException {
    ObjectNode workflow = (ObjectNode) JSON.readTree(text("workflow/pipeline.asl.json"));
    ObjectNode states = (ObjectNode) workflow.path("States");
    ((ObjectNode) states.path("ProcessListings")).put("Next", "CountListings");
    states.set("CountListings", json("\"CountListings\": (\\{.*?\n\\})"));
    ObjectNode jobs = (ObjectNode) JSON.readTree(text("workflow/jobs.json"));
    ((ArrayNode) jobs.path("jobs")).add(json("(\\{\n  \"name\": \"count-listings\".*?\n\\})"));
    for (String file :
        List.of(
            "collector-config/aws.yaml",
            "collector-config/common.yaml",
            "infra/src/main/glue/placeholder.scala")) {
      Files.createDirectories(copy.resolve(file).getParent());
      Files.copy(Deployment.ROOT.resolve(file), copy.resolve(file));
    }
    for (Path jar :
        List.of(Deployment.ARTIFACTS.lambdaJar(), Deployment.ARTIFACTS.jobJars().get(0))) {
      Path there = copy.resolve(Deployment.ROOT.relativize(jar));
      Files.createDirectories(there.getParent());
      Files.createSymbolicLink(there, jar);
    }
    Files.createDirectory(copy.resolve("workflow"));
    JSON.writeValue(copy.resolve("workflow/pipeline.asl.json").toFile(), workflow);
    JSON.writeValue(copy.resolve(Jobs.FILE).toFile(), jobs);

    Deployment three = Deployment.of(Map.of(), Map.of(), new Artifacts(new Project(copy, copy)));

    JsonNode job = three.one("AWS::Glue::Job", "JobsCountListings");
    assertThat(job.path("Name").asText()).isEqualTo("waybill-count-listings");
    assertThat(job.at("/DefaultArguments/--least_rows").asText()).isEqualTo("1");
    JsonNode machine = three.one("AWS::StepFunctions::StateMachine", "WorkflowStateMachine");
    assertThat(machine.at("/DefinitionSubstitutions/CountListingsJobName").asText())
        .isEqualTo("waybill-count-listings");
    assertThat(three.one("AWS::Events::Rule", "FailedJobRunsRule").toString())
        .contains("waybill-count-listings");
    assertThat(three.all("AWS::IAM::Policy").get("WorkflowRoleDefaultPolicy").toString())
        .contains("JobsCountListings");
  }

  /** A block of the guide. */
  private JsonNode json(String pattern) throws IOException {
    Matcher block = Pattern.compile("```json\n" + pattern + "\n```", Pattern.DOTALL).matcher(guide);
    assertThat(block.find()).isTrue();
    return JSON.readTree(block.group(1));
  }

  /** The rows of the last table. */
  private List<List<String>> checklist() {
    return guide
        .substring(guide.indexOf("| what no test shows |"))
        .lines()
        .skip(2)
        .map(row -> List.of(row.substring(1, row.length() - 1).split(" \\| ")))
        .toList();
  }

  private static String source(Path sources, String className) throws IOException {
    try (Stream<Path> files = Files.walk(sources)) {
      Optional<Path> file = files.filter(path -> path.endsWith(className + ".java")).findFirst();
      return file.isEmpty() ? "" : Files.readString(file.get());
    }
  }

  /** The code names in the first column of the table with this head. */
  private List<String> firstColumn(String head) {
    return guide
        .substring(guide.indexOf(head))
        .lines()
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> line.split("`")[1])
        .toList();
  }

  private static String text(String file) {
    try {
      return Files.readString(Deployment.ROOT.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
