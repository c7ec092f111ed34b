package dev.waybill.gluejobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.debug.package$;
import org.apache.spark.sql.util.QueryExecutionListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Spark makes of the jobs' plans. */
class GeneratedCodeTest {

  /** HotSpot interprets a method with more bytecode, for good (its DontCompileHugeMethods). */
  private static final int MOST_BYTES = 8_000;

  private static final Path SAMPLE = Path.of("../sample-data/listings.csv");

  /** The largest method of each whole-stage code, in bytes, by the code. */
  private final Map<String, Integer> largest = new ConcurrentHashMap<>();

  @Test
  void noMethodIsTooLargeToBeCompiled(@TempDir Path folder) throws Exception {
    TestBucket bucket = new TestBucket(folder);
    SparkSession spark = bucket.spark();
    QueryExecutionListener listener = listener();
    spark.listenerManager().register(listener);
    try {
      bucket.run("input/sample.csv", Files.readAllBytes(SAMPLE));
      spark.sparkContext().listenerBus().waitUntilEmpty();
    } finally {
      spark.listenerManager().unregister(listener);
    }

    assertThat(largest).as("stages of both jobs").hasSizeGreaterThan(10);
    assertThat(largest.values()).allMatch(bytes -> bytes <= MOST_BYTES);
    assertThat(largest.values())
        .as("the checks are in one of them")
        .anyMatch(bytes -> bytes > MOST_BYTES / 2);
  }

  private QueryExecutionListener listener() {
    return new QueryExecutionListener() {
      @Override
      public void onSuccess(String function, QueryExecution query, long nanoseconds) {
        var stages = package$.MODULE$.codegenStringSeq(query.executedPlan()).iterator();
        while (stages.hasNext()) {
          var stage = stages.next();
          largest.put(stage._2(), stage._3().maxMethodCodeSize());
        }
      }

      @Override
      public void onFailure(String function, QueryExecution query, Exception error) {
        throw new AssertionError(error);
      }
    };
  }
}
