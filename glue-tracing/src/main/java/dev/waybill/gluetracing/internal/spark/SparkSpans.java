package dev.waybill.gluetracing.internal.spark;

import dev.waybill.gluetracing.internal.spark.SparkEvents.SparkJob;
import dev.waybill.gluetracing.internal.trace.JobSpans;
import dev.waybill.gluetracing.internal.trace.Outcome;
import dev.waybill.gluetracing.internal.trace.SparkAttributes;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import java.util.HashMap;
import java.util.Map;

/**
 * The spans of Spark's own work, under the steps that launched it: one for each stage that is kept,
 * and one for a Spark job where it ran several of them.
 */
public final class SparkSpans {

  private SparkSpans() {}

  public static void write(SparkEvents events, JobSpans spans, SpanContext root) {
    Map<Integer, SpanContext> jobSpans = new HashMap<>();
    for (SparkJob job : events.endedJobs()) {
      boolean shown = events.stages().stream().filter(stage -> stage.job() == job).count() > 1;
      if (shown) {
        SpanContext self = spans.reserve();
        jobSpans.put(job.id(), self);
        spans.write(
            self,
            parentOf(job, root),
            "spark.job",
            job.start(),
            job.end(),
            Attributes.of(
                SparkAttributes.JOB_ID, (long) job.id(),
                SparkAttributes.JOB_STAGES, (long) job.stagesRun()),
            job.failed() ? Outcome.failed("Spark job " + job.id() + " failed") : Outcome.OK);
      }
    }
    for (SparkStage stage : events.stages()) {
      spans.write(
          spans.reserve(),
          jobSpans.getOrDefault(stage.job().id(), parentOf(stage.job(), root)),
          "spark.stage",
          stage.start(),
          stage.end(),
          stage.figures(),
          stage.failed() ? Outcome.failed(stage.error()) : Outcome.OK);
    }
  }

  private static SpanContext parentOf(SparkJob job, SpanContext root) {
    return job.step() == null
        ? root
        : SpanContext.create(
            root.getTraceId(), job.step(), root.getTraceFlags(), root.getTraceState());
  }
}
