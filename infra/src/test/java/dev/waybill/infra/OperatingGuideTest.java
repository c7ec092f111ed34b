package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That docs/operating.md says what is so, and that its example deploys. */
class OperatingGuideTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JobSpec COUNT_LISTINGS =
      new JobSpec(
          "count-listings",
          "dev.waybill.gluejobs.CountListings",
          "CountListings",
          Map.of("--least_rows", "1"));

  private final String guide = text("docs/operating.md");

  @Test
  void hasARowForEverySwitch() {
    assertThat(new TreeSet<>(firstColumn("| switch |")))
        .isEqualTo(
            new TreeSet<>(
                List.of(
                    "stackName",
                    "vpcId",
                    "natGateways",
                    "endpoints",
                    "keepData",
                    "bucketName",
                    "quarantineDays",
                    "runsDays",
                    "logDays",
                    "alarmEmail",
                    "rejectedPercent",
                    "sampling",
                    "samplingRate",
                    "traces",
                    "keepPercent")))
        .hasSize(Settings.class.getRecordComponents().length);
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
  void itsJobOfOnesOwnIsDeployedByOneRecordAndOneState(@TempDir Path copy) throws IOException {
    assertThat(guide)
        .contains(
            "new JobSpec(\"%s\", \"%s\", \"%s\", Map.of(\"--least_rows\", \"1\"))"
                .formatted(
                    COUNT_LISTINGS.name(), COUNT_LISTINGS.mainClass(), COUNT_LISTINGS.state()));
    ObjectNode workflow = (ObjectNode) JSON.readTree(text("workflow/pipeline.asl.json"));
    ObjectNode states = (ObjectNode) workflow.path("States");
    ((ObjectNode) states.path("ProcessListings")).put("Next", "CountListings");
    states.set("CountListings", stateOfTheGuide());
    for (String file :
        List.of(
            "collector-config/aws.yaml",
            "collector-config/common.yaml",
            "infra/src/main/glue/placeholder.scala")) {
      Files.createDirectories(copy.resolve(file).getParent());
      Files.copy(Deployment.ROOT.resolve(file), copy.resolve(file));
    }
    for (Path jar : List.of(Deployment.ARTIFACTS.lambdaJar(), Deployment.ARTIFACTS.jobsJar())) {
      Path there = copy.resolve(Deployment.ROOT.relativize(jar));
      Files.createDirectories(there.getParent());
      Files.createSymbolicLink(there, jar);
    }
    Files.createDirectory(copy.resolve("workflow"));
    JSON.writeValue(copy.resolve("workflow/pipeline.asl.json").toFile(), workflow);
    List<JobSpec> jobs = new ArrayList<>(JobSpec.ALL);
    jobs.add(COUNT_LISTINGS);

    Deployment three = Deployment.of(Map.of(), Map.of(), new Artifacts(copy), jobs);

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

  private JsonNode stateOfTheGuide() throws IOException {
    Matcher state =
        Pattern.compile("```json\n\"CountListings\": (\\{.*?\n\\})\n```", Pattern.DOTALL)
            .matcher(guide);
    assertThat(state.find()).isTrue();
    return JSON.readTree(state.group(1));
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
