package dev.waybill.gluetracing;

import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Traces a Spark job of any language that knows nothing of Waybill: {@code
 * spark.plugins=dev.waybill.gluetracing.WaybillPlugin}. Its trace has the job, its Spark jobs and
 * stages with their rows, skew and spill, and why it failed; steps are what only {@link TracedJob}
 * knows, and where a job uses both, {@code TracedJob} traces alone.
 *
 * <p>The arguments that {@link JobArguments} names are read from the command line of the JVM and,
 * where they are not there, from Spark's configuration as {@code spark.waybill.<name>}.
 *
 * @see <a
 *     href="https://spark.apache.org/docs/4.1.1/api/java/org/apache/spark/api/plugin/SparkPlugin.html">Spark's
 *     plugins</a>
 */
public final class WaybillPlugin implements SparkPlugin {

  @Override
  public DriverPlugin driverPlugin() {
    return new NoCodeJob();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return null;
  }
}
