package dev.waybill.local.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.gluetracing.JobArguments;
import dev.waybill.local.Json;
import dev.waybill.local.run.ExecutionFollower.Ended;
import dev.waybill.local.run.ExecutionFollower.JobTry;
import dev.waybill.workflow.GlueWorker;
import dev.waybill.workflow.Price;
import dev.waybill.workflow.Prices;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

class RunCostTest {

  private final Prices prices = Prices.load();
  private final double dpuHour = prices.of(Price.GLUE_DPU_HOUR).doubleValue();

  @Test
  void whatAutoScalingTookIsChargedNotAllThatItMayTake() {
    GlueCharge charge =
        charge("{'WorkerType':'G.1X','MaxCapacity':10,'ExecutionTime':90,'DPUSeconds':180.0}");

    assertThat(charge.dpuSeconds()).isEqualTo(180);
    assertThat(charge.usd()).isEqualTo(0.05 * dpuHour, within(1e-12));
    assertThat(charge.atMost()).isFalse();
  }

  @Test
  void whereGlueDoesNotSayWhatItTookTheMostIsCharged() {
    GlueCharge charge = charge("{'WorkerType':'G.2X','NumberOfWorkers':3,'ExecutionTime':60}");

    assertThat(charge.dpuSeconds()).isEqualTo(360);
    assertThat(charge.usd()).isEqualTo(0.1 * dpuHour, within(1e-12));
    assertThat(charge.atMost()).isTrue();
  }

  @Test
  void flexHasAPriceOfItsOwn() {
    GlueCharge charge =
        charge(
            "{'WorkerType':'G.1X','ExecutionClass':'FLEX','ExecutionTime':3600,'DPUSeconds':3600}");

    assertThat(charge.usd()).isEqualTo(prices.of(Price.GLUE_FLEX_DPU_HOUR).doubleValue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{'WorkerType':'Z.2X','ExecutionTime':60}", "{'ExecutionTime':60}"})
  void ofARunThatGlueDoesNotDescribeNothingIsKnown(String run) {
    assertThat(charge(run)).isNull();
  }

  @Test
  void aRunCostsItsJobRunsItsTransitionsAndItsFunction() {
    GlueCharge charge = charge("{'ExecutionTime':60,'DPUSeconds':120}");
    RunCost cost =
        RunCost.of(
            ended(List.of(job(charge), job(null))),
            List.of(
                segment("AWS::Lambda", 5),
                segment("AWS::Lambda::Function", 0.25),
                segment("AWS::Lambda::Function", 0.05)),
            false,
            prices);

    assertThat(cost.usd())
        .isEqualTo(
            120 / 3600.0 * dpuHour + prices.transitions(4) + prices.lambda(0.3, 1024) + 2e-7,
            within(1e-6));
    assertThat(cost.lambdaSeconds()).isEqualTo(0.3);
    assertThat(cost.text())
        .isEqualTo(
            "$%.4f  (120 DPU-seconds, 4 transitions, Lambda 0.30 s; prices of %s %s)"
                .formatted(cost.usd(), prices.region(), prices.date()));
  }

  @Test
  void whatIsNotKnownIsNotSaid() {
    RunCost cost =
        RunCost.of(
            ended(List.of(job(charge("{'ExecutionTime':60,'MaxCapacity':10}")))),
            List.of(),
            false,
            prices);

    assertThat(cost.lambdaSeconds()).isNull();
    assertThat(cost.text()).startsWith("at most $").doesNotContain("Lambda");
  }

  @Test
  void onThisMachineItIsAnEstimate() {
    RunCost cost = RunCost.of(ended(List.of()), List.of(), true, prices);

    assertThat(cost.heading()).isEqualTo("cost on AWS");
    assertThat(cost.text()).startsWith("about $").contains("at this machine's speed");
  }

  @Test
  void theJobsArgumentsAreThoseThatATracedJobReads() {
    assertThat(prices.jobArguments(GlueWorker.DEFAULT, false))
        .containsOnlyKeys("--" + JobArguments.WORKER_DPUS, "--" + JobArguments.DPU_HOUR_PRICE);
  }

  private GlueCharge charge(String run) {
    return GlueCharge.of(Json.parse(run.replace('\'', '"')), prices);
  }

  private static JobTry job(GlueCharge charge) {
    return new JobTry("clean-listings", "CleanListings", 0, "SUCCEEDED", 100, charge);
  }

  private static JsonNode segment(String origin, double seconds) {
    return Json.object()
        .put("origin", origin)
        .put("start_time", 1.0)
        .put("end_time", 1.0 + seconds);
  }

  private static Ended ended(List<JobTry> jobs) {
    return new Ended(
        "run-1",
        Json.object(),
        ExecutionStatus.SUCCEEDED,
        null,
        null,
        Instant.EPOCH,
        Instant.EPOCH,
        jobs,
        4);
  }
}
