package dev.waybill.gluejobs.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.gluejobs.Contract;
import dev.waybill.gluejobs.Output;
import dev.waybill.gluejobs.RunRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;

/**
 * Makes a run's data sets partitions of the tables in the Glue Data Catalog, which bear the names
 * of their folders. Only complete data sets become partitions, so a query sees no half of a run.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/glue/latest/webapi/API_BatchCreatePartition.html">BatchCreatePartition</a>
 */
public final class CatalogPartitions {

  /**
   * The job argument that names the tables' database. Without it, as on a laptop, there is no
   * catalog.
   */
  public static final String DATABASE = "catalog_database";

  private static final String PACKAGE = "org.apache.hadoop.hive.ql.io.parquet.";
  private static final String THERE_ALREADY = "AlreadyExistsException";
  private static final String NOT_THERE = "EntityNotFoundException";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final GlueCalls glue;
  private final String database;

  public CatalogPartitions(String database) {
    this(database, new GlueCalls(System.getenv()));
  }

  CatalogPartitions(String database, GlueCalls glue) {
    this.database = database;
    this.glue = glue;
  }

  /**
   * Adds those of a run; what an earlier attempt added stays.
   *
   * @throws IllegalStateException naming the table and what Glue said
   * @throws UncheckedIOException where Glue can't be reached
   */
  public void add(RunRecord run) {
    run.outputs()
        .forEach(
            (name, data) -> {
              Output output = Output.ofFolder(name);
              ObjectNode request =
                  JSON.createObjectNode().put("DatabaseName", database).put("TableName", name);
              request.putArray("PartitionInputList").add(partition(run.runId(), output, data));
              add(run.runId(), name, request);
            });
  }

  /**
   * Removes those of a run whose data sets are gone.
   *
   * @param tables names of those that may have one
   * @return how many tables know it no more; 0 where there are no tables
   * @throws IOException with what Glue said, or why it can't be reached
   */
  public int remove(String runId, Collection<String> tables) throws IOException {
    int removed = 0;
    for (String table : tables) {
      ObjectNode request =
          JSON.createObjectNode().put("DatabaseName", database).put("TableName", table);
      request.putArray("PartitionsToDelete").addObject().putArray("Values").add(runId);
      try {
        removed += glue.call("BatchDeletePartition", request).path("Errors").isEmpty() ? 1 : 0;
      } catch (IOException e) {
        if (!e.getMessage().startsWith(NOT_THERE)) {
          throw e;
        }
      }
    }
    return removed;
  }

  private void add(String runId, String table, ObjectNode request) {
    JsonNode answer;
    try {
      answer = glue.call("BatchCreatePartition", request);
    } catch (IOException e) {
      throw new UncheckedIOException(problem(runId, table, e.getMessage()), e);
    }
    for (JsonNode error : answer.path("Errors")) {
      String code = error.at("/ErrorDetail/ErrorCode").asText();
      if (!code.equals(THERE_ALREADY)) {
        throw new IllegalStateException(
            problem(runId, table, code + ": " + error.at("/ErrorDetail/ErrorMessage").asText()));
      }
    }
  }

  private String problem(String runId, String table, String reason) {
    return "can't add run %s to the table %s.%s: %s. Its data sets are complete; once the reason is gone, start the execution again"
        .formatted(runId, database, table, reason);
  }

  private static ObjectNode partition(String runId, Output output, RunRecord.DataSet data) {
    ObjectNode partition = JSON.createObjectNode();
    partition.putArray("Values").add(runId);
    ObjectNode storage = partition.putObject("StorageDescriptor");
    storage
        .put("Location", data.location() + "/")
        .put("InputFormat", PACKAGE + "MapredParquetInputFormat")
        .put("OutputFormat", PACKAGE + "MapredParquetOutputFormat")
        .putObject("SerdeInfo")
        .put("SerializationLibrary", PACKAGE + "serde.ParquetHiveSerDe");
    ArrayNode columns = storage.putArray("Columns");
    for (Contract.Column column : Contract.columns(output)) {
      columns.addObject().put("Name", column.name()).put("Type", column.type());
    }
    return partition;
  }
}
