package dev.waybill.gluetracing;

import dev.waybill.gluetracing.internal.spark.SparkEvents;
import dev.waybill.gluetracing.internal.trace.ErrorText;
import dev.waybill.gluetracing.internal.trace.Harmless;
import dev.waybill.gluetracing.internal.trace.JobSpans;
import dev.waybill.gluetracing.internal.trace.Outcome;
import dev.waybill.gluetracing.internal.trace.StepSpan;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps that run now, each on its own thread and within the step that the thread was in. Spark
 * jobs that a thread launches are those of its step. Safe for use by several threads.
 */
final class RunningSteps {

  private static final Logger LOG = LoggerFactory.getLogger(RunningSteps.class);
  private static final ContextKey<StepSpan> STEP = ContextKey.named("waybill-step");

  private final JobSpans spans;
  private final SpanContext root;
  private final JobOutcome outcome;
  private final Harmless harmless;
  private final Clock clock;
  private final SparkContext spark;
  private final SparkEvents events;
  private final Set<StepSpan> open = ConcurrentHashMap.newKeySet();

  RunningSteps(
      JobSpans spans,
      SpanContext root,
      JobOutcome outcome,
      Harmless harmless,
      Clock clock,
      SparkContext spark,
      SparkEvents events) {
    this.spans = spans;
    this.root = root;
    this.outcome = outcome;
    this.harmless = harmless;
    this.clock = clock;
    this.spark = spark;
    this.events = events;
  }

  /** What becomes of a step that went well. */
  @FunctionalInterface
  interface Ending<T> {
    T end(StepSpan step, T result) throws Exception;
  }

  /** Reserves the span of a step of this thread that begins now. */
  StepSpan begin(String name) {
    StepSpan enclosing = Context.current().get(STEP);
    boolean ours = enclosing != null && enclosing.self().getTraceId().equals(root.getTraceId());
    return new StepSpan(name, spans.reserve(), ours ? enclosing.self() : root, clock.instant());
  }

  /**
   * Runs work as a step. The span of one that fails is written here, and so is the error.
   *
   * @param ending gives what the caller gets; the work's result where it fails
   */
  <T> T run(StepSpan step, Callable<T> work, Ending<T> ending) {
    try (Entered entered = enter(step)) {
      try {
        return entered.end(work.call(), ending);
      } catch (Throwable e) {
        entered.fail(e);
        throw unchecked(step.name(), e);
      }
    }
  }

  /** Lets this thread be in a step, until it closes that. */
  Entered enter(StepSpan step) {
    return new Entered(step);
  }

  /** A step that this thread is in. For use by one thread. */
  final class Entered implements AutoCloseable {

    private final StepSpan step;
    private final String mark;
    private final Scope scope;

    private Entered(StepSpan step) {
      this.step = step;
      outcome.goesOn();
      open.add(step);
      mark = mark(events.mark(step.self()));
      scope = Context.current().with(Span.wrap(step.self())).with(STEP, step).makeCurrent();
    }

    /** It went well; gives what becomes of its result. */
    <T> T end(T result, Ending<T> ending) {
      outcome.goesOn();
      return open.remove(step)
          ? harmless.get(
              "record step '" + step.name() + "'", () -> ending.end(step, result), result)
          : result;
    }

    /** It failed. */
    void fail(Throwable e) {
      if (open.remove(step)) {
        harmless.run("record failed step '" + step.name() + "'", () -> failed(step, e));
      }
    }

    @Override
    public void close() {
      scope.close();
      events.ran(step, clock.instant());
      mark(mark);
    }
  }

  /** Writes the span of a step that ends now. */
  void write(StepSpan step, Outcome outcome) {
    spans.write(
        step.self(),
        step.parent(),
        step.name(),
        step.began(),
        clock.instant(),
        Attributes.empty(),
        outcome);
  }

  /** The steps that run, for example {@code step 'read'}; empty where none does. */
  Optional<String> names() {
    List<String> names = open.stream().map(step -> "'" + step.name() + "'").sorted().toList();
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of((names.size() == 1 ? "step " : "steps ") + String.join(", ", names));
  }

  /** Writes the spans of the steps that run: they will not come to an end of their own. */
  void stop(Outcome outcome) {
    for (StepSpan step : open) {
      if (open.remove(step)) {
        write(step, outcome);
      }
    }
  }

  /** Marks the Spark jobs that this thread launches from now on; gives how they were marked. */
  private String mark(String step) {
    return harmless.get(
        "mark Spark jobs",
        () -> {
          String before = spark.getLocalProperty(SparkEvents.STEP_PROPERTY);
          spark.setLocalProperty(SparkEvents.STEP_PROPERTY, step);
          return before;
        },
        null);
  }

  /**
   * Notes the error on the step and on the job, once each; only the innermost step's span carries
   * the exception.
   */
  private void failed(StepSpan step, Throwable e) {
    Outcome failure = Outcome.of(e);
    boolean innermost = outcome.failed(failure);
    write(step, innermost ? failure : failure.enclosing());
    if (innermost) {
      LOG.error("step '{}' failed: {}", step.name(), failure.error());
    }
  }

  private static RuntimeException unchecked(String step, Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return e instanceof RuntimeException runtime ? runtime : new StepFailed(step, e);
  }

  /** A step's checked exception, named by the step that it broke. */
  static final class StepFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    StepFailed(String step, Throwable cause) {
      super("step '" + step + "' failed: " + ErrorText.of(cause), cause);
    }
  }
}
