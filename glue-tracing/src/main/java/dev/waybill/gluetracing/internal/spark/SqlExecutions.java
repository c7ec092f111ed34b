package dev.waybill.gluetracing.internal.spark;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.sql.execution.ui.SparkListenerSQLAdaptiveExecutionUpdate;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart;

/** The newest SQL executions, by their ids. Not safe for use by several threads. */
final class SqlExecutions {

  /** More than Spark jobs: some executions have none. */
  private static final int KEPT = 2_000;

  private final Map<String, SqlExecution> byId =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, SqlExecution> eldest) {
          return size() > KEPT;
        }
      };

  /** Takes an event if it is one of theirs. */
  void take(SparkListenerEvent event) {
    if (event instanceof SparkListenerSQLExecutionStart started) {
      byId.put(String.valueOf(started.executionId()), SqlExecution.of(started));
    } else if (event instanceof SparkListenerSQLAdaptiveExecutionUpdate updated) {
      SqlExecution execution = of(String.valueOf(updated.executionId()));
      if (execution != null) {
        execution.add(updated.sparkPlanInfo());
      }
    } else if (event instanceof SparkListenerSQLExecutionEnd ended) {
      SqlExecution execution = of(String.valueOf(ended.executionId()));
      if (execution != null) {
        execution.end(ended);
      }
    }
  }

  /** Whether the execution that launched a Spark job has ended, as far as is known. */
  boolean isOver(SparkJob job) {
    SqlExecution execution = of(job.sqlExecution());
    return execution == null || execution.end() != null;
  }

  /** An execution, or null. */
  SqlExecution of(String id) {
    return byId.get(id);
  }
}
