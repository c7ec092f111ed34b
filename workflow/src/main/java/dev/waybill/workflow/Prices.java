package dev.waybill.workflow;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * AWS's list prices, the one place that has them: {@code prices.json} beside this class. The costs
 * of runs and the tables in {@code docs/operating.md} are made of it.
 *
 * @param region whose prices they are
 * @param date on which they were looked up, ISO 8601
 * @param prices by {@link Price}'s name in lower case
 */
public record Prices(
    @JsonProperty("region") String region,
    @JsonProperty("date") String date,
    @JsonProperty("prices") Map<String, Listed> prices) {

  /** Glue bills a job run of less for this long. */
  public static final int LEAST_BILLED_SECONDS = 60;

  private static final String FILE = "prices.json";
  private static final double SECONDS_OF_AN_HOUR = 3600;

  /**
   * Refuses prices that are missing or that nothing is known of.
   *
   * @throws IllegalArgumentException naming them
   */
  public Prices {
    prices = Map.copyOf(prices);
    Set<String> known = Arrays.stream(Price.values()).map(Price::field).collect(Collectors.toSet());
    if (!prices.keySet().equals(known)) {
      throw new IllegalArgumentException(
          "%s has prices of %s, and must have those of %s".formatted(FILE, prices.keySet(), known));
    }
  }

  /**
   * A price.
   *
   * @param usd US dollars for one unit
   * @param source AWS's page that has it
   */
  public record Listed(
      @JsonProperty("usd") BigDecimal usd, @JsonProperty("source") String source) {}

  /** Reads the file. */
  public static Prices load() {
    try (InputStream file = Prices.class.getResourceAsStream(FILE)) {
      return new JsonMapper().readValue(file, Prices.class);
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " can't be read", e);
    }
  }

  /** US dollars for one unit. */
  public BigDecimal of(Price price) {
    return prices.get(price.field()).usd();
  }

  /** The arguments by which a traced job knows what it costs, by its workers. */
  public Map<String, String> jobArguments(GlueWorker worker, boolean flex) {
    return Map.of(
        "--worker_dpus", String.valueOf(worker.dpus()),
        "--dpu_hour_price", of(worker.dpuHour(flex)).toPlainString());
  }

  /**
   * What Glue bills for a job run, in US dollars.
   *
   * @param dpuSeconds of all its workers
   * @param seconds that it ran; of less than a minute, a minute is billed
   */
  public double glue(Price dpuHour, double dpuSeconds, double seconds) {
    double billed =
        seconds > 0 && seconds < LEAST_BILLED_SECONDS
            ? dpuSeconds * LEAST_BILLED_SECONDS / seconds
            : dpuSeconds;
    return billed / SECONDS_OF_AN_HOUR * of(dpuHour).doubleValue();
  }

  /**
   * What Lambda bills for an invocation, in US dollars.
   *
   * @param mebibytes of memory that the function has
   */
  public double lambda(double seconds, int mebibytes) {
    return seconds * mebibytes / 1024 * of(Price.LAMBDA_GB_SECOND).doubleValue()
        + of(Price.LAMBDA_REQUEST).doubleValue();
  }

  /** What Step Functions bills for the transitions of an execution, in US dollars. */
  public double transitions(int count) {
    return count * of(Price.STATE_TRANSITION).doubleValue();
  }
}
