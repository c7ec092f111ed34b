package dev.waybill.gluetracing.internal.trace;

import static dev.waybill.gluetracing.internal.trace.DeclaredAttribute.Place.EVENT;
import static dev.waybill.gluetracing.internal.trace.DeclaredAttribute.Place.JOB;
import static dev.waybill.gluetracing.internal.trace.DeclaredAttribute.Place.LOG;
import static dev.waybill.gluetracing.internal.trace.DeclaredAttribute.Place.METRIC;
import static dev.waybill.gluetracing.internal.trace.DeclaredAttribute.Place.RESOURCE;
import static dev.waybill.gluetracing.internal.trace.DeclaredAttribute.Place.SPARK_JOB;
import static dev.waybill.gluetracing.internal.trace.DeclaredAttribute.Place.STAGE;
import static dev.waybill.gluetracing.internal.trace.DeclaredAttribute.Place.STEP;
import static dev.waybill.gluetracing.internal.trace.DeclaredAttribute.Place.TASK;
import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.doubleKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.semconv.CodeAttributes;
import io.opentelemetry.semconv.ErrorAttributes;
import io.opentelemetry.semconv.ExceptionAttributes;
import io.opentelemetry.semconv.JvmAttributes;
import io.opentelemetry.semconv.ServiceAttributes;
import io.opentelemetry.semconv.TelemetryAttributes;
import io.opentelemetry.semconv.incubating.AwsIncubatingAttributes;
import io.opentelemetry.semconv.incubating.CloudIncubatingAttributes;
import io.opentelemetry.semconv.incubating.FaasIncubatingAttributes;
import io.opentelemetry.semconv.incubating.HostIncubatingAttributes;
import io.opentelemetry.semconv.incubating.OtelIncubatingAttributes;
import java.util.List;
import java.util.stream.Stream;

/**
 * The registry: every attribute of spans, events, metrics, log records and resources, each declared
 * once. {@code docs/attributes.md} is made of it. Names are those of OpenTelemetry's semantic
 * conventions where they have one, and begin with {@code waybill.} where not.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/registry/attributes/">Attribute
 *     registry</a>
 */
public final class WaybillAttributes {

  private static final String XRAY =
      "https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/awsxrayexporter";
  private static final String ROWS = "{row}";

  /** Before all constants: each adds itself. */
  private static final Declarations DECLARED = new Declarations();

