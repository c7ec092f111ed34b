package dev.waybill.gluetracing;

import dev.waybill.gluetracing.internal.trace.JobRun;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A job run's arguments as Glue hands them to {@code main}: {@code --name value} pairs, Glue's own
 * among them ({@code --JOB_NAME}, {@code --JOB_RUN_ID} …). Names that nobody asks for are ignored,
 * because Glue adds to them as it likes. The names here are those of a traced job, all optional.
 * Safe for use by several threads.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html">Job
 *     parameters in Glue</a>
 */
public final class JobArguments {

  /**
   * The {@code X-Amzn-Trace-Id} under which the run was started, or a {@code traceparent} in its
   * place: whoever starts an execution may have no other. {@link #TRACEPARENT} counts before it.
   */
  public static final String TRACE_HEADER = "trace_header";

  /**
   * W3C Trace Context's {@code traceparent} of the span that the job is to hang under: {@code
   * 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01}.
   */
  public static final String TRACEPARENT = "traceparent";

  /** Its {@code tracestate}, which the job's spans and {@link TracedJob#tracestate()} carry on. */
  public static final String TRACESTATE = "tracestate";

  /**
   * The base URL of the collector's OTLP/HTTP receiver, for example {@code
   * http://user:password@collector:4318}; a job that is given anything else keeps its telemetry,
   * and says so. OpenTelemetry's own names count before it: {@code --otel_exporter_otlp_endpoint},
   * {@code --otel_exporter_otlp_traces_endpoint} …
   */
  public static final String OTLP_ENDPOINT = "otlp_endpoint";

  /**
   * {@code off} lets the job run as if it were not traced: nothing is observed, counted or sent.
   * Its log lines stay on the console. {@code aws} sends spans to X-Ray and metrics to CloudWatch,
   * of the job's own account and region and as its role, and nothing to a collector; log lines are
   * printed, as JSON with the trace's id. Without it, or with {@code on}, all goes by OTLP.
   */
  public static final String TELEMETRY = "telemetry";

  /** CloudWatch's namespace of the job's metrics, with {@code --telemetry aws}. */
  public static final String METRICS_NAMESPACE = "metrics_namespace";

  /** The CloudWatch log group, existing, that takes them as log events. */
  public static final String METRICS_LOG_GROUP = "metrics_log_group";

  /**
   * A folder of any file system that Hadoop knows. What the collector did not take is there at the
   * job's end, below it in a folder of this job run; without it, on the driver's disk.
   */
  public static final String TELEMETRY_FOLDER = "telemetry_folder";

  /** The Step Functions execution that runs the job. */
  public static final String EXECUTION_ARN = "execution_arn";

  /** The state of the execution in which it runs. */
  public static final String STATE_NAME = "state_name";

  /** How often the workflow had tried this job before, from 0. */
  public static final String ATTEMPT = "attempt";

  /** How often the execution was redriven; such a job's place in the trace is not looked up. */
  public static final String REDRIVE = "redrive";

  /** The run that this is part of. */
  public static final String RUN_ID = "run_id";

  /** The S3 bucket of the file that the run is about. */
  public static final String BUCKET = "bucket";

  /** The S3 key of the file that the run is about. */
  public static final String KEY = "key";

  /** The CloudWatch log groups that have the job's log records, comma-separated. */
  public static final String LOG_GROUP_NAMES = "log_group_names";

  /** Glue's name of the job. */
  public static final String JOB_NAME = "JOB_NAME";

  /** Glue's name of the job run. */
  public static final String JOB_RUN_ID = "JOB_RUN_ID";

  private final Map<String, String> values;
  private final Set<String> asked = ConcurrentHashMap.newKeySet();

  private JobArguments(Map<String, String> values) {
    this.values = values;
  }

  /**
   * Reads {@code --name value} and {@code --name=value}; a name that stands twice has its last
   * value.
   */
  public static JobArguments parse(String... args) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < args.length; i++) {
      if (!args[i].startsWith("--")) {
        continue;
      }
      String name = args[i].substring(2);
      int equals = name.indexOf('=');
      if (equals > 0) {
        values.put(name.substring(0, equals), name.substring(equals + 1));
      } else if (i + 1 < args.length && !args[i + 1].startsWith("--")) {
        values.put(name, args[++i]);
      }
    }
    return new JobArguments(Map.copyOf(values));
  }

  /** The argument's value, or empty where it is absent or blank. */
  public Optional<String> find(String name) {
    asked.add(name);
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isBlank());
  }

  /**
   * The argument's value.
   *
   * @throws IllegalArgumentException naming the argument, where it is absent or blank
   */
  public String require(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "job argument --%s is missing: give it to the job run, or to the job as a default; arguments given: %s"
                        .formatted(name, values.keySet().stream().sorted().toList())));
  }

  /** The names that were asked for so far: what a job reads of all that it was given. */
  public Set<String> asked() {
    return new TreeSet<>(asked);
  }

  /** Where telemetry goes. */
  enum Telemetry {
    ON,
    OFF,
    AWS
  }

  /**
   * Where telemetry goes.
   *
   * @throws IllegalArgumentException for any word that says none of it
   */
  Telemetry telemetry() {
    String given = find(TELEMETRY).orElse("on");
    return switch (given) {
      case "on" -> Telemetry.ON;
      case "off" -> Telemetry.OFF;
      case "aws" -> Telemetry.AWS;
      default ->
          throw new IllegalArgumentException(
              "job argument --%s is '%s'; it must be on, off or aws".formatted(TELEMETRY, given));
    };
  }

  /** Which run this is of that job. */
  JobRun run(String job) {
    return new JobRun(
        job,
        find(RUN_ID),
        find(BUCKET),
        find(KEY),
        find(EXECUTION_ARN),
        find(STATE_NAME),
        number(ATTEMPT),
        find(JOB_RUN_ID),
        find(LOG_GROUP_NAMES).map(names -> List.of(names.split(","))).orElse(List.of()));
  }

  int number(String name) {
    try {
      return find(name).map(Integer::parseInt).orElse(0);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
