package dev.waybill.gluetracing.internal.trace;

import io.opentelemetry.api.common.AttributeKey;
import java.util.List;

/**
 * Attribute keys of Waybill's own, for what OpenTelemetry's semantic conventions have no name for.
 * {@code docs/trace-contract.md} says on which span or metric each one stands.
 */
public final class WaybillAttributes {

  /** The run that this is part of: the Step Functions execution's name. */
  public static final AttributeKey<String> RUN_ID = AttributeKey.stringKey("waybill.run_id");

  /** The S3 key of the file that the run is about. */
  public static final AttributeKey<String> DATASET_KEY =
      AttributeKey.stringKey("waybill.dataset.key");

  public static final AttributeKey<String> JOB = AttributeKey.stringKey("waybill.job");
  public static final AttributeKey<String> JOB_RUN_ID =
      AttributeKey.stringKey("waybill.job_run_id");
  public static final AttributeKey<String> STATE = AttributeKey.stringKey("waybill.state");

  /** How often the workflow had tried this job before, from 0. */
  public static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("waybill.attempt");

  /** What a row came to: {@code read}, {@code cleaned}, {@code rejected} or {@code processed}. */
  public static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("outcome");

  /** Why a row was rejected. */
  public static final AttributeKey<String> REASON = AttributeKey.stringKey("reason");

  /** How many rows the job turned away, on its root span. */
  public static final AttributeKey<Long> ROWS_REJECTED =
      AttributeKey.longKey("waybill.rows.rejected");

  public static final AttributeKey<Long> STEP_ROWS_IN =
      AttributeKey.longKey("waybill.step.rows_in");

  /** Before the name of one of a step's several inputs: how many rows came in by it. */
  public static final String STEP_INPUT_ROWS = "waybill.step.input_rows.";

  public static final AttributeKey<Long> STEP_ROWS_OUT =
      AttributeKey.longKey("waybill.step.rows_out");

  /**
   * The steps whose work Spark did in the same stage, and whose time is therefore shared,
   * comma-separated.
   */
  public static final AttributeKey<String> STEP_FUSED_WITH =
      AttributeKey.stringKey("waybill.step.fused_with");

  /**
   * The values that the step filled in or replaced, by column and cause, the largest first: {@code
   * last_review: unreadable 3870, missing 12; …}.
   */
  public static final AttributeKey<String> STEP_VALUES_CHANGED =
      AttributeKey.stringKey("waybill.step.values_changed");

  /** Whose values were changed. */
  public static final AttributeKey<String> COLUMN = AttributeKey.stringKey("column");

  /** Why values were changed, for example {@code unreadable}. */
  public static final AttributeKey<String> CAUSE = AttributeKey.stringKey("cause");

  /** How many values were changed, on the event of a column and cause. */
  public static final AttributeKey<Long> VALUES = AttributeKey.longKey("values");

  /**
   * False on a step that Spark never ran, because nothing asked for its rows or there were none.
   */
  public static final AttributeKey<Boolean> STEP_EXECUTED =
      AttributeKey.booleanKey("waybill.step.executed");

  /** How many Spark events the listener never saw, because Spark's listener queue was full. */
  public static final AttributeKey<Long> SPARK_EVENTS_DROPPED =
      AttributeKey.longKey("waybill.spark.events_dropped");

  /** How many stages have no span of their own, because the trace has room only for the slowest. */
  public static final AttributeKey<Long> SPARK_STAGES_OMITTED =
      AttributeKey.longKey("waybill.spark.stages_omitted");

  /** The time of the stages without a span of their own, added up, in seconds. */
  public static final AttributeKey<Double> SPARK_STAGES_OMITTED_SECONDS =
      AttributeKey.doubleKey("waybill.spark.stages_omitted_seconds");

  /**
   * The executors that the job lost while it ran, and why, the first ten of them; one that Spark
   * gave back because it was idle is not lost.
   */
  public static final AttributeKey<List<String>> SPARK_EXECUTORS_LOST =
      AttributeKey.stringArrayKey("waybill.spark.executors_lost");

  public static final AttributeKey<Long> SPARK_JOB_ID = AttributeKey.longKey("spark.job.id");
  public static final AttributeKey<Long> SPARK_STAGE_ID = AttributeKey.longKey("spark.stage.id");
  public static final AttributeKey<Long> SPARK_STAGE_ATTEMPT =
      AttributeKey.longKey("spark.stage.attempt");
  public static final AttributeKey<Long> SPARK_STAGES = AttributeKey.longKey("spark.stages");
  public static final AttributeKey<Long> SPARK_TASKS = AttributeKey.longKey("spark.tasks");
  public static final AttributeKey<Long> SPARK_TASKS_FAILED =
      AttributeKey.longKey("spark.tasks.failed");
  public static final AttributeKey<Long> SPARK_INPUT_ROWS =
      AttributeKey.longKey("spark.input.rows");
  public static final AttributeKey<Long> SPARK_INPUT_BYTES =
      AttributeKey.longKey("spark.input.bytes");
  public static final AttributeKey<Long> SPARK_OUTPUT_ROWS =
      AttributeKey.longKey("spark.output.rows");
  public static final AttributeKey<Long> SPARK_OUTPUT_BYTES =
      AttributeKey.longKey("spark.output.bytes");
  public static final AttributeKey<Long> SPARK_SHUFFLE_READ_BYTES =
      AttributeKey.longKey("spark.shuffle.read.bytes");
  public static final AttributeKey<Long> SPARK_SHUFFLE_WRITE_BYTES =
      AttributeKey.longKey("spark.shuffle.write.bytes");
  public static final AttributeKey<Long> SPARK_SPILL_MEMORY_BYTES =
      AttributeKey.longKey("spark.spill.memory.bytes");
  public static final AttributeKey<Long> SPARK_SPILL_DISK_BYTES =
      AttributeKey.longKey("spark.spill.disk.bytes");

  /** Times of all tasks of a stage added up, in seconds. */
  public static final AttributeKey<Double> SPARK_RUN_TIME =
      AttributeKey.doubleKey("spark.executor.run_time");

  public static final AttributeKey<Double> SPARK_CPU_TIME =
      AttributeKey.doubleKey("spark.executor.cpu_time");
  public static final AttributeKey<Double> SPARK_GC_TIME = AttributeKey.doubleKey("spark.gc_time");
  public static final AttributeKey<Long> SPARK_PEAK_MEMORY_BYTES =
      AttributeKey.longKey("spark.peak_memory.bytes");

  /** The slowest task's time over the median task's: 1.0 is even. */
  public static final AttributeKey<Double> SPARK_SKEW = AttributeKey.doubleKey("spark.skew");

  /**
   * True where a stage had more tasks than are kept for the skew, which then speaks of the first
   * ones.
   */
  public static final AttributeKey<Boolean> SPARK_SKEW_SAMPLED =
      AttributeKey.booleanKey("spark.skew.sampled");

  /**
   * True on the early copy of a root span that the X-Ray exporter turns into an in-progress
   * segment.
   */
  public static final AttributeKey<Boolean> XRAY_IN_PROGRESS =
      AttributeKey.booleanKey("aws.xray.inprogress");

  private WaybillAttributes() {}

  /** How many rows came in by one of a step's several inputs. */
  public static AttributeKey<Long> stepInputRows(String input) {
    return AttributeKey.longKey(STEP_INPUT_ROWS + input.strip().replaceAll("\\s+", "_"));
  }
}
