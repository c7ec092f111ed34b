package dev.waybill.gluetracing.internal.spark;

import java.time.Instant;

/** One Spark job. */
final class SparkJob {

  private final int id;
  private final String step;
  private final String sqlExecution;
  private final Instant start;
  private Instant end;
  private boolean failed;
  private int stagesRun;

  /**
   * Begins.
   *
   * @param step the span id of the step that launched it, or null
   * @param sqlExecution the id of the SQL execution that it is part of, or a name of its own
   */
  SparkJob(int id, String step, String sqlExecution, Instant start) {
    this.id = id;
    this.step = step;
    this.sqlExecution = sqlExecution;
    this.start = start;
  }

  int id() {
    return id;
  }

  String step() {
    return step;
  }

  String sqlExecution() {
    return sqlExecution;
  }

  Instant start() {
    return start;
  }

  /** When it ended, or null. */
  Instant end() {
    return end;
  }

  boolean failed() {
    return failed;
  }

  int stagesRun() {
    return stagesRun;
  }

  void ranStage() {
    stagesRun++;
  }

  void end(Instant at, boolean withFailure) {
    end = at;
    failed = withFailure;
  }
}
