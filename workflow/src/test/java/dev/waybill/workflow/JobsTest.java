package dev.waybill.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobsTest {

  private static final String CLASS = "\"name\": \"a\", \"class\": \"b.C\", \"state\": \"A\"";

  @TempDir private Path project;

  @Test
  void theListingsPipelineHasTwoJobs() {
    Jobs jobs = Jobs.of(Path.of(System.getProperty("waybill.root")));

    assertThat(jobs.jobs())
        .extracting(Job::name, Job::placeholder)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("clean-listings", "CleanListingsJobName"),
            org.assertj.core.groups.Tuple.tuple("process-listings", "ProcessListingsJobName"));
    assertThat(jobs.written())
        .containsExactly("cleaned", "quarantine", "processed", "neighbourhood_summary", "runs");
  }

  @Test
  void whatAJobDoesNotSayIsEmpty() throws IOException {
    write("{\"jobs\": [{" + CLASS + "}]}");

    assertThat(Jobs.of(project).jobs().get(0).arguments()).isEmpty();
    assertThat(Jobs.of(project).outputs()).isEmpty();
    assertThat(Jobs.of(project).written()).isEqualTo(List.of("runs"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          null                                                                      | at least one job
          {"jobs": [null]}                                                          | at least one job
          {"jobs": [{"name": "a", "class": "b", "state": "A", "outputs": [null]}]}  | the job a has null among
          {"jobs": [{"name": "a", "class": "b", "state": "A", "arguments": {"--x": null}}]} | the job a has null among
          {"jobs": []}                                                              | at least one job
          {}                                                                        | at least one job
          {"jobs": [{"name": "a", "state": "A"}]}                                   | the job a must have either a class or a script
          {"jobs": [{"name": "a", "state": "A", "class": "b", "script": "c.py"}]}   | the job a must have either a class or a script
          {"jobs": [{"name": "Count Orders", "class": "b", "state": "A"}]}          | Count Orders must be lower case words
          {"jobs": [{"class": "b", "state": "A"}]}                                  | the job name null must be
          {"jobs": [{"name": "a", "class": "b"}]}                                   | the job a has the state null
          {"jobs": [{"name": "a", "class": "b", "state": "A B"}]}                   | the job a has the state A B
          {"jobs": [{"name": "a", "class": "b", "state": "A", "outputs": ["input"]}]} | the job a has the output input
          {"jobs": [{"name": "a", "class": "b", "state": "A", "outputs": ["../x"]}]}  | the job a has the output ../x
          {"jobs": [{"name": "a", "class": "b", "state": "A", "arguments": {"x": "1"}}]} | the argument x, which must begin with --
          {"jobs": [{"name": "a", "class": "b", "state": "A"}, {"name": "a", "class": "b", "state": "B"}]} | two jobs have the name a
          {"jobs": [{"name": "a", "class": "b", "state": "A"}, {"name": "b", "class": "b", "state": "A"}]} | two jobs have the state A
          {"jobs": [{"name": "a", "clas": "b", "state": "A"}]}                      | has the unknown field clas in jobs[0]; known are
          {"jobs": [                                                                | can't be read, line 1
          """)
  void saysWhatIsWrongWithTheFile(String text, String words) throws IOException {
    write(text);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Jobs.of(project))
        .withMessageContaining(project.resolve(Jobs.FILE).toString())
        .withMessageContaining(words);
  }

  @Test
  void saysWhereItMissesTheFile() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Jobs.of(project))
        .withMessage(project.resolve(Jobs.FILE) + " is missing: it names the pipeline's jobs");
  }

  private void write(String text) throws IOException {
    Files.createDirectories(project.resolve("workflow"));
    Files.writeString(project.resolve(Jobs.FILE), text);
  }
}
