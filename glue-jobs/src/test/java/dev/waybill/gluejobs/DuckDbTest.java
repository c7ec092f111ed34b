package dev.waybill.gluejobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's queries, on a bucket that an engine which is not Spark reads. */
class DuckDbTest {

  private static final Path ROOT = Path.of(System.getProperty("waybill.root"));

  @TempDir private Path home;

  @Test
  void theReadmesQueriesTakeTheNewestRunOfEachFile() throws Exception {
    String python = System.getenv("WAYBILL_DUCKDB");
    assumeThat(python).as("WAYBILL_DUCKDB is not set: .ci/run sets it").isNotNull();
    TestBucket bucket = new TestBucket(Files.createDirectories(home.resolve("out/bucket")));
    String three = Listing.csv(List.of(Listing.of(1), Listing.of(2), Listing.of(3)));
    bucket.run("input/a.csv", three, "--run_id", "1-a");
    bucket.run("input/a.csv", three, "--run_id", "2-a", "--code_version", "1.2.3");
    failed("3-a");

    String said = duckDb(python, readme());

    assertThat(said.lines())
        .startsWith(
            "('1-a', 'SUCCEEDED', 'input/a.csv', 3, 3)",
            "('2-a', 'SUCCEEDED', 'input/a.csv', 3, 3)",
            "('3-a', 'FAILED', 'input/a.csv', None, None)",
            "('Brooklyn', 3, 120.0)")
        .contains("('waybill.run_id', '2-a')", "('waybill.code_version', '1.2.3')");
  }

  /** As the workflow leaves it. */
  private void failed(String run) throws IOException {
    Files.writeString(
        home.resolve("out/bucket/runs/index/" + run + ".json"),
        """
        {"run_id":"%s","status":"FAILED","input":{"bucket":"b","key":"input/a.csv","version_id":"","etag":"","size":1},\
        "warnings":[],"outputs":{},"error":{"type":"States.Timeout","cause":"too long"}}"""
            .formatted(run));
  }

  private static String readme() throws IOException {
    Matcher block =
        Pattern.compile("```sql\n(-- DuckDB.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(ROOT.resolve("README.md")));
    assertThat(block.find()).isTrue();
    return block.group(1);
  }

  private String duckDb(String python, String sql) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(python, ROOT.resolve(".ci/duckdb-query").toString(), sql)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
