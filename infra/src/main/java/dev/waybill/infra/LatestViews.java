package dev.waybill.infra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.workflow.Tables.Column;
import dev.waybill.workflow.Tables.Table;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awscdk.services.glue.CfnTable.SerdeInfoProperty;
import software.amazon.awscdk.services.glue.CfnTable.StorageDescriptorProperty;
import software.amazon.awscdk.services.glue.CfnTable.TableInputProperty;

/**
 * Views of Athena: {@code latest} has the newest run of each input key that succeeded, and {@code
 * latest_<table>} the rows of those runs. The catalog keeps a view's SQL as Athena writes it there,
 * in the form of Presto, from which Athena comes.
 *
 * @see <a href="https://docs.aws.amazon.com/athena/latest/ug/views.html">Views in Athena</a>
 */
final class LatestViews {

  private static final String NAME = "latest";

  private static final List<Column> COLUMNS =
      List.of(
          text("run_id", "The run, as in the column run of the other tables"),
          text("input_key", "The key of its input"),
          text("started", "ISO 8601, UTC"),
          text("ended", "ISO 8601, UTC"),
          text("trace_id", "As X-Ray writes it"));

  /** Ids begin with the time of the upload, so the greatest is of the newest. */
  private static final String NEWEST =
      """
      SELECT run_id, input_key, started, ended, trace_id
      FROM (
        SELECT run_id, input.key AS input_key, started, ended, trace_id,
          row_number() OVER (PARTITION BY input.key ORDER BY run_id DESC) AS newest
        FROM "%s"."runs"
        WHERE status = 'SUCCEEDED'
      )
      WHERE newest = 1
      """;

  private static final String ROWS =
      "SELECT %s%nFROM \"%s\".\"%s\"%nWHERE run IN (SELECT run_id FROM \"%s\".\"latest\")%n";

  private LatestViews() {}

  /** All views, by name; none where no table has the runs. */
  static Map<String, TableInputProperty> of(String database, List<Table> tables) {
    Map<String, TableInputProperty> views = new LinkedHashMap<>();
    if (tables.stream().noneMatch(Catalog::isRuns)) {
      return views;
    }
    views.put(
        NAME,
        view(
            database,
            NAME,
            "The newest run of each input key that succeeded",
            NEWEST.formatted(database),
            COLUMNS));
    for (Table table : tables) {
      if (!Catalog.isRuns(table)) {
        String name = NAME + "_" + table.name();
        List<Column> columns = new ArrayList<>(table.columns());
        columns.add(text(Catalog.RUN, "The run that wrote the row"));
        String names =
            columns.stream()
                .map(column -> '"' + column.name() + '"')
                .collect(Collectors.joining(", "));
        views.put(
            name,
            view(
                database,
                name,
                table.comment() + ", of the newest run of each input key",
                ROWS.formatted(names, database, table.name(), database),
                columns));
      }
    }
    return views;
  }

  private static TableInputProperty view(
      String database, String name, String comment, String sql, List<Column> columns) {
    return TableInputProperty.builder()
        .name(name)
        .description(comment)
        .tableType("VIRTUAL_VIEW")
        .parameters(Map.of("presto_view", "true", "comment", comment))
        .viewOriginalText("/* Presto View: %s */".formatted(encoded(database, sql, columns)))
        .viewExpandedText("/* Presto View */")
        .storageDescriptor(
            StorageDescriptorProperty.builder()
                .columns(Catalog.columns(columns))
                .serdeInfo(SerdeInfoProperty.builder().build())
                .build())
        .build();
  }

  private static String encoded(String database, String sql, List<Column> columns) {
    ObjectMapper json = new ObjectMapper();
    ObjectNode view = json.createObjectNode();
    view.put("originalSql", sql).put("catalog", "awsdatacatalog").put("schema", database);
    ArrayNode list = view.putArray("columns");
    for (Column column : columns) {
      list.addObject().put("name", column.name()).put("type", presto(column.type()));
    }
    try {
      return Base64.getEncoder()
          .encodeToString(json.writeValueAsString(view).getBytes(StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("can't write the view " + sql, e);
    }
  }

  /** A column's type as Presto calls it; the tables of data sets have no nested ones. */
  private static String presto(String type) {
    return switch (type) {
      case "string" -> "varchar";
      case "int" -> "integer";
      default -> type;
    };
  }

  private static Column text(String name, String comment) {
    return new Column(name, "string", false, comment);
  }
}