  public static final AttributeKey<String> S3_BUCKET =
      DECLARED.standard(AwsIncubatingAttributes.AWS_S3_BUCKET, "Bucket of the run's file", JOB);
  public static final AttributeKey<String> S3_KEY =
      DECLARED.standard(AwsIncubatingAttributes.AWS_S3_KEY, "Key of the run's file", JOB, LOG);
  public static final AttributeKey<String> STATE_MACHINE_ARN =
      DECLARED.standard(
          AwsIncubatingAttributes.AWS_STEP_FUNCTIONS_STATE_MACHINE_ARN,
          "State machine that runs the job",
          JOB);
  public static final AttributeKey<List<String>> LOG_GROUP_NAMES =
      DECLARED.standard(
          AwsIncubatingAttributes.AWS_LOG_GROUP_NAMES,
          "CloudWatch log groups that have the job's log records",
          RESOURCE);
  public static final AttributeKey<String> CLOUD_PROVIDER =
      DECLARED.standard(
          CloudIncubatingAttributes.CLOUD_PROVIDER,
          "Always `aws`: for another, the X-Ray exporter drops a segment's `aws` block",
          RESOURCE);
  public static final AttributeKey<String> CLOUD_REGION =
      DECLARED.standard(CloudIncubatingAttributes.CLOUD_REGION, "Of the execution", RESOURCE);
  public static final AttributeKey<String> CLOUD_ACCOUNT_ID =
      DECLARED.standard(CloudIncubatingAttributes.CLOUD_ACCOUNT_ID, "Of the execution", RESOURCE);
  public static final AttributeKey<String> CODE_FILE_PATH =
      DECLARED.standard(
          CodeAttributes.CODE_FILE_PATH, "Source file of the call that ran the stage", STAGE);
  public static final AttributeKey<Long> CODE_LINE_NUMBER =
      DECLARED.standard(CodeAttributes.CODE_LINE_NUMBER, "Line of that call", STAGE);
  public static final AttributeKey<String> ERROR_TYPE =
      DECLARED.standard(
          ErrorAttributes.ERROR_TYPE,
          "Class of the exception that the work failed with, `_OTHER` where none is known",
          JOB,
          STEP,
          SPARK_JOB,
          STAGE,
          TASK,
          METRIC);
  public static final AttributeKey<String> EXCEPTION_TYPE =
      DECLARED.standard(ExceptionAttributes.EXCEPTION_TYPE, "Class of the exception", EVENT, LOG);
  public static final AttributeKey<String> EXCEPTION_MESSAGE =
      DECLARED.standard(
          ExceptionAttributes.EXCEPTION_MESSAGE, "Message of the exception", EVENT, LOG);
  public static final AttributeKey<String> EXCEPTION_STACKTRACE =
      DECLARED.standard(
          ExceptionAttributes.EXCEPTION_STACKTRACE,
          "Stack trace of the exception; of a log record, only Python's",
          EVENT,
          LOG);
  public static final AttributeKey<String> FAAS_INVOCATION_ID =
      DECLARED.standard(
          FaasIncubatingAttributes.FAAS_INVOCATION_ID,
          "Request id of the Lambda invocation that wrote the line",
          LOG);
  public static final AttributeKey<String> HOST_NAME =
      DECLARED.standard(
          HostIncubatingAttributes.HOST_NAME,
          "Machine of the executor; the collector makes it a hash",
          TASK);
  public static final AttributeKey<String> JVM_MEMORY_TYPE =
      DECLARED.standard(JvmAttributes.JVM_MEMORY_TYPE, "`heap` or `non_heap`", METRIC);
  public static final AttributeKey<String> SERVICE_NAME =
      DECLARED.standard(
          ServiceAttributes.SERVICE_NAME, "Name of the job, or of the function", RESOURCE);
  public static final AttributeKey<String> SERVICE_NAMESPACE =
      DECLARED.standard(ServiceAttributes.SERVICE_NAMESPACE, "Always `waybill`", RESOURCE);
  public static final AttributeKey<String> SERVICE_INSTANCE_ID =
      DECLARED.standard(
          ServiceAttributes.SERVICE_INSTANCE_ID, "Glue's id of the job run", RESOURCE);

  public static final AttributeKey<Boolean> XRAY_IN_PROGRESS =
      DECLARED.declare(
          booleanKey("aws.xray.inprogress"),
          "",
          "True on the early copy of a job span, which X-Ray shows as in progress",
          XRAY,
          JOB);

  public static final AttributeKey<String> RUN_ID =
      DECLARED.ours(
          stringKey("waybill.run_id"), "", "Name of the Step Functions execution", JOB, RESOURCE);
  public static final AttributeKey<String> EXECUTION_ARN =
      DECLARED.ours(stringKey("waybill.execution.arn"), "", "ARN of the execution", JOB);
  public static final AttributeKey<String> STATE =
      DECLARED.ours(
          stringKey("waybill.state"), "", "State of the execution that runs the job", JOB);
  public static final AttributeKey<Long> ATTEMPT =
      DECLARED.ours(
          longKey("waybill.attempt"),
          "{attempt}",
          "How often the workflow had tried the job before, from 0",
          JOB);
  public static final AttributeKey<String> JOB_NAME =
      DECLARED.ours(stringKey("waybill.job"), "", "Name of the job", JOB, METRIC);
  public static final AttributeKey<String> JOB_RUN_ID =
      DECLARED.ours(stringKey("waybill.job_run_id"), "", "Glue's id of the job run", RESOURCE);

