package dev.waybill.gluetracing;

import org.apache.spark.util.ShutdownHookManager;
import scala.runtime.BoxedUnit;

/**
 * What a job does when its JVM is told to stop. It is one of Spark's shutdown hooks, which run one
 * after the other, and before the SparkContext's: Spark's events can still be drained, and Hadoop's
 * file systems are open. Spark gives all of them 30 s.
 *
 * @see <a
 *     href="https://github.com/apache/spark/blob/v4.1.1/core/src/main/scala/org/apache/spark/util/ShutdownHookManager.scala">Spark's
 *     shutdown hooks</a>
 */
final class StopHook {

  private static final int PRIORITY = ShutdownHookManager.SPARK_CONTEXT_SHUTDOWN_PRIORITY() + 10;

  private final Object hook;

  private StopHook(Object hook) {
    this.hook = hook;
  }

  static StopHook register(Runnable stopped) {
    return new StopHook(
        ShutdownHookManager.addShutdownHook(
            PRIORITY,
            () -> {
              stopped.run();
              return BoxedUnit.UNIT;
            }));
  }

  /** Does nothing where the JVM stops already. */
  void remove() {
    ShutdownHookManager.removeShutdownHook(hook);
  }
}
