package dev.waybill.workflow;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * The tables that a pipeline's data sets are to people who query them: {@code
 * workflow/tables.json}. The deployment makes them, and the listings jobs take their columns from
 * the same file.
 *
 * @param tables by the names of their folders; none where the project has no such file
 */
public record Tables(@JsonProperty("tables") List<Table> tables) {

  /** Where it is, from the project's folder. */
  public static final String FILE = "workflow/tables.json";

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /**
   * A table.
   *
   * @param name of the folder that holds its rows, in lower case
   */
  public record Table(
      @JsonProperty("name") String name,
      @JsonProperty("comment") String comment,
      @JsonProperty("columns") List<Column> columns) {}

  /**
   * A column.
   *
   * @param type as Hive writes it
   * @param nullable whether a row may have none
   */
  public record Column(
      @JsonProperty("name") String name,
      @JsonProperty("type") String type,
      @JsonProperty("nullable") boolean nullable,
      @JsonProperty("comment") String comment) {}

  /**
   * Reads a project's tables.
   *
   * @param project the folder that has {@code workflow/}
   * @throws IllegalArgumentException where the file is wrong, saying how
   */
  public static Tables of(Path project) {
    Path file = project.resolve(FILE);
    try {
      return JSON.readValue(Files.readString(file), Tables.class);
    } catch (NoSuchFileException none) {
      return new Tables(List.of());
    } catch (IOException e) {
      throw Unreadable.of(file, e);
    }
  }
}