  public static final AttributeKey<String> OUTCOME =
      DECLARED.ours(
          stringKey("waybill.outcome"),
          "",
          "What a row came to: `read`, `cleaned`, `rejected` or `processed`",
          METRIC);
  public static final AttributeKey<String> REASON =
      DECLARED.ours(stringKey("waybill.reason"), "", "Why a row was rejected", METRIC);
  public static final AttributeKey<String> STATUS =
      DECLARED.ours(
          stringKey("waybill.status"), "", "How a job ended: `SUCCEEDED` or `FAILED`", METRIC);
  public static final AttributeKey<String> COLUMN =
      DECLARED.ours(stringKey("waybill.column"), "", "Whose values were changed", EVENT, METRIC);
  public static final AttributeKey<String> CAUSE =
      DECLARED.ours(
          stringKey("waybill.cause"),
          "",
          "Why values were changed, such as `unreadable`",
          EVENT,
          METRIC);
  public static final AttributeKey<Long> VALUES =
      DECLARED.ours(longKey("waybill.values"), "{value}", "How many values were changed", EVENT);
  public static final AttributeKey<Long> ROWS_REJECTED =
      DECLARED.ours(longKey("waybill.rows.rejected"), ROWS, "Rows that the job rejected", JOB);
  public static final AttributeKey<Double> GLUE_DPU_SECONDS =
      DECLARED.ours(
          doubleKey("waybill.glue.dpu_seconds"),
          "{DPU}.s",
          "Time of the driver and of all executors, times the DPUs of a worker; Glue's own figure"
              + " comes after the run",
          JOB);
  public static final AttributeKey<Double> COST =
      DECLARED.ours(
          doubleKey("waybill.cost"),
          "{USD}",
          "What Glue charges for these DPU-seconds by its list price, a minute at least; locally,"
              + " what it would",
          JOB);

  public static final AttributeKey<Long> STEP_ROWS_IN =
      DECLARED.ours(longKey("waybill.step.rows_in"), ROWS, "Rows before the step", STEP);

  /** Before an input's name. */
  private static final String INPUT_ROWS = "waybill.step.input_rows.";

  static {
    DECLARED.ours(
        longKey(INPUT_ROWS + "<input>"), ROWS, "Rows that came in by one of several inputs", STEP);
  }

  public static final AttributeKey<Long> STEP_ROWS_OUT =
      DECLARED.ours(longKey("waybill.step.rows_out"), ROWS, "Rows after the step", STEP);
  public static final AttributeKey<String> STEP_FUSED_WITH =
      DECLARED.ours(
          stringKey("waybill.step.fused_with"),
          "",
          "Steps that ran in the same stage and share its time, comma-separated",
          STEP);
  public static final AttributeKey<String> STEP_VALUES_CHANGED =
      DECLARED.ours(
          stringKey("waybill.step.values_changed"),
          "",
          "Values that the step filled in or replaced, by column and cause, the largest first",
          STEP);
  public static final AttributeKey<Boolean> STEP_EXECUTED =
      DECLARED.ours(
          booleanKey("waybill.step.executed"),
          "",
          "False on a step that Spark never ran: nothing asked for its rows, or there were none",
          STEP);

  static {
    DECLARED.standard(OtelIncubatingAttributes.OTEL_COMPONENT_NAME, "Set by the SDK", METRIC);
    DECLARED.standard(OtelIncubatingAttributes.OTEL_COMPONENT_TYPE, "Set by the SDK", METRIC);
    DECLARED.standard(TelemetryAttributes.TELEMETRY_SDK_NAME, "Set by the SDK", RESOURCE);
    DECLARED.standard(TelemetryAttributes.TELEMETRY_SDK_LANGUAGE, "Set by the SDK", RESOURCE);
    DECLARED.standard(TelemetryAttributes.TELEMETRY_SDK_VERSION, "Set by the SDK", RESOURCE);
  }

  private WaybillAttributes() {}

  /** How many rows came in by one of a step's several inputs. */
  public static AttributeKey<Long> stepInputRows(String input) {
    return longKey(INPUT_ROWS + input.strip().replaceAll("\\s+", "_"));
  }

  /** All of them, Spark's included, in the order of the page. */
  public static List<DeclaredAttribute> all() {
    return Stream.concat(DECLARED.all().stream(), SparkAttributes.DECLARED.all().stream()).toList();
  }
}
