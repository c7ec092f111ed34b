package dev.waybill.gluetracing.internal.trace;

import static dev.waybill.gluetracing.internal.trace.DeclaredAttribute.Place.JOB;
import static dev.waybill.gluetracing.internal.trace.DeclaredAttribute.Place.SPARK_JOB;
import static dev.waybill.gluetracing.internal.trace.DeclaredAttribute.Place.STAGE;
import static dev.waybill.gluetracing.internal.trace.DeclaredAttribute.Place.TASK;
import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.doubleKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringArrayKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

import io.opentelemetry.api.common.AttributeKey;
import java.util.List;

/** The part of the registry that is about Spark, which has no semantic conventions. */
public final class SparkAttributes {

  private static final String SPARK = "waybill.spark.";
  private static final String ROWS = "{row}";
  private static final String BYTES = "By";
  private static final String SECONDS = "s";

  /** Before all constants: each adds itself. */
  static final Declarations DECLARED = new Declarations();

  public static final AttributeKey<Long> EVENTS_DROPPED =
      DECLARED.ours(
          longKey(SPARK + "events_dropped"),
          "{event}",
          "Events that Spark's listener queue dropped because it was full",
          JOB);
  public static final AttributeKey<Long> STAGES_OMITTED =
      DECLARED.ours(
          longKey(SPARK + "stages_omitted"),
          "{stage}",
          "Stages without a span of their own: only the slowest have one",
          JOB);
  public static final AttributeKey<Double> STAGES_OMITTED_SECONDS =
      DECLARED.ours(
          doubleKey(SPARK + "stages_omitted_seconds"),
          SECONDS,
          "Time of the stages without a span of their own",
          JOB);
  public static final AttributeKey<List<String>> EXECUTORS_LOST =
      DECLARED.ours(
          stringArrayKey(SPARK + "executors_lost"),
          "",
          "Executors that were lost and why, the first ten; an idle one given back is not lost",
          JOB);
  public static final AttributeKey<Double> PLAN_TIME =
      DECLARED.ours(
          doubleKey(SPARK + "plan_time"),
          SECONDS,
          "Time of the driver for describing and planning queries, while no stage of them ran",
          JOB);
  public static final AttributeKey<Double> COMMIT_TIME =
      DECLARED.ours(
          doubleKey(SPARK + "commit_time"),
          SECONDS,
          "Time of the driver for committing what queries wrote",
          JOB);
  public static final AttributeKey<Long> JOB_ID =
      DECLARED.ours(longKey(SPARK + "job.id"), "", "Spark's id of the job", SPARK_JOB, STAGE);
  public static final AttributeKey<Long> JOB_STAGES =
      DECLARED.ours(longKey(SPARK + "job.stages"), "{stage}", "Stages that ran", SPARK_JOB);
  public static final AttributeKey<Long> STAGE_ID =
      DECLARED.ours(longKey(SPARK + "stage.id"), "", "Spark's id of the stage", STAGE);
  public static final AttributeKey<Long> STAGE_ATTEMPT =
      DECLARED.ours(
          longKey(SPARK + "stage.attempt"),
          "{attempt}",
          "How often Spark had run the stage before, from 0",
          STAGE);
  public static final AttributeKey<Long> STAGE_TASKS = stage("tasks", "{task}", "Tasks");
  public static final AttributeKey<Long> STAGE_TASKS_FAILED =
      stage("tasks_failed", "{task}", "Attempts of tasks that failed");
  public static final AttributeKey<Long> STAGE_INPUT_ROWS =
      stage("input.rows", ROWS, "Read from outside Spark");
  public static final AttributeKey<Long> STAGE_INPUT_BYTES =
      stage("input.bytes", BYTES, "Read from outside Spark");
  public static final AttributeKey<Long> STAGE_OUTPUT_ROWS =
      stage("output.rows", ROWS, "Written outside Spark");
  public static final AttributeKey<Long> STAGE_OUTPUT_BYTES =
      stage("output.bytes", BYTES, "Written outside Spark");
  public static final AttributeKey<Long> STAGE_SHUFFLE_READ_BYTES =
      stage("shuffle.read.bytes", BYTES, "Read from shuffles");
  public static final AttributeKey<Long> STAGE_SHUFFLE_WRITE_BYTES =
      stage("shuffle.write.bytes", BYTES, "Written to shuffles");
  public static final AttributeKey<Long> STAGE_SPILL_MEMORY_BYTES =
      stage("spill.memory.bytes", BYTES, "Spilled, as it was in memory");
  public static final AttributeKey<Long> STAGE_SPILL_DISK_BYTES =
      stage("spill.disk.bytes", BYTES, "Spilled, as it was on disk");
  public static final AttributeKey<Long> STAGE_PEAK_MEMORY_BYTES =
      stage("peak_memory.bytes", BYTES, "Largest execution memory of a task");
  public static final AttributeKey<Double> STAGE_RUN_TIME =
      DECLARED.ours(doubleKey(SPARK + "stage.run_time"), SECONDS, "Run time of all tasks", STAGE);
  public static final AttributeKey<Double> STAGE_CPU_TIME =
      DECLARED.ours(doubleKey(SPARK + "stage.cpu_time"), SECONDS, "CPU time of all tasks", STAGE);
  public static final AttributeKey<Double> STAGE_GC_TIME =
      DECLARED.ours(
          doubleKey(SPARK + "stage.gc_time"),
          SECONDS,
          "Garbage collection during all tasks",
          STAGE);
  public static final AttributeKey<Double> STAGE_SKEW =
      DECLARED.ours(
          doubleKey(SPARK + "stage.skew"),
          "1",
          "The slowest task's time over the median task's: 1.0 is even",
          STAGE);
  public static final AttributeKey<Boolean> STAGE_SKEW_SAMPLED =
      DECLARED.ours(
          booleanKey(SPARK + "stage.skew_sampled"),
          "",
          "True where the skew is that of the first tasks only",
          STAGE);

  public static final AttributeKey<Long> TASK_INDEX =
      DECLARED.ours(longKey(SPARK + "task.index"), "", "Which of the stage's tasks, from 0", TASK);
  public static final AttributeKey<Long> TASK_ATTEMPT =
      DECLARED.ours(
          longKey(SPARK + "task.attempt"),
          "{attempt}",
          "How often Spark had run the task before, from 0",
          TASK);
  public static final AttributeKey<Long> TASK_INPUT_ROWS =
      DECLARED.ours(
          longKey(SPARK + "task.input.rows"),
          ROWS,
          "Read from outside Spark and from shuffles",
          TASK);
  public static final AttributeKey<String> EXECUTOR_ID =
      DECLARED.ours(stringKey(SPARK + "executor.id"), "", "Executor that ran it", TASK);

  private SparkAttributes() {}

  private static AttributeKey<Long> stage(String name, String unit, String description) {
    return DECLARED.ours(longKey(SPARK + "stage." + name), unit, description, STAGE);
  }
}
