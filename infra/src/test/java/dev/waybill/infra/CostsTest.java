package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.workflow.GlueWorker;
import dev.waybill.workflow.Price;
import dev.waybill.workflow.Prices;
import dev.waybill.workflow.Project;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * "What it costs" in {@code docs/operating.md} is made of {@code workflow}'s {@code prices.json}
 * and of what the stack deploys.
 */
class CostsTest {

  private static final Path PAGE = Deployment.ROOT.resolve("docs/operating.md");
  private static final String BEGIN =
      "<!-- Made of workflow's prices.json by CostsTest: do not edit. -->\n";
  private static final String END = "<!-- End of what CostsTest makes. -->\n";

  private static final BigDecimal HOURS = BigDecimal.valueOf(730);

  /** Jobs, DPUs of a small file, and the seconds that a job of one is assumed to take. */
  private static final int JOBS = 2;

  private static final int DPUS = 2;
  private static final int SECONDS = 90;
  private static final double LAMBDA_SECONDS = 0.3;
  private static final int S3_REQUESTS = 200;
  private static final int TRANSITIONS = 4;

  /** Of the collector's own telemetry, in a month. */
  private static final int OWN_METRICS = 3;

  private static final BigDecimal OWN_LOG_GB = new BigDecimal("0.24");

  private final Prices prices = Prices.load();
  private final Deployment stack = Deployment.standard();

  /** Where it differs, what it should be is in {@code infra/target/operating.md}. */
  @Test
  void theTablesAreMadeOfThePricesAndOfTheStack() throws IOException {
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN);
    int end = page.indexOf(END);
    assertThat(begin).as(BEGIN).isPositive();
    assertThat(end).as(END).isGreaterThan(begin);
    String made = page.substring(0, begin) + BEGIN + costs() + page.substring(end);
    Files.writeString(Path.of("target", "operating.md"), made);

