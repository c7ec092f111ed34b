package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.workflow.Jobs;
import dev.waybill.workflow.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stack of a project that is not this checkout, as {@code ./waybill new} makes one. */
class OwnProjectTest {

  private static final String JOBS =
      """
      {"jobs": [{"name": "large-orders", %s, "state": "LargeOrders", "outputs": ["large_orders"]}]}
      """;

  @TempDir private Path project;

  @BeforeEach
  void writeTheWorkflow() throws IOException {
    Files.createDirectories(project.resolve("workflow"));
    Files.writeString(
        project.resolve("workflow/pipeline.asl.json"),
        """
        {"StartAt": "LargeOrders", "States": {"LargeOrders": {"Type": "Task",
          "Resource": "arn:aws:states:::glue:startJobRun.sync",
          "Parameters": {"JobName": "${LargeOrdersJobName}"}, "End": true}}}
        """);
  }

  @Test
  void aScriptIsDeployedAsAPythonJob() throws IOException {
    jobs("\"script\": \"orders.py\"");
    Files.writeString(project.resolve("orders.py"), "print('orders')\n");

    JsonNode job = deployed().one("AWS::Glue::Job", "JobsLargeOrders");

    assertThat(job.at("/DefaultArguments/--job-language").asText()).isEqualTo("python");
    assertThat(job.at("/DefaultArguments").has("--class")).isFalse();
    assertThat(job.at("/DefaultArguments/--extra-py-files").toString()).contains(".py");
    assertThat(job.at("/DefaultArguments/--extra-jars").toString()).contains(".jar");
    assertThat(job.at("/Command/Name").asText()).isEqualTo("glueetl");
    assertThat(job.at("/Command/PythonVersion").asText()).isEqualTo("3");
    assertThat(job.at("/Command/ScriptLocation").toString()).contains(".py");
  }

  @Test
  void aClassComesOutOfTheProjectsJar() throws IOException {
    jobs("\"class\": \"com.example.LargeOrders\"");
    Files.createDirectories(project.resolve("target"));
    Files.writeString(project.resolve("target/jobs.jar"), "a jar");

    Deployment stack = deployed();

    assertThat(
            stack.one("AWS::Glue::Job", "JobsLargeOrders").at("/DefaultArguments/--class").asText())
        .isEqualTo("com.example.LargeOrders");
    assertThat(stack.all("AWS::Glue::Job")).hasSize(1);
    assertThat(stack.all("AWS::S3::BucketPolicy").toString())
        .contains("/large_orders/*")
        .doesNotContain("/cleaned/*");
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    jobs("\"script\": \"orders.py\"");
    assertThatIllegalArgumentException()
        .isThrownBy(this::deployed)
        .withMessageContaining("names the script orders.py for the job large-orders");

    jobs("\"class\": \"com.example.LargeOrders\"");
    assertThatIllegalArgumentException()
        .isThrownBy(this::deployed)
        .withMessageContaining("target/jobs.jar is missing");
  }

  private void jobs(String what) throws IOException {
    Files.writeString(project.resolve(Jobs.FILE), JOBS.formatted(what));
  }

  private Deployment deployed() {
    return Deployment.of(Map.of(), Map.of(), new Artifacts(new Project(Deployment.ROOT, project)));
  }
}
