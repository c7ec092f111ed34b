package dev.waybill.gluejobs;

import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

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
    return rows.observe(observation, count(lit(1)).as(ROWS));
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
}
