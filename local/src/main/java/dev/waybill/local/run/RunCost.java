package dev.waybill.local.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.run.ExecutionFollower.Ended;
import dev.waybill.local.run.ExecutionFollower.JobTry;
import dev.waybill.workflow.Prices;
import dev.waybill.workflow.Project;
import java.util.List;
import java.util.Objects;

/**
 * What a run costs by AWS's list prices, or what it would: Glue's jobs, the workflow's transitions
 * and the Lambda function. Storage, requests and telemetry are not among it.
 *
 * @param usd all together, in US dollars
 * @param estimated whether the run was one on this machine, whose workers start and work at another
 *     speed
 * @param atMost whether a job run's part is the most that it can be
 * @param dpuSeconds of all job runs
 * @param transitions of the execution
 * @param lambdaSeconds null where X-Ray did not tell; then its part is missing
 * @param prices the region and date of the prices
 */
public record RunCost(
    @JsonProperty("usd") double usd,
    @JsonProperty("estimated") boolean estimated,
    @JsonProperty("at_most") boolean atMost,
    @JsonProperty("dpu_seconds") double dpuSeconds,
    @JsonProperty("transitions") int transitions,
    @JsonProperty("lambda_seconds") Double lambdaSeconds,
    @JsonProperty("prices") String prices) {

  private static final String FUNCTION = "AWS::Lambda::Function";
  private static final double MICRO = 1e6;

  /**
   * That of a run that has ended.
   *
   * @param segments of its trace, as far as they are known
   */
  static RunCost of(Ended run, List<JsonNode> segments, boolean estimated, Prices prices) {
    List<GlueCharge> charges =
        run.jobs().stream().map(JobTry::charge).filter(Objects::nonNull).toList();
    List<Double> invocations =
        segments.stream()
            .filter(segment -> segment.path("origin").asText().equals(FUNCTION))
            .map(
                segment ->
                    segment.path("end_time").asDouble() - segment.path("start_time").asDouble())
            .filter(seconds -> seconds >= 0)
            .toList();
    double usd =
        charges.stream().mapToDouble(GlueCharge::usd).sum()
            + prices.transitions(run.transitions())
            + invocations.stream()
                .mapToDouble(seconds -> prices.lambda(seconds, Project.FUNCTION_MEBIBYTES))
                .sum();
    return new RunCost(
        Math.round(usd * MICRO) / MICRO,
        estimated,
        charges.stream().anyMatch(GlueCharge::atMost),
        charges.stream().mapToDouble(GlueCharge::dpuSeconds).sum(),
        run.transitions(),
        invocations.isEmpty()
            ? null
            : Math.round(invocations.stream().mapToDouble(Double::doubleValue).sum() * 1000)
                / 1000.0,
        prices.region() + " " + prices.date());
  }

  /** For a person, without its name. */
  public String text() {
    return "%s$%.4f  (%,.0f DPU-seconds%s, %d transitions%s; prices of %s)"
        .formatted(
            estimated ? "about " : atMost ? "at most " : "",
            usd,
            dpuSeconds,
            estimated ? " of two workers at this machine's speed" : "",
            transitions,
            lambdaSeconds == null ? "" : ", Lambda %.2f s".formatted(lambdaSeconds),
            prices);
  }

  /** What to call it: on this machine nobody paid. */
  public String heading() {
    return estimated ? "cost on AWS" : "cost";
  }
}
