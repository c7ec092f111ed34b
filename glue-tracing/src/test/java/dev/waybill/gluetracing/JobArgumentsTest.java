package dev.waybill.gluetracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class JobArgumentsTest {

  @Test
  void readsGluesFormAndIgnoresWhatNobodyAsksFor() {
    JobArguments arguments =
        JobArguments.parse(
            "--JOB_NAME", "x", "--flag", "--key", "input/a b.csv", "--a=b=c", "--n", "-3");

    assertThat(arguments.require("key")).isEqualTo("input/a b.csv");
    assertThat(arguments.require("a")).isEqualTo("b=c");
    assertThat(arguments.number("n")).isEqualTo(-3);
    assertThat(arguments.find("flag")).isEmpty();
  }

  @Test
  void namesTheArgumentThatIsMissing() {
    assertThatThrownBy(() -> JobArguments.parse("--bucket", "b").require("run_id"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "job argument --run_id is missing: give it to the job run, or to the job as a default; arguments given: [bucket]");
  }
}
