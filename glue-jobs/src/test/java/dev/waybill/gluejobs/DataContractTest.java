package dev.waybill.gluejobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Date;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every row of the data contract's tables, on small files through both jobs. */
class DataContractTest {

  @TempDir private Path folder;

  /** A column, a raw value of it, and what must come of the row. */
  private record Case(String column, String raw, Object expected) {}

  @Test
  void fillsReadsAndRejectsEachColumnAsTheTableSays() {
    List<Case> cases =
        List.of(
            new Case("id", "", "missing_value"),
            new Case("id", "x1", "invalid_value"),
            new Case("NAME", " ", "Blank"),
            new Case("NAME", "=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
            new Case("host_identity_verified", "", "Unconfirmed"),
            new Case("host name", "", "Blank"),
            new Case("neighbourhood group", "", "missing_value"),
            new Case("neighbourhood group", "brookln", "Brooklyn"),
            new Case("neighbourhood group", "manhatan", "Manhattan"),
            new Case("neighbourhood", "", "missing_value"),
            new Case("lat", "", "missing_value"),
            new Case("lat", "90.1", "invalid_value"),
            new Case("lat", "NaN", "invalid_value"),
            new Case("lat", "-90", -90.0),
            new Case("long", "", "missing_value"),
            new Case("long", "-180.5", "invalid_value"),
            new Case("long", "180", 180.0),
            new Case("country", "", "United States"),
            new Case("instant_bookable", "", true),
            new Case("instant_bookable", "FALSE", false),
            new Case("instant_bookable", "perhaps", "invalid_value"),
            new Case("cancellation_policy", "", "moderate"),
            new Case("room type", "", "invalid_room_type"),
            new Case("room type", "Castle", "invalid_room_type"),
            new Case("room type", "Entire home/apt", "Entire home/apt"),
            new Case("room type", "Shared room", "Shared room"),
            new Case("room type", "Hotel room", "Hotel room"),
            new Case("Construction year", "", "missing_value"),
            new Case("Construction year", "old", "invalid_value"),
            new Case("price", "", "invalid_price"),
            new Case("price", "$1,060 ", new BigDecimal("1060.00")),
            new Case("price", " $ 1,234,567.5", new BigDecimal("1234567.50")),
            new Case("price", "$1,23", "invalid_price"),
            new Case("price", "(5)", "invalid_price"),
            new Case("price", "€5", "invalid_price"),
            new Case("price", "99999999999", "invalid_price"),
            new Case("service fee", "", "invalid_service_fee"),
            new Case("service fee", "free", "invalid_service_fee"),
            new Case("minimum nights", "", "minimum_nights_out_of_range"),
            new Case("minimum nights", "0", "minimum_nights_out_of_range"),
            new Case("minimum nights", "1", 1),
            new Case("minimum nights", "364", 364),
            new Case("minimum nights", "365", "minimum_nights_out_of_range"),
            new Case("minimum nights", "many", "minimum_nights_out_of_range"),
            new Case("number of reviews", "2.5", 3L),
            new Case("number of reviews", "-1", 9L),
            new Case("number of reviews", "1e400", 9L),
            new Case("last review", "2/30/2020", Date.valueOf("2021-10-19")),
            new Case("last review", "1/5/22", Date.valueOf("2022-01-05")),
            new Case("last review", "2022-01-06", Date.valueOf("2022-01-06")),
            new Case("last review", "11/20/2026", Date.valueOf("2026-11-20")),
            new Case("last review", "11/21/2026", Date.valueOf("2021-10-19")),
            new Case("last review", "12/31/2009", Date.valueOf("2021-10-19")),
            new Case("reviews per month", "", 0.25),
            new Case("reviews per month", "NaN", 0.25),
            new Case("review rate number", "", "missing_value"),
            new Case("review rate number", "4 stars", "invalid_value"),
            new Case("calculated host listings count", "", 4L),
            new Case("calculated host listings count", "-2", 4L),
            new Case("house_rules", "", "Blank"));
    List<Listing> listings = new ArrayList<>();
    // Good rows in the majority, so that medians are theirs.
    LongStream.range(1_000, 1_100).forEach(id -> listings.add(Listing.of(id)));
    for (int i = 0; i < cases.size(); i++) {
      listings.add(
          Listing.of(i).with("price", "$" + (i + 1)).with(cases.get(i).column, cases.get(i).raw));
    }

    TestBucket.Run run = new TestBucket(folder).run("input/a.csv", Listing.csv(listings));

    Map<Object, Row> cleaned = run.rowsBy("id", Output.CLEANED);
    List<Row> rejected = run.rows(Output.QUARANTINE);
    for (int i = 0; i < cases.size(); i++) {
      Case each = cases.get(i);
      boolean rejects = each.expected instanceof String reason && reasons().contains(reason);
      if (rejects) {
        assertThat(rejected)
            .as("%s", each)
            .anySatisfy(
                row -> {
                  assertThat(row.<String>getAs("reject_reason")).isEqualTo(each.expected);
                  assertThat(row.<String>getAs("reject_column")).isEqualTo(standard(each.column));
                  assertThat(row.<String>getAs("reject_value")).isEqualTo(each.raw);
                });
      } else {
        Object value = cleaned.get((long) i).getAs(standard(each.column));
        assertThat(value).as("%s", each).isEqualTo(each.expected);
      }
    }
    assertThat(cleaned.size() + rejected.size()).isEqualTo(listings.size());
    assertThat(run.rows(Output.PROCESSED)).hasSameSizeAs(run.rows(Output.CLEANED));
  }

  @Test
  void dropsTheColumnsOfTheContractAndIgnoresUnknownOnes() {
    List<String> header = new ArrayList<>(Listing.header());
    header.add(3, "shoe size");

    TestBucket.Run run =
        new TestBucket(folder).run("input/a.csv", Listing.csv(header, List.of(Listing.of(1))));

    assertThat(run.rows(Output.CLEANED).get(0).schema()).isEqualTo(CleanedListings.SCHEMA);
    assertThat(List.of(run.rows(Output.CLEANED).get(0).schema().fieldNames()))
        .doesNotContain("host_id", "country_code", "availability_365", "license", "shoe_size")
        .startsWith("id", "name", "host_identity_verified")
        .endsWith(
            "reviews_per_month_sqrt",
            "number_of_reviews_sqrt",
            "calculated_host_listings_count_sqrt");
  }

  @Test
  void bindsColumnsByNameInAnyOrderAndTakesLatitudeForLat() {
    List<String> header = new ArrayList<>(Listing.header());
    java.util.Collections.reverse(header);
    String csv =
        Listing.csv(header, List.of(Listing.of(7)))
            .replaceFirst(",lat,", ", Latitude ,")
            .replaceFirst(",long,", ",LONGITUDE,");

    TestBucket.Run run = new TestBucket(folder).run("input/a.csv", "\uFEFF" + csv);

    Row row = run.rows(Output.CLEANED).get(0);
    assertThat(row.<Long>getAs("id")).isEqualTo(7);
    assertThat(row.<Double>getAs("lat")).isEqualTo(40.64749);
    assertThat(row.<Double>getAs("long")).isEqualTo(-73.97237);
  }

  @Test
  void keepsTheSmallestIdOfDuplicatesWhateverTheirOrder() {
    List<Listing> twins = new ArrayList<>();
    for (String id : List.of("30", "9", "100")) {
      twins.add(new Listing().with("id", id));
    }
    twins.add(new Listing().with("id", "9").with("host name", " Ada "));
    for (String id : List.of("51", "50")) {
      twins.add(new Listing().with("id", id).with("host name", id.equals("51") ? "" : "  "));
    }

    TestBucket.Run run = new TestBucket(folder).clean("input/a.csv", bytes(Listing.csv(twins)));

    assertThat(run.rowsBy("id", Output.CLEANED).keySet()).containsExactlyInAnyOrder(9L, 50L);
    assertThat(run.rows(Output.QUARANTINE))
        .hasSize(4)
        .allMatch(row -> row.getAs("reject_reason").equals("duplicate"));
  }

  @Test
  void rejectsARowOnceByTheFirstRuleThatItBreaks() {
    Listing all =
        Listing.of(1)
            .with("minimum nights", "0")
            .with("price", "")
            .with("room type", "")
            .with("lat", "");
    Listing room = Listing.of(2).with("room type", "").with("lat", "500");
    Listing range = Listing.of(3).with("lat", "500").with("neighbourhood", "");

    TestBucket.Run run =
        new TestBucket(folder).clean("input/a.csv", bytes(Listing.csv(List.of(all, room, range))));

    assertThat(run.rows(Output.QUARANTINE))
        .extracting(row -> row.<String>getAs("reject_reason"))
        .containsExactlyInAnyOrder(
            "minimum_nights_out_of_range", "invalid_room_type", "invalid_value");
  }

  @Test
  void quarantinesMalformedRecordsWithTheirRawText() {
    String csv = Listing.csv(List.of(Listing.of(1))) + "1,2,3\n" + "9,\"never closed\n";

    TestBucket.Run run = new TestBucket(folder).clean("input/a.csv", bytes(csv));

    assertThat(run.rows(Output.QUARANTINE))
        .extracting(
            row -> row.<String>getAs("raw_record"),
            row -> row.<String>getAs("reject_reason"),
            row -> row.<String>getAs("reject_value"))
        .containsExactlyInAnyOrder(
            org.assertj.core.api.Assertions.tuple(
                "1,2,3", "malformed_record", "3 fields where the header has 26"),
            org.assertj.core.api.Assertions.tuple(
                "9,\"never closed\n", "malformed_record", "a quoted field is not closed"));
    assertThat(run.record("clean-listings.json").path("rows").path("read").asLong()).isEqualTo(3);
  }

  @Test
  void fillsWithTheMeanOfTheMiddleTwoAndTheLowerMiddleDate() {
    List<Listing> listings =
        List.of(
            review(1, "1", "0.1", "1/1/2020"),
            review(2, "2", "0.2", "1/2/2020"),
            review(3, "5", "0.4", "1/3/2020"),
            review(4, "9", "0.9", "1/4/2020"),
            review(5, "", "", ""));

    TestBucket.Run run = new TestBucket(folder).clean("input/a.csv", bytes(Listing.csv(listings)));

    Row filled = run.rowsBy("id", Output.CLEANED).get(5L);
    assertThat(filled.<Long>getAs("number_of_reviews")).as("3.5 goes up").isEqualTo(4);
    assertThat(filled.<Double>getAs("reviews_per_month"))
        .isCloseTo(0.3, org.assertj.core.data.Offset.offset(1e-12));
    assertThat(filled.<Double>getAs("number_of_reviews_sqrt")).isEqualTo(2.0);
    assertThat(filled.<Date>getAs("last_review")).isEqualTo(Date.valueOf("2020-01-02"));
  }

  @Test
  void leavesDatesNullWhereNoneIsRight() {
    TestBucket.Run run =
        new TestBucket(folder).run("input/a.csv", Listing.csv(List.of(review(1, "", "", "soon"))));

    Row row = run.rows(Output.PROCESSED).get(0);
    assertThat(row.isNullAt(row.fieldIndex("last_review"))).isTrue();
    assertThat(row.isNullAt(row.fieldIndex("number_of_reviews"))).isTrue();
    assertThat(row.<Long>getAs("rank_overall_reviews")).isEqualTo(1);
  }

  @Test
  void ranksDenselyFromTheDearestDown() {
    List<Listing> listings =
        List.of(
            priced(1, "Harlem", "$100", "1"),
            priced(2, "Harlem", "$300", "3"),
            priced(3, "Harlem", "$300", "5"),
            priced(4, "Chelsea", "$200", "5"));

    TestBucket.Run run = new TestBucket(folder).run("input/a.csv", Listing.csv(listings));

    Map<Object, Row> processed = run.rowsBy("id", Output.PROCESSED);
    assertThat(ranks(processed, 1L)).containsExactly("2", "3", "3", "3/4", "3/4");
    assertThat(ranks(processed, 2L)).containsExactly("1", "1", "2", "1/4", "2/4");
    assertThat(ranks(processed, 3L)).containsExactly("1", "1", "1", "1/4", "1/4");
    assertThat(ranks(processed, 4L)).containsExactly("1", "2", "1", "2/4", "1/4");
    assertThat(processed.get(2L).<BigDecimal>getAs("cost_per_night"))
        .isEqualByComparingTo("320.00");
    assertThat(processed.get(2L).<BigDecimal>getAs("minimum_total_spend"))
        .isEqualByComparingTo("960.00");
  }

  @Test
  void summarizesEachNeighbourhoodInTheOrderOfNames() {
    List<Listing> listings =
        List.of(
            priced(1, "Harlem", "$100", "1"),
            priced(2, "Harlem", "$300", "3"),
            priced(3, "Chelsea", "$200.01", "5"));

    TestBucket.Run run = new TestBucket(folder).run("input/a.csv", Listing.csv(listings));

    List<Row> summary = run.rows(Output.NEIGHBOURHOOD_SUMMARY);
    assertThat(summary)
        .extracting(row -> row.<String>getAs("neighbourhood"))
        .containsExactly("Chelsea", "Harlem");
    Row harlem = summary.get(1);
    assertThat(harlem.<Long>getAs("listings")).isEqualTo(2);
    assertThat(harlem.<BigDecimal>getAs("average_price")).isEqualByComparingTo("200");
    assertThat(harlem.<BigDecimal>getAs("median_price")).isEqualByComparingTo("200");
    assertThat(harlem.<BigDecimal>getAs("average_cost_per_night")).isEqualByComparingTo("220");
    assertThat(harlem.<Double>getAs("average_review_rate_number")).isEqualTo(4.0);
    assertThat(harlem.<Long>getAs("total_number_of_reviews")).isEqualTo(4);
    assertThat(summary.get(0).<BigDecimal>getAs("median_price")).isEqualByComparingTo("200.01");
  }

  @Test
  void succeedsWithZeroRowsOnAHeaderAlone() {
    TestBucket.Run run = new TestBucket(folder).run("input/a.csv", Listing.csv(List.of()));

    assertThat(run.record("manifest.json").path("rows").path("read").asLong()).isZero();
    for (Output output : List.of(Output.CLEANED, Output.PROCESSED, Output.NEIGHBOURHOOD_SUMMARY)) {
      assertThat(run.rows(output)).as("%s", output).isEmpty();
      assertThat(run.files(output)).contains("_SUCCESS");
    }
  }

  @Test
  void namesEveryMissingAndDoubledColumnInOneMessageBeforeAnyRowIsRead() {
    String csv = "id,NAME,name,lat\n1,a,b,2\n";

    assertThatThrownBy(() -> new TestBucket(folder).clean("input/x.csv", bytes(csv)))
        .hasMessageStartingWith(
            "INVALID_INPUT: input/x.csv: columns missing: host_identity_verified, host_name,")
        .hasMessageContaining("; columns doubled: name; the header has: id, name, name, lat");
    assertThat(new TestBucket.Run(folder).exists(Output.CLEANED)).isFalse();
  }

  @Test
  void refusesWhatIsNoCsvInUtf8() {
    byte[] latin =
        Listing.csv(List.of(Listing.of(1).with("NAME", "Café")))
            .getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> new TestBucket(folder).clean("input/e.csv", new byte[0]))
        .hasMessage("INVALID_INPUT: input/e.csv: is empty: it has no header and no rows");
    assertThatThrownBy(() -> new TestBucket(folder).clean("input/l.csv", latin))
        .rootCause()
        .hasMessageStartingWith("INVALID_INPUT: input/l.csv: is not UTF-8: the record at line 2");
    assertThatThrownBy(
            () -> new TestBucket(folder).clean("input/b.csv", new byte[] {0x50, 0x4b, 3, 4, 0, 1}))
        .hasMessageStartingWith("INVALID_INPUT: input/b.csv: is a ZIP archive");
  }

