package dev.waybill.gluetracing.internal.otlp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.waybill.gluetracing.internal.trace.ErrorText;
import dev.waybill.gluetracing.internal.trace.JobRun;
import dev.waybill.gluetracing.internal.trace.WaybillAttributes;
import dev.waybill.gluetracing.internal.xray.TraceHeader;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.LoggerProvider;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/**
 * Gives the job's log lines their place in the trace: each becomes an OTLP log record, and where
 * there is a console, a JSON line on it with {@code trace_id}, {@code span_id} and the trace id as
 * X-Ray writes it. It joins the Log4j configuration it finds, Glue's or Spark's, and leaves it as
 * it was. Safe for use by several threads.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/logs/data-model/">OpenTelemetry log data
 *     model</a>
 */
public final class JobLogs extends AbstractAppender {

  private static final String WAYBILL = "dev.waybill";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final LoggerProvider otlp;
  private final Optional<PrintStream> out;
  private final SpanContext root;
  private final Map<String, String> fields;
  private final List<String> own;
  private final Map<String, LoggerConfig> added = new HashMap<>();
  private final AtomicReference<Throwable> trouble = new AtomicReference<>();

  private JobLogs(
      LoggerProvider otlp,
      Optional<PrintStream> out,
      List<String> own,
      SpanContext root,
      Map<String, String> fields) {
    super("waybill", null, null, true, Property.EMPTY_ARRAY);
    this.own = own;
    this.otlp = otlp;
    this.out = out;
    this.root = root;
    this.fields = fields;
  }

  /**
   * Where lines are printed.
   *
   * @param levels of the application's own loggers
   */
  public record Console(PrintStream out, Levels levels) {}

  /** What is done to levels. */
  public enum Levels {
    /** The application logs from INFO. */
    RAISED,
    /** Only what is logged anyway is taken. */
    AS_THEY_ARE
  }

  /**
   * Begins to take log lines: those of the application from INFO, all others from WARN, for Spark
   * says hundreds of things a job at INFO.
   *
   * @param console for JSON lines; without one, the job's output and its levels stay what they are
   * @param application the package of the job's own classes
   * @param root the span for lines that no step's thread wrote
   * @param run what every JSON line names besides
   */
  public static JobLogs attach(
      LoggerProvider otlp,
      Optional<Console> console,
      String application,
      SpanContext root,
      JobRun run) {
    JobLogs logs =
        new JobLogs(
            otlp, console.map(Console::out), List.of(WAYBILL, application), root, fields(run));
    boolean raised = console.filter(lines -> lines.levels == Levels.RAISED).isPresent();
    logs.start();
    LoggerContext context = context();
    context.getConfiguration().getRootLogger().addAppender(logs, null, null);
    for (String name : raised ? logs.own : List.<String>of()) {
      if (!context.getConfiguration().getLoggers().containsKey(name)) {
        LoggerConfig logger = new LoggerConfig(name, Level.INFO, true);
        logs.added.put(name, logger);
        context.getConfiguration().addLogger(name, logger);
      }
    }
    context.updateLoggers();
    return logs;
  }

  /** Takes no more lines. */
  public void detach() {
    LoggerContext context = context();
    Configuration configuration = context.getConfiguration();
    configuration.getRootLogger().removeAppender(getName());
    added.forEach(
        (name, logger) -> {
          if (configuration.getLoggers().get(name) == logger) {
            configuration.removeLogger(name);
          }
        });
    context.updateLoggers();
    stop();
  }

  /** Why a line could not be taken, if one could not. It can't be said where lines are taken. */
  public Optional<Throwable> trouble() {
    return Optional.ofNullable(trouble.get());
  }

  @Override
  public void append(LogEvent event) {
    try {
      if (event.getLevel().isMoreSpecificThan(Level.WARN) || isOwn(event.getLoggerName())) {
        take(event);
      }
    } catch (Throwable e) {
      trouble.compareAndSet(null, e);
    }
  }

  private void take(LogEvent event) {
    Throwable thrown = event.getThrown();
    take(
        new Line(
            event.getTimeMillis(),
            event.getLevel(),
            event.getLoggerName(),
            String.valueOf(event.getMessage().getFormattedMessage()),
            thrown == null
                ? Attributes.empty()
                : Attributes.of(
                    WaybillAttributes.EXCEPTION_TYPE, thrown.getClass().getName(),
                    WaybillAttributes.EXCEPTION_MESSAGE, ErrorText.of(thrown))));
  }

  /** Takes a line of this thread, whatever its level. */
  public void take(Line line) {
    SpanContext span = Span.fromContext(Context.current()).getSpanContext();
    SpanContext place = span.isValid() ? span : root;
    otlp.get(line.logger)
        .logRecordBuilder()
        .setContext(Context.root().with(Span.wrap(place)))
        .setTimestamp(line.millis, TimeUnit.MILLISECONDS)
        .setSeverity(severity(line.level))
        .setSeverityText(line.level.name())
        .setBody(line.text)
        .setAllAttributes(line.exception)
        .emit();
    out.ifPresent(lines -> lines.println(json(line, place)));
  }

  /**
   * A log line.
   *
   * @param millis since the epoch
   * @param exception attributes of the exception that it logs, by the semantic conventions
   */
  public record Line(long millis, Level level, String logger, String text, Attributes exception) {}

  private boolean isOwn(String logger) {
    return own.stream().anyMatch(name -> logger.equals(name) || logger.startsWith(name + "."));
  }

  private String json(Line said, SpanContext place) {
    Map<String, String> line = new LinkedHashMap<>();
    line.put("timestamp", java.time.Instant.ofEpochMilli(said.millis).toString());
    line.put("level", said.level.name());
    line.put("logger", said.logger);
    line.put("message", said.text);
    line.put("trace_id", place.getTraceId());
    line.put("span_id", place.getSpanId());
    line.put("xray_trace_id", TraceHeader.xrayTraceId(place.getTraceId()));
    line.putAll(fields);
    String exception = said.exception.get(WaybillAttributes.EXCEPTION_MESSAGE);
    if (exception != null) {
      line.put("exception", exception);
    }
    try {
      return JSON.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      return said.text;
    }
  }

  private static Map<String, String> fields(JobRun run) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("job", run.job());
    run.runId().ifPresent(value -> fields.put("run_id", value));
    run.jobRunId().ifPresent(value -> fields.put("job_run_id", value));
    return fields;
  }

  private static Severity severity(Level level) {
    return switch (level.getStandardLevel()) {
      case FATAL -> Severity.FATAL;
      case ERROR -> Severity.ERROR;
      case WARN -> Severity.WARN;
      case INFO -> Severity.INFO;
      case DEBUG -> Severity.DEBUG;
      default -> Severity.TRACE;
    };
  }

  private static LoggerContext context() {
    return (LoggerContext) LogManager.getContext(false);
  }
}
