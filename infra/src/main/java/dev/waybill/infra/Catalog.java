package dev.waybill.infra;

import dev.waybill.workflow.Jobs;
import dev.waybill.workflow.Tables;
import dev.waybill.workflow.Tables.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.services.glue.CfnDatabase;
import software.amazon.awscdk.services.glue.CfnTable;
import software.amazon.awscdk.services.glue.CfnTable.ColumnProperty;
import software.amazon.awscdk.services.glue.CfnTable.StorageDescriptorProperty;
import software.amazon.awscdk.services.glue.CfnTable.TableInputProperty;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.constructs.Construct;

/**
 * The data sets as tables of the Glue Data Catalog, for Athena and whatever else reads it. A run is
 * a partition of each, which a job adds when all of the run is written. Of {@code runs}, whose rows
 * are JSON in one folder, there are no partitions.
 *
 * @see <a href="https://docs.aws.amazon.com/athena/latest/ug/partitions.html">Partitioned data in
 *     Athena</a>
 */
final class Catalog extends Construct {

  /** The partition's column, as in the folders' names. */
  static final String RUN = "run";

  private static final String PARQUET = "org.apache.hadoop.hive.ql.io.parquet.";

  private final DataBucket bucket;
  private final String database;
  private final List<Table> tables;

  Catalog(Construct scope, Settings settings, Tables tables, DataBucket bucket) {
    super(scope, "Catalog");
    this.bucket = bucket;
    this.tables = settings.tables() ? tables.tables() : List.of();
    this.database = settings.names().database();
    if (this.tables.isEmpty()) {
      return;
    }
    CfnDatabase made =
        CfnDatabase.Builder.create(this, "Database")
            .catalogId(Aws.ACCOUNT_ID)
            .databaseInput(
                CfnDatabase.DatabaseInputProperty.builder()
                    .name(database)
                    .description("What the pipeline of " + settings.stackName() + " writes")
                    .build())
            .build();
    for (Table table : this.tables) {
      create(made, table.name(), isRuns(table) ? runs(table) : partitioned(table));
    }
    LatestViews.of(database, this.tables).forEach((name, view) -> create(made, name, view));
  }

  /** What the job that adds partitions is given; empty without tables. */
  Map<String, String> arguments() {
    return tables.isEmpty() ? Map.of() : Map.of("--catalog_database", database);
  }

  /** Lets a job add partitions. */
  void grantPartitions(Role job) {
    if (tables.isEmpty()) {
      return;
    }
    List<String> resources = new ArrayList<>(List.of(arn("catalog"), arn("database/" + database)));
    tables.stream()
        .filter(table -> !isRuns(table))
        .forEach(table -> resources.add(arn("table/" + database + "/" + table.name())));
    job.addToPolicy(
        PolicyStatement.Builder.create()
            .actions(List.of("glue:BatchCreatePartition"))
            .resources(resources)
            .build());
  }

  private void create(CfnDatabase in, String name, TableInputProperty table) {
    CfnTable made =
        CfnTable.Builder.create(this, name)
            .catalogId(Aws.ACCOUNT_ID)
            .databaseName(database)
            .tableInput(table)
            .build();
    made.addResourceDependency(in);
  }

  private TableInputProperty partitioned(Table table) {
    return external(table, "parquet")
        .partitionKeys(
            List.of(
                ColumnProperty.builder()
                    .name(RUN)
                    .type("string")
                    .comment("The run that wrote the row; its id begins with the upload's time")
                    .build()))
        .storageDescriptor(
            StorageDescriptorProperty.builder()
                .columns(columns(table.columns()))
                .location(location(table.name()))
                .inputFormat(PARQUET + "MapredParquetInputFormat")
                .outputFormat(PARQUET + "MapredParquetOutputFormat")
                .serdeInfo(serde(PARQUET + "serde.ParquetHiveSerDe"))
                .build())
        .build();
  }

  private TableInputProperty runs(Table table) {
    return external(table, "json")
        .storageDescriptor(
            StorageDescriptorProperty.builder()
                .columns(columns(table.columns()))
                .location(location(Jobs.RUNS + "/index"))
                .inputFormat("org.apache.hadoop.mapred.TextInputFormat")
                .outputFormat("org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat")
                .serdeInfo(serde("org.openx.data.jsonserde.JsonSerDe"))
                .build())
        .build();
  }

  private static TableInputProperty.Builder external(Table table, String format) {
    return TableInputProperty.builder()
        .name(table.name())
        .description(table.comment())
        .tableType("EXTERNAL_TABLE")
        .parameters(Map.of("EXTERNAL", "TRUE", "classification", format));
  }

  /** As the catalog has them. */
  static List<ColumnProperty> columns(List<Tables.Column> columns) {
    return columns.stream()
        .map(
            column ->
                ColumnProperty.builder()
                    .name(column.name())
                    .type(column.type())
                    .comment(column.comment())
                    .build())
        .toList();
  }

  private static CfnTable.SerdeInfoProperty serde(String library) {
    return CfnTable.SerdeInfoProperty.builder().serializationLibrary(library).build();
  }

  static boolean isRuns(Table table) {
    return table.name().equals(Jobs.RUNS);
  }

  private String location(String folder) {
    return "s3://%s/%s/".formatted(bucket.name(), folder);
  }

  private static String arn(String resource) {
    return "arn:%s:glue:%s:%s:%s".formatted(Aws.PARTITION, Aws.REGION, Aws.ACCOUNT_ID, resource);
  }
}