  @Test
  void aRepeatedRunGivesTheSameRowsAndOneFileEach() {
    TestBucket bucket = new TestBucket(folder);
    String csv = Listing.csv(LongStream.range(0, 500).mapToObj(Listing::of).toList());

    TestBucket.Run first = bucket.run("input/a.csv", csv);
    List<Row> before = sorted(first.rows(Output.PROCESSED));
    TestBucket.Run second = bucket.run("input/a.csv", csv);

    assertThat(sorted(second.rows(Output.PROCESSED))).isEqualTo(before);
    for (Output output : List.of(Output.CLEANED, Output.PROCESSED, Output.QUARANTINE)) {
      assertThat(second.files(output)).as("%s", output).hasSize(2).contains("_SUCCESS");
    }
    assertThat(second.record("manifest.json").at("/outputs/cleaned/location").asText())
        .endsWith("/cleaned/run=run-1");
  }

  private static List<Row> sorted(List<Row> rows) {
    return rows.stream().sorted(java.util.Comparator.comparing(Row::toString)).toList();
  }

  private static List<String> ranks(Map<Object, Row> rows, long id) {
    Row row = rows.get(id);
    return java.util.stream.Stream.of(
            "exp_rank_per_neighbourhood",
            "exp_rank_overall",
            "rank_overall_reviews",
            "prop_rank_exp",
            "prop_rank_review")
        .map(column -> String.valueOf(row.<Object>getAs(column)))
        .toList();
  }

  private static Listing review(long id, String reviews, String perMonth, String last) {
    return Listing.of(id)
        .with("number of reviews", reviews)
        .with("reviews per month", perMonth)
        .with("last review", last);
  }

  private static Listing priced(long id, String neighbourhood, String price, String reviews) {
    return Listing.of(id)
        .with("neighbourhood", neighbourhood)
        .with("price", price)
        .with("number of reviews", reviews);
  }

  private static String standard(String column) {
    return column.toLowerCase(java.util.Locale.ROOT).replace(' ', '_');
  }

  private static List<String> reasons() {
    return java.util.stream.Stream.of(RejectReason.values()).map(RejectReason::text).toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
