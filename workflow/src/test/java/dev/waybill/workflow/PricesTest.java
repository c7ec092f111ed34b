package dev.waybill.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PricesTest {

  private final Prices prices = Prices.load();

  @Test
  void theFileHasADateARegionAndThePageOfEachPrice() {
    assertThat(LocalDate.parse(prices.date())).isAfter(LocalDate.of(2026, 1, 1));
    assertThat(prices.region()).isEqualTo("us-east-1");
    assertThat(Price.values())
        .allSatisfy(
            price -> {
              assertThat(prices.of(price)).as(price.name()).isPositive();
              assertThat(prices.prices().get(price.field()).source())
                  .startsWith("https://aws.amazon.com/")
                  .endsWith("/pricing/");
            });
  }

  @Test
  void aPriceThatIsMissingIsNamedBesideThoseThatMustBeThere() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Prices("us-east-1", "2026-11-26", Map.of()))
        .withMessageStartingWith("prices.json has prices of [], and must have those of [")
        .withMessageContaining("glue_dpu_hour");
  }

  @Test
  void ofAShortJobRunAMinuteIsBilled() {
    double hour = prices.of(Price.GLUE_DPU_HOUR).doubleValue();

    assertThat(prices.glue(Price.GLUE_DPU_HOUR, 7_200, 3_600)).isEqualTo(2 * hour);
    assertThat(prices.glue(Price.GLUE_DPU_HOUR, 12, 6))
        .isEqualTo(prices.glue(Price.GLUE_DPU_HOUR, 120, 60));
    assertThat(prices.glue(Price.GLUE_DPU_HOUR, 0, 0)).isZero();
  }

  @Test
  void anInvocationCostsByItsMemoryAndItsTime() {
    double gigabyteSecond = prices.of(Price.LAMBDA_GB_SECOND).doubleValue();
    double request = prices.of(Price.LAMBDA_REQUEST).doubleValue();

    assertThat(prices.lambda(2, 512)).isEqualTo(gigabyteSecond + request, within(1e-12));
    assertThat(prices.transitions(4)).isEqualTo(0.0001, within(1e-12));
  }

  @Test
  void workersHaveTheDpusOfGluesGuide() {
    assertThat(GlueWorker.of("G.12X").dpus()).isEqualTo(12);
    assertThat(GlueWorker.of("G.1X").dpuHour(true)).isEqualTo(Price.GLUE_FLEX_DPU_HOUR);
    assertThat(GlueWorker.of("R.2X").dpuHour(false))
        .isEqualTo(Price.GLUE_MEMORY_OPTIMIZED_DPU_HOUR);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GlueWorker.of("G.3X"))
        .withMessageStartingWith("there is no worker type G.3X; there are [G.1X, G.2X, ");
  }
}
