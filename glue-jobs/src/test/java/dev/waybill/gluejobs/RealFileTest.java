package dev.waybill.gluejobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real excerpt with figures from an independent reading of the contract; it lies beside the
 * checkout, not in it.
 */
@EnabledIf("isThere")
class RealFileTest {

  private static final Path FILE =
      Path.of(System.getProperty("waybill.root"), "../shared/data/airbnb-open-data-4k.csv");

  @TempDir private Path folder;

  @Test
  void givesTheFiguresOfAnIndependentReading() throws IOException {
    TestBucket.Run run = new TestBucket(folder).run("input/real.csv", Files.readAllBytes(FILE));

    JsonNode rows = run.record("manifest.json").path("rows");
    assertThat(rows.path("read").asLong()).isEqualTo(4002);
    assertThat(rows.path("cleaned").asLong()).isEqualTo(3682);
    assertThat(rows.path("processed").asLong()).isEqualTo(3682);
    assertThat(rows.path("rejected").properties())
        .extracting(Map.Entry::getKey, entry -> entry.getValue().asLong())
        .containsExactlyInAnyOrder(
            org.assertj.core.api.Assertions.tuple("malformed_record", 1L),
            org.assertj.core.api.Assertions.tuple("minimum_nights_out_of_range", 102L),
            org.assertj.core.api.Assertions.tuple("invalid_price", 11L),
            org.assertj.core.api.Assertions.tuple("invalid_service_fee", 5L),
            org.assertj.core.api.Assertions.tuple("missing_value", 201L));

    assertThat(run.record("manifest.json").at("/values/changed").toString())
        .isEqualTo(
            """
            {"name":{"constant_filled_in":40},"host_name":{"constant_filled_in":14},\
            "house_rules":{"constant_filled_in":2120},"host_identity_verified":{"constant_filled_in":45},\
            "country":{"constant_filled_in":33},"instant_bookable":{"constant_filled_in":42},\
            "cancellation_policy":{"constant_filled_in":33},"neighbourhood_group":{"corrected_spelling":1},\
            "reviews_per_month":{"missing":288},"number_of_reviews":{"missing":3},\
            "calculated_host_listings_count":{"missing":8},\
            "last_review":{"missing":292,"after_run_date":1,"before_construction":408}}""");

    List<Row> processed = run.rows(Output.PROCESSED);
    assertThat(sum(processed, "minimum_total_spend")).isEqualByComparingTo("24114097.00");
    assertThat(sum(processed, "cost_per_night")).isEqualByComparingTo("2780818.00");
    assertThat(sum(processed, "exp_rank_overall")).isEqualByComparingTo("2026640");
    assertThat(sum(processed, "exp_rank_per_neighbourhood")).isEqualByComparingTo("184049");
    assertThat(sum(processed, "rank_overall_reviews")).isEqualByComparingTo("916723");
    assertThat(run.rows(Output.NEIGHBOURHOOD_SUMMARY)).hasSize(174);

    // 1002403 has neither figure nor date: it got the medians.
    Row filled = run.rowsBy("id", Output.CLEANED).get(1002403L);
    assertThat(filled.<Double>getAs("reviews_per_month")).isEqualTo(0.68);
    assertThat(filled.<Date>getAs("last_review")).isEqualTo(Date.valueOf("2019-06-24"));
  }

  static boolean isThere() {
    return Files.exists(FILE);
  }

  private static BigDecimal sum(List<Row> rows, String column) {
    return rows.stream()
        .map(row -> new BigDecimal(row.<Number>getAs(column).toString()))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }
}
