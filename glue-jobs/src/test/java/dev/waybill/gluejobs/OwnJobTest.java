package dev.waybill.gluejobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/operating.md, which shows how to bring a job of one's own. */
class OwnJobTest {

  private static final Path ROOT = Path.of(System.getProperty("waybill.root"));

  @TempDir private Path folder;

  @Test
  void runsAfterTheOthersOnWhatTheyLeft() {
    TestBucket bucket = new TestBucket(folder);
    bucket.run("input/a.csv", Listing.csv(List.of(Listing.of(1))));

    assertThatCode(() -> CountListings.main(bucket.arguments("input/a.csv", "--least_rows", "1")))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () -> CountListings.main(bucket.arguments("input/a.csv", "--least_rows", "2")))
        .isInstanceOf(InvalidInput.class)
        .hasMessage("INVALID_INPUT: input/a.csv: 1 rows are left, expected 2 at least");
  }

  @Test
  void standsInTheGuideWordForWord() throws Exception {
    String source =
        Files.readString(
            ROOT.resolve("glue-jobs/src/test/java/dev/waybill/gluejobs/CountListings.java"),
            StandardCharsets.UTF_8);
    String job = source.substring(source.indexOf("public final class"));

    assertThat(Files.readString(ROOT.resolve("docs/operating.md"), StandardCharsets.UTF_8))
        .contains(job);
  }
}