    assertThat(page)
        .as("docs/operating.md; to make it anew: cp infra/target/operating.md docs/")
        .isEqualTo(made);
  }

  @Test
  void theReadmeNamesTheCostOfARun() throws IOException {
    String cents =
        glue(SECONDS).movePointRight(2).setScale(0, RoundingMode.HALF_UP).toPlainString();

    assertThat(Files.readString(Deployment.ROOT.resolve("README.md")))
        .contains("a run of a small file some %s cents".formatted(cents));
  }

  private String costs() {
    Map<String, BigDecimal> idle = idle();
    BigDecimal together = idle.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    return """
        AWS's list prices for %s in US dollars, as third parties quoted them until %s, not bills of ours; `prices.json` names the page of each. Glue 6.0
        costs $%s a DPU-hour, a minute at least, and $%s with `flex`. Check yours with the AWS pricing calculator.

        | idle, a month of 730 hours | $ |
        | --- | --- |
        %s| **together** | **%s** |

        The pipeline's own metrics come on top, $%s a metric and month, for the hours in which they are sent; at most 22 of them count changed values. Each interface
        endpoint costs $%s in two zones.

        | per run of a small file | $ |
        | --- | --- |
        | Glue: %d jobs × %d DPU, if each takes %d s (at the minimum of %d s: %s); a third less with `flex` | %s |
        | Step Functions: %d transitions | %s |
        | Lambda: %s s of %d GiB; X-Ray: one trace; S3: some %d requests | %s |

        A small file keeps to a driver and one executor: auto scaling adds workers while tasks wait, up to `workers`, and Glue bills each for the time
        that it is there. The most that a job run can cost is `workers` × DPUs of the `workerType` × `jobTimeout` × $%s an hour: $%s with the defaults.

        Logs cost $%s a GB taken in, data through the NAT gateway $%s a GB; S3 goes by its own, free endpoint.
        """
        .formatted(
            prices.region(),
            prices.date(),
            exact(Price.GLUE_DPU_HOUR),
            exact(Price.GLUE_FLEX_DPU_HOUR),
            idle.entrySet().stream()
                .map(row -> "| %s | %s |\n".formatted(row.getKey(), row.getValue()))
                .collect(Collectors.joining()),
            together,
            cents(prices.of(Price.METRIC_MONTH)),
            cents(monthly(Price.INTERFACE_ENDPOINT_HOUR, 2)),
            JOBS,
            DPUS,
            SECONDS,
            Prices.LEAST_BILLED_SECONDS,
            rounded(glue(Prices.LEAST_BILLED_SECONDS)),
            rounded(glue(SECONDS)),
            TRANSITIONS,
            rounded(BigDecimal.valueOf(prices.transitions(TRANSITIONS))),
            LAMBDA_SECONDS,
            Project.FUNCTION_MEBIBYTES / 1024,
            S3_REQUESTS,
            rounded(
                BigDecimal.valueOf(prices.lambda(LAMBDA_SECONDS, Project.FUNCTION_MEBIBYTES))
                    .add(prices.of(Price.XRAY_TRACE))
                    .add(prices.of(Price.S3_PUT).multiply(BigDecimal.valueOf(S3_REQUESTS)))),
            exact(Price.GLUE_DPU_HOUR),
            cents(mostOfAJobRun()),
            cents(prices.of(Price.LOG_GB)),
            exact(Price.NAT_GATEWAY_GB));
  }

  /** What is paid while no file comes, a row each. */
  private Map<String, BigDecimal> idle() {
    Map<String, BigDecimal> rows = new LinkedHashMap<>();
    int gateways = stack.all("AWS::EC2::NatGateway").size();
    rows.put(
        "NAT gateway and its address (each, by `natGateways`)",
        cents(
            monthly(Price.NAT_GATEWAY_HOUR, gateways)
                .add(monthly(Price.PUBLIC_ADDRESS_HOUR, gateways))));
    JsonNode task = stack.all("AWS::ECS::TaskDefinition").values().iterator().next();
    double vcpus = task.path("Cpu").asDouble() / 1024;
    double gigabytes = task.path("Memory").asDouble() / 1024;
    rows.put(
        "collector: %d tasks of %s vCPU and %s GB".formatted(Collector.TASKS, vcpus, gigabytes),
        cents(
            monthly(Price.FARGATE_VCPU_HOUR, Collector.TASKS * vcpus)
                .add(monthly(Price.FARGATE_GB_HOUR, Collector.TASKS * gigabytes))));
    rows.put(
        "dashboard (the account's first three are free)",
        times(Price.DASHBOARD_MONTH, stack.all("AWS::CloudWatch::Dashboard").size()));
    int alarms =
        stack.all("AWS::CloudWatch::Alarm").values().stream()
            .mapToInt(alarm -> Math.max(1, alarm.findValues("MetricStat").size()))
            .sum();
    rows.put("alarms: %d metrics".formatted(alarms), times(Price.ALARM_METRIC_MONTH, alarms));
    rows.put(
        "collector's own metrics: %d, and %s GB of logs".formatted(OWN_METRICS, OWN_LOG_GB),
        cents(
            times(Price.METRIC_MONTH, OWN_METRICS)
                .add(prices.of(Price.LOG_GB).multiply(OWN_LOG_GB))));
    rows.put("key", times(Price.KEY_MONTH, stack.all("AWS::KMS::Key").size()));
    rows.put(
        "private DNS zone",
        times(
            Price.DNS_ZONE_MONTH, stack.all("AWS::ServiceDiscovery::PrivateDnsNamespace").size()));
    long parameters =
        stack.all("AWS::SSM::Parameter").values().stream()
            .filter(parameter -> parameter.path("Tier").asText().equals("Advanced"))
            .count();
    rows.put(
        "parameters: %d advanced".formatted(parameters),
        times(Price.ADVANCED_PARAMETER_MONTH, (int) parameters));
    return rows;
  }

  private BigDecimal glue(int seconds) {
    return BigDecimal.valueOf(
        JOBS * prices.glue(Price.GLUE_DPU_HOUR, (double) DPUS * seconds, seconds));
  }

  private BigDecimal mostOfAJobRun() {
    JsonNode job = stack.all("AWS::Glue::Job").values().iterator().next();
    int dpus =
        job.path("NumberOfWorkers").asInt() * GlueWorker.of(job.path("WorkerType").asText()).dpus();
    int seconds = 60 * job.path("Timeout").asInt();
    return BigDecimal.valueOf(prices.glue(Price.GLUE_DPU_HOUR, (double) dpus * seconds, seconds));
  }

  private BigDecimal monthly(Price hour, double units) {
    return prices.of(hour).multiply(HOURS).multiply(BigDecimal.valueOf(units));
  }

  private BigDecimal times(Price price, int units) {
    return cents(prices.of(price).multiply(BigDecimal.valueOf(units)));
  }

  private String exact(Price price) {
    return prices.of(price).toPlainString();
  }

  private static BigDecimal cents(BigDecimal usd) {
    return usd.setScale(2, RoundingMode.HALF_UP);
  }

  /** To two digits that are not zero. */
  private static String rounded(BigDecimal usd) {
    return usd.round(new MathContext(usd.compareTo(new BigDecimal("0.01")) < 0 ? 1 : 2))
        .stripTrailingZeros()
        .toPlainString();
  }
}
