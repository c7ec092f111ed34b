package dev.waybill.gluejobs;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of the data sets, as {@code workflow/tables.json} lists them. The deployment makes
 * tables of the same file.
 *
 * @param tables one for each data set, by the name of its folder
 */
public record Contract(List<Table> tables) {

  private static final Contract LISTED = read();

  /**
   * A data set.
   *
   * @param name of its folder
   */
  public record Table(String name, String comment, List<Column> columns) {}

  /**
   * A column.
   *
   * @param type in lower case, as Hive and Spark write it
   * @param nullable whether a row may have none
   */
  public record Column(String name, String type, boolean nullable, String comment) {}

  /** The columns of a data set, in their order. */
  public static List<Column> columns(Output output) {
    return LISTED.tables.stream()
        .filter(table -> table.name.equals(output.folder()))
        .findFirst()
        .orElseThrow()
        .columns;
  }

  /** The same as Spark's schema; a column that every row has is not nullable there. */
  public static StructType schema(Output output) {
    StructType schema = new StructType();
    for (Column column : columns(output)) {
      schema = schema.add(column.name, DataType.fromDDL(column.type), column.nullable);
    }
    return schema;
  }

  private static Contract read() {
    try (InputStream in = Contract.class.getResourceAsStream("/tables.json")) {
      return new ObjectMapper().readValue(in, Contract.class);
    } catch (IOException e) {
      throw new UncheckedIOException("can't read the jar's tables.json", e);
    }
  }
}
