package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** That workflow, jobs, function and the jars that were built fit each other. */
class WorkflowTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private final Deployment stack = Deployment.standard();

  @Test
  void theDefinitionIsTheFileAndEveryPlaceholderIsAJob() throws IOException {
    JsonNode machine = stack.one("AWS::StepFunctions::StateMachine", "WorkflowStateMachine");
    String deployed = Deployment.text(machine.path("DefinitionString"));
    JsonNode definition = JSON.readTree(deployed.replace("arn:<AWS::Partition>:", "arn:aws:"));
    assertThat(deployed).as("deploys in other partitions, too").doesNotContain("arn:aws:");
    assertThat(definition)
        .isEqualTo(JSON.readTree(Deployment.ROOT.resolve("workflow/pipeline.asl.json").toFile()));

    Set<String> jobs = new TreeSet<>();
    stack.all("AWS::Glue::Job").values().forEach(job -> jobs.add(job.path("Name").asText()));
    for (JsonNode state : definition.path("States")) {
      if (state.path("Resource").asText().contains(":glue:")) {
        String placeholder = state.at("/Parameters/JobName").asText().replaceAll("[${}]", "");
        assertThat(machine.at("/DefinitionSubstitutions/" + placeholder).asText()).isIn(jobs);
        jobs.remove(machine.at("/DefinitionSubstitutions/" + placeholder).asText());
      }
    }
    assertThat(jobs).as("jobs that no state starts").isEmpty();
  }

  @Test
  void everyExecutionIsLoggedWithItsData() {
    JsonNode logging =
        stack
            .one("AWS::StepFunctions::StateMachine", "WorkflowStateMachine")
            .path("LoggingConfiguration");
    assertThat(logging.path("Level").asText()).isEqualTo("ALL");
    assertThat(logging.path("IncludeExecutionData").asBoolean()).isTrue();
    assertThat(
            stack
                .one("AWS::StepFunctions::StateMachine", "WorkflowStateMachine")
                .path("StateMachineType")
                .asText())
        .isEqualTo("STANDARD");
  }

  @Test
  void everyClassThatIsNamedIsInTheJarThatWasBuilt() throws IOException {
    for (JsonNode job : stack.all("AWS::Glue::Job").values()) {
      JsonNode arguments = job.path("DefaultArguments");
      assertThat(entries(Deployment.ARTIFACTS.jobJars().get(0)))
          .contains(arguments.path("--class").asText().replace('.', '/') + ".class");
      assertThat(Deployment.text(arguments.path("--extra-jars"))).endsWith(".jar");
    }
    String handler = stack.one("AWS::Lambda::Function", "TriggerFunction").path("Handler").asText();
    assertThat(handler).endsWith("::handleRequest");
    assertThat(entries(Deployment.ARTIFACTS.lambdaJar()))
        .contains(handler.split("::")[0].replace('.', '/') + ".class");
  }

  /** A filter on the ending would be a second rule, and S3's compares case. */
  @Test
  void s3HandsTheFunctionAllOfTheFolderThatItDecidesAbout() throws Exception {
    JsonNode notified =
        stack
            .one("AWS::S3::Bucket", "DataBucket")
            .at("/NotificationConfiguration/LambdaConfigurations");
    URL jar = Deployment.ARTIFACTS.lambdaJar().toUri().toURL();
    try (URLClassLoader deployed = new URLClassLoader(new URL[] {jar})) {
      Class<?> rule = deployed.loadClass("dev.waybill.lambdatrigger.PipelineInput");

      assertThat(notified).hasSize(1);
      assertThat(Deployment.text(notified.at("/0/Function"))).isEqualTo("<TriggerAlias>");
      assertThat(notified.at("/0/Event").asText()).isEqualTo("s3:ObjectCreated:*");
      assertThat(notified.at("/0/Filter/S3Key/Rules").toString())
          .isEqualTo(
              "[{\"Name\":\"prefix\",\"Value\":\"%s\"}]"
                  .formatted(rule.getField("FOLDER").get(null)));
    }
  }

  @Test
  void jobsScaleAreQueuedAndRetriedByTheWorkflowOnly() {
    for (JsonNode job : stack.all("AWS::Glue::Job").values()) {
      assertThat(job.path("GlueVersion").asText()).isEqualTo("6.0");
      assertThat(job.path("WorkerType").asText()).isEqualTo("G.1X");
      assertThat(job.path("NumberOfWorkers").asInt()).isEqualTo(10);
      assertThat(job.path("Timeout").asInt()).isEqualTo(60);
      assertThat(job.path("MaxRetries").asInt()).as("the workflow retries").isZero();
      assertThat(job.at("/ExecutionProperty/MaxConcurrentRuns").asInt()).isEqualTo(10);
      assertThat(job.path("JobRunQueuingEnabled").asBoolean()).isTrue();
      assertThat(job.at("/Connections/Connections")).hasSize(2);
      assertThat(Deployment.text(job.path("SecurityConfiguration"))).isEqualTo("<JobsSecurity>");
      JsonNode arguments = job.path("DefaultArguments");
      assertThat(arguments.path("--job-language").asText()).isEqualTo("scala");
      assertThat(arguments.path("--custom-logGroup-prefix").asText())
          .isEqualTo("/aws-glue/waybill");
      assertThat(arguments.path("--enable-auto-scaling").asText()).isEqualTo("true");
      assertThat(arguments.path("--enable-observability-metrics").asText()).isEqualTo("true");
    }
  }

  private static Set<String> entries(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      Set<String> names = new TreeSet<>();
      zip.stream().forEach(entry -> names.add(entry.getName()));
      return names;
    }
  }
}
