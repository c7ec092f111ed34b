import dev.waybill.gluetracing.TracedJob;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Times an action behind steps that describe, on few rows and on many; .ci/step-cost runs it. */
public final class StepCost {

  private static final int STEPS = 20;
  private static final int TIMES = 9;

  public static void main(String[] args) {
    try (TracedJob job = TracedJob.start("step-cost", args)) {
      for (long rows : new long[] {10, 2_000_000}) {
        for (int steps : new int[] {0, STEPS}) {
          List<Double> times = new ArrayList<>();
          for (int i = 0; i < TIMES; i++) {
            long begin = System.nanoTime();
            Dataset<Row> data = job.spark().range(0, rows, 1, 2).toDF("id");
            for (int step = 0; step < steps; step++) {
              String name = "c" + step % 5;
              data = job.step("add " + step, data, r -> r.withColumn(name, r.col("id").plus(1)));
            }
            data.where("id % 1000 = 0").collectAsList();
            times.add((System.nanoTime() - begin) / 1e6);
          }
          Collections.sort(times);
          System.out.printf("%d rows, %d steps: %.1f ms%n", rows, steps, times.get(TIMES / 2));
        }
      }
      job.complete();
    }
  }
}
