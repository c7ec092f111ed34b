package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.waybill.workflow.Tables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What people can query: the tables of the Glue Data Catalog, and Athena's workgroup. */
class CatalogTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BUCKET = "s3://waybill-<AWS::AccountId>-<AWS::Region>/";

  /** Glue's limit. */
  private static final int LONGEST_COMMENT = 255;

  private final Deployment stack = Deployment.standard();
  private final Tables listed = Tables.of(Deployment.ROOT);

  @Test
  void everyDataSetIsATableWithTheColumnsThatAreListed() {
    for (Tables.Table table : listed.tables()) {
      JsonNode columns = table(table.name()).at("/StorageDescriptor/Columns");
      for (JsonNode column : columns) {
        assertThat(column.path("Comment").asText()).isNotBlank().hasSizeLessThan(LONGEST_COMMENT);
      }
      assertThat(columns.findValuesAsText("Name"))
          .isEqualTo(table.columns().stream().map(Tables.Column::name).toList());
      assertThat(columns.findValuesAsText("Type"))
          .isEqualTo(table.columns().stream().map(Tables.Column::type).toList());
      assertThat(columns.findValuesAsText("Comment"))
          .isEqualTo(table.columns().stream().map(Tables.Column::comment).toList());
    }
    assertThat(listed.tables())
        .extracting(Tables.Table::name)
        .containsExactly("cleaned", "processed", "neighbourhood_summary", "quarantine", "runs");
  }

  @Test
  void aRunIsAPartitionAndRunsAreRows() {
    JsonNode processed = table("processed");
    assertThat(processed.path("PartitionKeys").findValuesAsText("Name")).containsExactly("run");
    assertThat(Deployment.text(processed.at("/StorageDescriptor/Location")))
        .isEqualTo(BUCKET + "processed/");
    JsonNode runs = table("runs");
    assertThat(runs.path("PartitionKeys")).isEmpty();
    assertThat(Deployment.text(runs.at("/StorageDescriptor/Location")))
        .isEqualTo(BUCKET + "runs/index/");
    assertThat(runs.at("/StorageDescriptor/SerdeInfo/SerializationLibrary").asText())
        .isEqualTo("org.openx.data.jsonserde.JsonSerDe");
  }

  @Test
  void theLastJobAddsPartitionsAndNoOther() {
    assertThat(argument("JobsProcessListings")).isEqualTo("waybill");
    assertThat(argument("JobsCleanListings")).isEmpty();
    assertThat(
            Deployment.of(
                    Map.of("env", "prod", "environments", Map.of("prod", Map.of())),
                    Map.of(),
                    Deployment.ARTIFACTS)
                .one("AWS::Glue::Database", "CatalogDatabase")
                .at("/DatabaseInput/Name")
                .asText())
        .as("Athena takes no hyphens")
        .isEqualTo("waybill_prod");
  }

  @Test
  void withoutTablesThereIsNothingInTheCatalogAndNoJobWritesToIt() {
    Deployment none = Deployment.with(Map.of("tables", "false"));

    assertThat(none.all("AWS::Glue::Database")).isEmpty();
    assertThat(none.all("AWS::Glue::Table")).isEmpty();
    assertThat(none.one("AWS::Glue::Job", "JobsProcessListings").path("DefaultArguments"))
        .noneMatch(value -> value.asText().equals("waybill"));
    assertThat(none.all("AWS::IAM::Policy").toString()).doesNotContain("BatchCreatePartition");
  }

  @Test
  void theWorkgroupDecidesWhereResultsGoAndHowMuchAQueryMayScan() {
    assertThat(stack.all("AWS::Athena::WorkGroup")).isEmpty();

    Deployment queried =
        Deployment.with(
            Map.of(
                "athenaScanGiB",
                "10",
                "dataKey",
                "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-4e5f-6789-0abc-def012345678"));

    JsonNode workgroup = queried.one("AWS::Athena::WorkGroup", "QueriesWorkgroup");
    JsonNode configuration = workgroup.path("WorkGroupConfiguration");
    assertThat(workgroup.path("Name").asText()).isEqualTo("waybill");
    assertThat(configuration.path("EnforceWorkGroupConfiguration").asBoolean()).isTrue();
    assertThat(configuration.path("BytesScannedCutoffPerQuery").asLong()).isEqualTo(10L << 30);
    assertThat(Deployment.text(configuration.at("/ResultConfiguration/OutputLocation")))
        .isEqualTo(BUCKET + "athena-results/");
    assertThat(
            configuration
                .at("/ResultConfiguration/EncryptionConfiguration/EncryptionOption")
                .asText())
        .isEqualTo("SSE_KMS");
    assertThat(queried.one("AWS::S3::Bucket", "DataBucket").at("/LifecycleConfiguration/Rules"))
        .anyMatch(
            rule ->
                rule.path("Prefix").asText().equals("athena-results/")
                    && rule.path("ExpirationInDays").asInt() == 7);
    assertThatThrownBy(() -> Deployment.with(Map.of("athenaScanGiB", "10", "tables", "false")))
        .hasMessageContaining("athenaScanGiB and tables=false exclude each other");
  }

  /** DuckDB reads Athena's SQL as far as it is used here. */
  @Test
  void latestHasTheNewestRunOfEachFileThatSucceeded() throws Exception {
    List<String> said = duckDb("SELECT run_id, input_key FROM waybill.latest ORDER BY 1;");

    assertThat(said).containsExactly("('2-a', 'input/a.csv')", "('4-b', 'input/b.csv')");
    assertThat(duckDb("SELECT id, run FROM waybill.latest_cleaned ORDER BY 1;"))
        .containsExactly("(12, '2-a')", "(14, '4-b')");
  }

  @Test
  void theReadmesQueriesForAthenaRunOnTheTables() throws Exception {
    Matcher block =
        Pattern.compile("```sql\n(-- Athena.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Deployment.ROOT.resolve("README.md")));
    assertThat(block.find()).isTrue();

    assertThat(duckDb("USE waybill; " + block.group(1))).isNotEmpty();
  }

  private static List<String> duckDb(String query) throws IOException, InterruptedException {
    String python = System.getenv("WAYBILL_DUCKDB");
    assumeThat(python).as("WAYBILL_DUCKDB is not set: .ci/run sets it").isNotNull();
    StringBuilder sql =
        new StringBuilder(
            """
            CREATE SCHEMA waybill;
            CREATE TABLE waybill.runs AS SELECT * FROM (VALUES
              ('1-a', 'SUCCEEDED', {key: 'input/a.csv'}, {read: 3, rejected: MAP {'duplicate': 1}}),
              ('2-a', 'SUCCEEDED', {key: 'input/a.csv'}, {read: 3, rejected: MAP {'duplicate': 1}}),
              ('3-a', 'FAILED', {key: 'input/a.csv'}, NULL),
              ('4-b', 'SUCCEEDED', {key: 'input/b.csv'}, {read: 3, rejected: MAP {'duplicate': 1}}))
              AS t(run_id, status, input, "rows");
            ALTER TABLE waybill.runs ADD COLUMN started VARCHAR;
            ALTER TABLE waybill.runs ADD COLUMN ended VARCHAR;
            ALTER TABLE waybill.runs ADD COLUMN trace_id VARCHAR;
            """);
    for (Tables.Table table : Tables.of(Deployment.ROOT).tables()) {
      if (!table.name().equals("runs")) {
        List<String> columns = new ArrayList<>();
        table.columns().forEach(each -> columns.add('"' + each.name() + "\" " + each.type()));
        sql.append(
            "CREATE TABLE waybill.%s (%s, run VARCHAR);%n"
                .formatted(table.name(), String.join(", ", columns)));
      }
    }
    for (String run : List.of("1-a", "2-a", "3-a", "4-b")) {
      sql.append(
          "INSERT INTO waybill.cleaned (id, run) VALUES (1%s, '%s');%n"
              .formatted(run.charAt(0), run));
      sql.append(
          "INSERT INTO waybill.processed (id, neighbourhood_group, cost_per_night, run) VALUES (1%s, 'Bronx', 9, '%s');%n"
              .formatted(run.charAt(0), run));
    }
    views()
        .forEach(
            (name, view) -> sql.append("CREATE VIEW waybill.%s AS %s;%n".formatted(name, view)));
    Process process =
        new ProcessBuilder(
                python, Deployment.ROOT.resolve(".ci/duckdb-query").toString(), sql + query)
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said.lines().toList();
  }

  /** Their SQL, as Athena reads it. */
  private static Map<String, String> views() throws IOException {
    Map<String, String> views = new LinkedHashMap<>();
    for (JsonNode table : Deployment.standard().all("AWS::Glue::Table").values()) {
      JsonNode input = table.path("TableInput");
      if (input.path("TableType").asText().equals("VIRTUAL_VIEW")) {
        Matcher text =
            Pattern.compile("/\\* Presto View: (\\S+) \\*/")
                .matcher(input.path("ViewOriginalText").asText());
        assertThat(text.matches()).isTrue();
        JsonNode view = JSON.readTree(Base64.getDecoder().decode(text.group(1)));
        assertThat(view.path("schema").asText()).isEqualTo("waybill");
        assertThat(view.path("columns").findValuesAsText("name"))
            .isEqualTo(input.at("/StorageDescriptor/Columns").findValuesAsText("Name"));
        views.put(input.path("Name").asText(), view.path("originalSql").asText());
      }
    }
    return views;
  }

  private String argument(String job) {
    return stack.one("AWS::Glue::Job", job).at("/DefaultArguments/--catalog_database").asText();
  }

  private JsonNode table(String name) {
    return stack.all("AWS::Glue::Table").values().stream()
        .map(table -> table.path("TableInput"))
        .filter(table -> table.path("Name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
