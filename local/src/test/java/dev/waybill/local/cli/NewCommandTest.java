package dev.waybill.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.waybill.local.Json;
import dev.waybill.local.stepfunctions.StateMachine;
import dev.waybill.workflow.Job;
import dev.waybill.workflow.Jobs;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code waybill new} writes; {@code .ci/new-project} builds, runs and deploys it. */
class NewCommandTest {

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void saysWhatToDoNext() {
    assertThat(run("my-pipeline")).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("cd " + folder.resolve("my-pipeline"), "./waybill run sample-data/orders.csv");
    assertThat(folder.resolve("my-pipeline/sample-data/orders.csv")).isNotEmptyFile();
    assertThat(folder.resolve("my-pipeline/waybill")).isExecutable();
  }

  @Test
  void everyPlaceIsFilled() throws IOException {
    run("my-pipeline");

    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.filter(Files::isRegularFile))
          .hasSizeGreaterThan(10)
          .allSatisfy(
              file -> assertThat(Files.readString(file)).doesNotContainPattern("@[a-z.-]+@"));
    }
    assertThat(folder.resolve("my-pipeline/pom.xml"))
        .content()
        .contains("<artifactId>my-pipeline</artifactId>", "--add-opens");
  }

  @Test
  void theWorkflowRunsTheJobOfTheListAndNoOther() throws IOException {
    run("my-pipeline");
    Path project = folder.resolve("my-pipeline");
    Jobs jobs = Jobs.of(project);
    Path workflow = project.resolve("workflow/pipeline.asl.json");

    StateMachine.load("m", workflow, jobs.names(Job::name)); // fails where it names another job

    assertThat(jobs.jobs()).extracting(Job::mainClass).containsExactly("com.example.LargeOrders");
    assertThat(Files.readString(workflow)).doesNotContain("Listings", "failures.clean");
    assertThat(
            Json.parse(Files.readString(project.resolve("cdk.json")))
                .at("/context/stackName")
                .asText())
        .isEqualTo("my-pipeline");
  }

  @Test
  void aPythonProjectHasAScript() throws IOException {
    assertThat(run("my-pipeline", "--python")).as(err.toString()).isZero();

    Path project = folder.resolve("my-pipeline");
    assertThat(Jobs.of(project).jobs())
        .extracting(Job::script, Job::mainClass)
        .containsExactly(tuple("jobs/large_orders.py", null));
    assertThat(project.resolve("jobs/large_orders.py")).isNotEmptyFile();
    assertThat(project.resolve("pom.xml")).doesNotExist();
    assertThat(out.toString()).contains("in place of jobs/large_orders.py");
  }

  @ParameterizedTest
  @ValueSource(strings = {"My-Pipeline", "1st", "a_b", "a-name-that-is-longer-than-a-stack-may-be"})
  void aNameThatCanNotBeAStacksIsRefused(String name) {
    assertThat(run(name)).isEqualTo(2);
    assertThat(err.toString())
        .contains("a project can't have the name " + name, "lower case letters");
    assertThat(folder.resolve(name)).doesNotExist();
  }

  @Test
  void aFolderWithSomethingInItStaysAsItIs() throws IOException {
    Path mine = Files.writeString(Files.createDirectory(folder.resolve("mine")).resolve("x"), "1");

    assertThat(run("mine")).isEqualTo(2);
    assertThat(err.toString()).contains("mine exists and is not empty");
    try (Stream<Path> files = Files.list(mine.getParent())) {
      assertThat(files.toList()).isEqualTo(List.of(mine));
    }
  }

  private int run(String name, String... options) {
    List<String> words = new ArrayList<>(List.of("new", folder.resolve(name).toString()));
    words.addAll(List.of(options));
    return Waybill.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(words.toArray(String[]::new));
  }
}
