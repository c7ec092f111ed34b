package dev.waybill.local.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.workflow.GlueWorker;
import dev.waybill.workflow.Prices;

/**
 * What Glue charges for a job run, by its own figures.
 *
 * @param dpuSeconds of all workers
 * @param usd US dollars
 * @param atMost whether Glue did not say what the workers took, so that all of them count for the
 *     whole run
 * @see <a href="https://docs.aws.amazon.com/glue/latest/webapi/API_JobRun.html">JobRun</a>
 */
public record GlueCharge(
    @JsonProperty("dpu_seconds") double dpuSeconds,
    @JsonProperty("usd") double usd,
    @JsonProperty("at_most") boolean atMost) {

  private static final String FLEX = "FLEX";

  /** That of a job run that has ended; null where Glue does not say how long it ran. */
  static GlueCharge of(JsonNode run, Prices prices) {
    String type = run.path("WorkerType").asText(GlueWorker.DEFAULT.glueName());
    if (!run.has("ExecutionTime") || !GlueWorker.names().contains(type)) {
      return null;
    }
    GlueWorker worker = GlueWorker.of(type);
    double seconds = run.path("ExecutionTime").asDouble();
    boolean measured = run.hasNonNull("DPUSeconds");
    double capacity =
        run.path("MaxCapacity").asDouble(run.path("NumberOfWorkers").asInt(0) * worker.dpus());
    if (!measured && capacity == 0) {
      return null;
    }
    double dpuSeconds = measured ? run.path("DPUSeconds").asDouble() : seconds * capacity;
    boolean flex = run.path("ExecutionClass").asText().equals(FLEX);
    return new GlueCharge(
        dpuSeconds, prices.glue(worker.dpuHour(flex), dpuSeconds, seconds), !measured);
  }
}
