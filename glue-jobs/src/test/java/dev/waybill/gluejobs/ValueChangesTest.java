package dev.waybill.gluejobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That no value of a row that is kept changes without being counted. */
class ValueChangesTest {

  @TempDir private Path folder;

  private final List<Listing> listings = new ArrayList<>();

  @Test
  void everyColumnAndCauseIsCountedInRowsThatAreKept() {
    List<String> constants =
        List.of(
            "NAME",
            "host name",
            "house_rules",
            "host_identity_verified",
            "country",
            "instant_bookable",
            "cancellation_policy");
    constants.forEach(column -> with(column, "", "\u3000"));
    with("neighbourhood group", "brookln", " manhatan ", "brookln", "Brooklyn");
    for (String figure : List.of("reviews per month", "calculated host listings count")) {
      with(figure, "", "\u00a0", "", "x", "1.2.3", "-1", "0");
    }
    with("number of reviews", "", "", "", "x", "7d", "-0.4", "1e300", "2.5");
    with("last review", "", "", "19.10.2021", "2020/01/04", "2/30/2020", "1/1/0001", "1899-12-31");
    with("last review", "11/21/2026", "12/31/2009", "1/1/2010", "11/20/2026 12:00");
    // A row that is rejected is accounted for already.
    listings.add(good().with("price", "free").with("last review", "soon").with("NAME", ""));
    listings.add(good().with("minimum nights", "0").with("number of reviews", "many"));

    JsonNode record =
        new TestBucket(folder).run("input/a.csv", Listing.csv(listings)).record("manifest.json");

    Map<String, String> changed = new TreeMap<>();
    record
        .at("/values/changed")
        .properties()
        .forEach(column -> changed.put(column.getKey(), column.getValue().toString()));
    String filled = "{\"constant_filled_in\":2}";
    String figures = "{\"missing\":3,\"unreadable\":2,\"out_of_range\":1}";
    assertThat(changed)
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("name", filled),
                Map.entry("host_name", filled),
                Map.entry("house_rules", filled),
                Map.entry("host_identity_verified", filled),
                Map.entry("country", filled),
                Map.entry("instant_bookable", filled),
                Map.entry("cancellation_policy", filled),
                Map.entry("neighbourhood_group", "{\"corrected_spelling\":3}"),
                Map.entry("reviews_per_month", figures),
                Map.entry("calculated_host_listings_count", figures),
                Map.entry(
                    "number_of_reviews", "{\"missing\":3,\"unreadable\":2,\"out_of_range\":2}"),
                Map.entry(
                    "last_review",
                    "{\"missing\":2,\"unreadable\":3,\"out_of_range\":2,\"after_run_date\":1,\"before_construction\":1}")));
    assertThat(record.at("/values/examples")).isEmpty();
  }

  @Test
  void aFileOfGoodValuesHasNoneChanged() {
    good(3);

    JsonNode record = clean();

    assertThat(record.at("/values/changed").isObject()).isTrue();
    assertThat(record.at("/values/changed")).isEmpty();
    assertThat(record.at("/warnings").isArray()).isTrue();
    assertThat(record.at("/warnings")).isEmpty();
  }

  @Test
  void aColumnThatCanNotBeReadIsAWarningWithoutItsData() {
    with("last review", "19.10.2021", "19.10.2021", "3-Jan-20");
    with("number of reviews", "12x", "12x", "12x");
    with("reviews per month", "0,25", "0,25", "0,25");
    with("calculated host listings count", "4.5", "4.5", "4.5");
    good(24);

    JsonNode record = clean("--max_unreadable_percent", "8.3");

    assertThat(record.at("/warnings"))
        .extracting(JsonNode::asText)
        .containsExactlyInAnyOrder(
            "last_review: 3 of 36 values are not dates as `M/d/yyyy`, `M/d/yy` or `yyyy-MM-dd`",
            "number_of_reviews: 3 of 36 values are not numbers as `12`",
            "reviews_per_month: 3 of 36 values are not numbers as `0.25`",
            "calculated_host_listings_count: 3 of 36 values are not whole numbers as `12`");
    assertThat(record.toString()).doesNotContain("19.10.2021", "3-Jan-20", "12x", "0,25", "4.5");
  }

  @Test
  void whereTheyAreAskedForTheMostFrequentValuesAreExamples() {
    String longest = "?".repeat(200);
    with("last review", "b", "a", "c", "b", "\u200b\u00a0d", "d");
    with("number of reviews", longest, "7");
    good(10);

    JsonNode record = clean("--with_samples", "true");

    assertThat(record.at("/values/examples").toString())
        .isEqualTo(
            "{\"last_review\":[\"b\",\"a\",\"c\"],\"number_of_reviews\":[\"%s\"]}"
                .formatted("?".repeat(100)));
    assertThat(record.at("/warnings"))
        .extracting(JsonNode::asText)
        .contains(
            "last_review: 6 of 18 values are not dates as `M/d/yyyy`, `M/d/yy` or `yyyy-MM-dd`, such as `b`");
  }

  /** 5 of 100 are 5 %, and not more. */
  @ParameterizedTest
  @CsvSource({"5, 95, 0", "5, 94, 1", "0, 9, 0", "1, 0, 1"})
  void theLimitIsFivePercentOfTheRowsThatAreKept(int unreadable, int good, int warnings) {
    for (int i = 0; i < unreadable; i++) {
      with("last review", "soon");
      // Were it counted, the share would be less.
      listings.add(good().with("price", "free"));
    }
    good(good);

    assertThat(clean().at("/warnings")).hasSize(warnings);
  }

  @Test
  void theRunCanFailBeforeItPublishesAnything() {
    with("last review", "19.10.2021", "20.10.2021");
    good(2);

    assertThatThrownBy(() -> clean("--fail_on_unreadable", "true"))
        .isInstanceOf(InvalidInput.class)
        .hasMessage(
            "INVALID_INPUT: input/a.csv: last_review: 2 of 4 values are not dates as `M/d/yyyy`, `M/d/yy` or"
                + " `yyyy-MM-dd`; at most 5 % of a column may be (--max_unreadable_percent): correct the file and"
                + " upload it again");
    TestBucket.Run run = new TestBucket.Run(folder);
    for (Output output : Output.values()) {
      assertThat(run.exists(output)).as("%s", output).isFalse();
    }
    assertThat(clean("--fail_on_unreadable", "true", "--max_unreadable_percent", "50").isObject())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --max_unreadable_percent | 101  | job argument --max_unreadable_percent is '101'; it must be a number from 0 to 100
          --max_unreadable_percent | 5 %  | job argument --max_unreadable_percent is '5 %'; it must be a number from 0 to 100
          --fail_on_unreadable     | yes  | job argument --fail_on_unreadable is 'yes'; it must be true or false
          --with_samples           | TRUE | job argument --with_samples is 'TRUE'; it must be true or false
          """)
  void anArgumentThatCanNotBeReadIsNamed(String name, String value, String message) {
    good(1);

    assertThatThrownBy(() -> clean(name, value)).hasMessage(message);
  }

  @Test
  void columnsThatAreIgnoredAreAWarningAlsoWhereTheyAreDoubled() {
    List<String> header = new ArrayList<>(Listing.header());
    header.addAll(List.of("shoe\u200b size", "license", "shoe\u200b size"));
    String csv = Listing.csv(header, List.of(good()));

    JsonNode record =
        new TestBucket(folder)
            .clean("input/a.csv", csv.getBytes(StandardCharsets.UTF_8))
            .record("clean-listings.json");

    assertThat(record.at("/warnings"))
        .extracting(JsonNode::asText)
        .containsExactly(
            "columns that the contract does not know are ignored: shoe\\u200b_size",
            "columns doubled, and ignored all the same: license, shoe\\u200b_size");
    assertThat(record.at("/rows/cleaned").asLong()).isEqualTo(1);
  }

  private JsonNode clean(String... arguments) {
    return new TestBucket(folder)
        .clean("input/a.csv", Listing.csv(listings).getBytes(StandardCharsets.UTF_8), arguments)
        .record("clean-listings.json");
  }

  private void with(String column, String... values) {
    for (String value : values) {
      listings.add(good().with(column, value));
    }
  }

  private void good(int count) {
    LongStream.range(0, count).forEach(each -> listings.add(good()));
  }

  /** At a place of its own, so that it is no duplicate. */
  private Listing good() {
    int number = listings.size() + 1;
    return Listing.of(number).with("lat", "1." + number);
  }
}
