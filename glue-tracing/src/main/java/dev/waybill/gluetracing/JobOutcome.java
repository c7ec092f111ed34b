package dev.waybill.gluetracing;

import dev.waybill.gluetracing.internal.trace.ErrorText;
import dev.waybill.gluetracing.internal.trace.Outcome;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How a job ends: well where it says so, else with the words of the first step that failed. A step
 * that failed does not fail a job that goes on. Safe for use by several threads.
 */
final class JobOutcome {

  /** What is said of a job that is ended from outside; where it was, if that is known. */
  static final String TOLD_TO_STOP =
      "the JVM was told to stop%s (timeout, cancelled run or lost machine)";

  private static final Outcome SILENT =
      Outcome.failed(
          "the job ended without complete(): it threw outside a step, or it never calls it");

  private final AtomicReference<State> state = new AtomicReference<>(new State(false, null));
  private final Set<Throwable> told =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  /** The job did what it should. */
  void complete() {
    state.set(new State(true, null));
  }

  /** It failed outside of its steps, for example before the first. */
  void fail(Outcome failure) {
    state.set(new State(false, new Failure(failure, Thread.currentThread().getId(), false)));
  }

  /**
   * A step failed, or what it was part of.
   *
   * @return false where a step within told the same error
   */
  boolean failed(Outcome outcome) {
    if (!told.add(ErrorText.rootOf(outcome.exception()))) {
      return false;
    }
    Failure failure = new Failure(outcome.enclosing(), Thread.currentThread().getId(), false);
    state.updateAndGet(now -> now.replaceable() ? new State(false, failure) : now);
    return true;
  }

  /** The job failed outside of its steps, unless one of them told the same error. */
  void failedOutside(Outcome outcome) {
    if (told.add(ErrorText.rootOf(outcome.exception()))) {
      Failure failure = new Failure(outcome, Thread.currentThread().getId(), false);
      state.updateAndGet(now -> now.replaceable() ? new State(false, failure) : now);
    }
  }

  /** This thread does something else, so it seems to have survived its failure. */
  void goesOn() {
    long thread = Thread.currentThread().getId();
    state.updateAndGet(
        now ->
            now.failure != null && now.failure.thread == thread
                ? new State(now.complete, new Failure(now.failure.outcome, thread, true))
                : now);
  }

  /** The job is ended from outside. */
  void stopped(String words) {
    Failure failure = new Failure(Outcome.failed(words), Thread.currentThread().getId(), false);
    state.updateAndGet(now -> now.complete || !now.replaceable() ? now : new State(false, failure));
  }

  /** How it ends, if it ends now. */
  Outcome now() {
    State now = state.get();
    if (now.complete) {
      return Outcome.OK;
    }
    return now.failure == null ? SILENT : now.failure.outcome;
  }

  /**
   * A failure.
   *
   * @param survived whether its thread went on; it still counts where the job ends in silence
   */
  private record Failure(Outcome outcome, long thread, boolean survived) {}

  private record State(boolean complete, Failure failure) {

    private boolean replaceable() {
      return failure == null || failure.survived;
    }
  }
}
