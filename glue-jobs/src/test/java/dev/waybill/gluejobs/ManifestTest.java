package dev.waybill.gluejobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.waybill.gluejobs.output.OutputFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.Type;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** What a run says of itself: in its manifest, in the list of runs, and in each Parquet file. */
@TestInstance(Lifecycle.PER_CLASS)
class ManifestTest {

  private static final List<Output> DATA_SETS =
      List.of(Output.CLEANED, Output.PROCESSED, Output.NEIGHBOURHOOD_SUMMARY, Output.QUARANTINE);
  private static final String TRACE = "1-5759e988-bd862e3fe1be46a994272793";

  @TempDir private static Path folder;
  private TestBucket bucket;
  private TestBucket.Run run;
  private JsonNode manifest;

  @BeforeAll
  void runBothJobs() {
    bucket = new TestBucket(folder);
    String csv =
        Listing.csv(List.of(Listing.of(1), Listing.of(2), Listing.of(3).with("price", "")));
    run =
        bucket.run(
            "input/a.csv",
            csv,
            "--version_id",
            "v1",
            "--etag",
            "e1",
            "--size",
            String.valueOf(csv.length()),
            "--started",
            "2026-11-20T10:00:00.000Z",
            "--trace_header",
            "Root=" + TRACE + ";Parent=53995c3f42cd8ad8;Sampled=1",
            "--code_version",
            "1.2.3");
    manifest = run.record("manifest.json");
  }

  @Test
  void theManifestSaysOfWhatWhenAndByWhatTheRunWas() {
    assertThat(manifest.path("run_id").asText()).isEqualTo("run-1");
    assertThat(manifest.path("status").asText()).isEqualTo("SUCCEEDED");
    assertThat(manifest.path("started").asText()).isEqualTo("2026-11-20T10:00:00.000Z");
    assertThat(Instant.parse(manifest.path("ended").asText())).isBefore(Instant.now());
    assertThat(manifest.path("trace_id").asText()).isEqualTo(TRACE);
    assertThat(manifest.at("/input/bucket").asText()).isEqualTo(bucket.name());
    assertThat(manifest.at("/input/key").asText()).isEqualTo("input/a.csv");
    assertThat(manifest.at("/input/version_id").asText()).isEqualTo("v1");
    assertThat(manifest.at("/input/etag").asText()).isEqualTo("e1");
    assertThat(manifest.at("/input/size").asLong()).isPositive();
    assertThat(manifest.path("run_date").asText()).isEqualTo(TestBucket.RUN_DATE);
    assertThat(manifest.path("code_version").asText()).isEqualTo("1.2.3");
    assertThat(manifest.path("error").isNull()).isTrue();
  }

  @Test
  void theManifestCountsRowsByOutcomeAndByDataSet() throws IOException {
    assertThat(manifest.path("rows").toString())
        .isEqualTo("{\"read\":3,\"cleaned\":2,\"processed\":2,\"rejected\":{\"invalid_price\":1}}");
    assertThat(manifest.at("/outputs/cleaned/rows").asLong()).isEqualTo(2);
    assertThat(manifest.at("/outputs/processed/rows").asLong()).isEqualTo(2);
    assertThat(manifest.at("/outputs/neighbourhood_summary/rows").asLong())
        .isEqualTo(run.rows(Output.NEIGHBOURHOOD_SUMMARY).size());
    assertThat(manifest.at("/outputs/quarantine/rows").asLong()).isEqualTo(1);
    for (Output output : DATA_SETS) {
      JsonNode described = manifest.at("/outputs/" + output.folder());
      assertThat(described.path("location").asText())
          .isEqualTo("s3://%s/%s/run=run-1".formatted(bucket.name(), output.folder()));
      assertThat(described.path("bytes").asLong()).isEqualTo(Files.size(file(output)));
      assertThat(described.path("schema_hash").asText()).matches("[0-9a-f]{64}");
    }
  }

  @Test
  void theListOfRunsHasTheManifestOnOneLine() throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("runs/index/run-1.json"));

    assertThat(lines).hasSize(1);
    assertThat(new ObjectMapper().readTree(lines.get(0))).isEqualTo(manifest);
  }

  @Test
  void everyParquetFileSaysWhatItWasMadeOf() throws IOException {
    for (Output output : DATA_SETS) {
      assertThat(footer(output).getKeyValueMetaData())
          .as("%s", output)
          .containsAllEntriesOf(
              Map.of(
                  "waybill.run_id", "run-1",
                  "waybill.trace_id", TRACE,
                  "waybill.input_key", "input/a.csv",
                  "waybill.input_version_id", "v1",
                  "waybill.code_version", "1.2.3"));
    }
  }

  @Test
  void filesHaveTheColumnsThatAreListedAndWhatIsAlwaysThereIsRequired() throws IOException {
    for (Output output : DATA_SETS) {
      assertThat(bucket.spark().read().parquet(file(output).toString()).schema())
          .as("%s", output)
          .isEqualTo(Contract.schema(output).toNullable());
      List<String> optional = new ArrayList<>();
      for (Type column : footer(output).getSchema().getFields()) {
        if (column.isRepetition(Type.Repetition.OPTIONAL)) {
          optional.add(column.getName());
        }
      }
      assertThat(optional)
          .as("%s", output)
          .isEqualTo(
              Contract.columns(output).stream()
                  .filter(Contract.Column::nullable)
                  .map(Contract.Column::name)
                  .toList());
    }
  }

  @Test
  void aRowWithoutAValueThatTheContractGuaranteesIsNotWritten() {
    RunArguments another = new RunArguments("run-2", bucket.name(), "input/a.csv", LocalDate.EPOCH);
    OutputFiles files =
        new OutputFiles(
            another,
            new Origin("", TRACE, new Origin.Input(bucket.name(), "input/a.csv", "", "", 0), "1"));
    Dataset<Row> broken =
        bucket
            .spark()
            .read()
            .parquet(file(Output.CLEANED).toString())
            .withColumn("price", functions.lit(null).cast("decimal(12,2)"));

    assertThatThrownBy(() -> files.write(broken, Output.CLEANED))
        .hasStackTraceContaining("a row to write has no price, which the data contract guarantees");
  }

  private FileMetaData footer(Output output) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(
                new org.apache.hadoop.fs.Path(file(output).toUri()), new Configuration()))) {
      return reader.getFooter().getFileMetaData();
    }
  }

  /** The only one. */
  private Path file(Output output) {
    String name =
        run.files(output).stream().filter(each -> each.endsWith(".parquet")).findFirst().get();
    return folder.resolve(output.folder()).resolve("run=run-1").resolve(name);
  }
}
