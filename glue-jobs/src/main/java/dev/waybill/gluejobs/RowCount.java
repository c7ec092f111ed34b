package dev.waybill.gluejobs;

import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.monotonically_increasing_id;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Observation;
import org.apache.spark.sql.Row;

/**
 * Counts rows where they pass, for what the job promises of them. It does not ask the telemetry,
 * which may lose events and must never fail a job.
 */
public final class RowCount {

  private static final String ROWS = "rows";

  private final Observation observation = new Observation();

  /**
   * The same rows, counted when an action runs them: in its last stage, whose tasks Spark counts
   * once each. To be called once.
   */
  public Dataset<Row> of(Dataset<Row> rows) {
    return observe(rows, count(lit(1)));
  }

  /**
   * The same rows of a single partition, counted in whatever stage. What goes into a shuffle is
   * lost with its executor; Spark then runs that stage once more, and adds what it observes to what
   * it observed before. The greatest number of a row stays the same. To be called once.
   */
  public Dataset<Row> ofOnePartition(Dataset<Row> rows) {
    return observe(rows, max(monotonically_increasing_id().plus(lit(1))));
  }

  /**
   * How many passed; waits for the action that runs them. Where Spark finds that there are no rows,
   * it drops the count from its plan with them.
   */
  public long rows() {
    try {
      Long rows = (Long) observation.getAsJava().get(ROWS);
      return rows == null ? 0 : rows;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for Spark's row count", e);
    }
  }

  private Dataset<Row> observe(Dataset<Row> rows, Column count) {
    return rows.observe(observation, count.as(ROWS));
  }
}
