package dev.waybill.gluetracing.internal.spark;

import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.SubqueryAlias;
import org.apache.spark.sql.catalyst.plans.logical.UnaryNode;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.datasources.orc.OrcFileFormat;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2RelationBase;
import scala.jdk.javaapi.CollectionConverters;

/** Looks at logical plans for scans of files and tables, into which Spark can push filters. */
final class ScanPlans {

  private ScanPlans() {}

  /** Whether rows are read, selected and filtered, and no more: then all of it is one stage. */
  static boolean isScan(Dataset<?> rows) {
    return isScan(rows.queryExecution().analyzed());
  }

  /** Whether rows are made of a scan by a filter that Spark could push into it. */
  static boolean filters(Dataset<?> rows, Dataset<?> scan) {
    return filters(rows.queryExecution().analyzed()) > filters(scan.queryExecution().analyzed());
  }

  private static long filters(LogicalPlan plan) {
    long below =
        CollectionConverters.asJava(plan.children()).stream().mapToLong(ScanPlans::filters).sum();
    return plan instanceof Filter filter && isScan(plan) && isWorthPushing(filter)
        ? below + 1
        : below;
  }

  private static boolean isScan(LogicalPlan plan) {
    LogicalPlan source = source(plan);
    return source instanceof LogicalRelation || source instanceof DataSourceV2RelationBase;
  }

  /**
   * Whether a filter spares reading. Readers of files by rows, such as CSV and JSON, read all of
   * each file and drop the rows that the filter drops: there, only whole partitions can be spared.
   */
  private static boolean isWorthPushing(Filter filter) {
    if (source(filter) instanceof LogicalRelation relation
        && relation.relation() instanceof HadoopFsRelation files
        && !(files.fileFormat() instanceof ParquetFileFormat)
        && !(files.fileFormat() instanceof OrcFileFormat)) {
      Set<String> partitions = Set.of(files.partitionSchema().fieldNames());
      return CollectionConverters.asJava(filter.references().toSeq()).stream()
          .anyMatch(column -> partitions.contains(column.name()));
    }
    return true;
  }

  private static LogicalPlan source(LogicalPlan plan) {
    LogicalPlan node = plan;
    while (node instanceof Project || node instanceof Filter || node instanceof SubqueryAlias) {
      node = ((UnaryNode) node).child();
    }
    return node;
  }
}
