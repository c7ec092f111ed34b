package dev.waybill.gluejobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Date;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** "Values, exactly" of the data contract: each sentence on every column that it concerns. */
class ValuesExactlyTest {

  /** All of White_Space in Unicode 17. */
  private static final String BLANKS =
      "\t\n\u000b\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
          + "\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

  /** Not among them, whatever they look like or Java says. */
  private static final List<String> NO_BLANKS =
      List.of("\u200b", "\ufeff", "\u2060", "\u180e", "\u001c", "\u001f");

  private static final Map<String, Map<String, String>> ENGINES =
      Map.of(
          "compiled", Map.of(),
          "interpreted",
              Map.of(
                  "spark.sql.codegen.wholeStage", "false",
                  "spark.sql.codegen.factoryMode", "NO_CODEGEN"));

  /** What becomes of a value that is no good, by column; no good row has any of it. */
  private static final Map<String, Object> INSTEAD = new LinkedHashMap<>();

  static {
    INSTEAD.put("id", "invalid_value");
    INSTEAD.put("lat", "invalid_value");
    INSTEAD.put("long", "invalid_value");
    INSTEAD.put("instant_bookable", "invalid_value");
    INSTEAD.put("Construction year", "invalid_value");
    INSTEAD.put("review rate number", "invalid_value");
    INSTEAD.put("price", "invalid_price");
    INSTEAD.put("service fee", "invalid_service_fee");
    INSTEAD.put("minimum nights", "minimum_nights_out_of_range");
    INSTEAD.put("room type", "invalid_room_type");
    INSTEAD.put("number of reviews", 9L);
    INSTEAD.put("reviews per month", 0.25);
    INSTEAD.put("calculated host listings count", 4L);
    INSTEAD.put("last review", Date.valueOf("2021-10-19"));
  }

  /** What becomes of a blank where that is not what becomes of a bad value. */
  private static final Map<String, Object> BLANK_BECOMES =
      Map.ofEntries(
          Map.entry("id", "missing_value"),
          Map.entry("lat", "missing_value"),
          Map.entry("long", "missing_value"),
          Map.entry("Construction year", "missing_value"),
          Map.entry("review rate number", "missing_value"),
          Map.entry("neighbourhood group", "missing_value"),
          Map.entry("neighbourhood", "missing_value"),
          Map.entry("NAME", "Blank"),
          Map.entry("host name", "Blank"),
          Map.entry("house_rules", "Blank"),
          Map.entry("host_identity_verified", "Unconfirmed"),
          Map.entry("country", "United States"),
          Map.entry("instant_bookable", true),
          Map.entry("cancellation_policy", "moderate"));

  private static final List<String> TEXTS =
      List.of(
          "NAME",
          "host name",
          "house_rules",
          "host_identity_verified",
          "country",
          "cancellation_policy",
          "neighbourhood group",
          "neighbourhood");

  @TempDir private Path folder;

  private final List<Case> cases = new ArrayList<>();

  /** A column, a raw value of it, and what must come of the row: a value or a reason. */
  private record Case(String column, String raw, Object expected) {

    @Override
    public String toString() {
      return "%s '%s'"
          .formatted(
              column,
              raw.codePoints()
                  .mapToObj(
                      c -> c < ' ' || c > '~' ? "\\u%04x".formatted(c) : Character.toString(c))
                  .collect(Collectors.joining()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"compiled", "interpreted"})
  void blanksAreUnicodesWhiteSpaceInEveryColumn(String engine) {
    Map<String, Map.Entry<String, Object>> good =
        Map.ofEntries(
            Map.entry("id", Map.entry("77", 77L)),
            Map.entry("lat", Map.entry("1.5", 1.5)),
            Map.entry("long", Map.entry("1.5", 1.5)),
            Map.entry("instant_bookable", Map.entry("False", false)),
            Map.entry("Construction year", Map.entry("2011", 2011)),
            Map.entry("review rate number", Map.entry("2", 2)),
            Map.entry("price", Map.entry("$7", new BigDecimal("7.00"))),
            Map.entry("service fee", Map.entry("$7", new BigDecimal("7.00"))),
            Map.entry("minimum nights", Map.entry("7", 7)),
            Map.entry("room type", Map.entry("Hotel room", "Hotel room")),
            Map.entry("number of reviews", Map.entry("7", 7L)),
            Map.entry("reviews per month", Map.entry("7", 7.0)),
            Map.entry("calculated host listings count", Map.entry("7", 7L)),
            Map.entry("last review", Map.entry("1/2/2020", Date.valueOf("2020-01-02"))));
    good.forEach((column, value) -> is(column, value.getValue(), BLANKS + value.getKey() + BLANKS));
    Stream.of(TEXTS, good.keySet())
        .flatMap(columns -> columns.stream())
        .forEach(
            column -> {
              Object becomes = BLANK_BECOMES.getOrDefault(column, INSTEAD.get(column));
              is(column, becomes, "");
              BLANKS.chars().forEach(blank -> is(column, becomes, Character.toString(blank)));
              is(column, becomes, BLANKS);
            });
    for (String other : NO_BLANKS) {
      TEXTS.forEach(column -> is(column, other, other, BLANKS + other));
      good.forEach((column, value) -> isBad(column, other, value.getKey() + other));
    }
    // Blanks go from within amounts as well.
    BigDecimal amount = new BigDecimal("1060.50");
    is("price", amount, "$" + BLANKS + "1" + BLANKS + ",060.5" + BLANKS + "0");
    is("service fee", amount, "+" + BLANKS + "$1 060.50");
    List.of("number of reviews", "reviews per month", "minimum nights", "lat", "last review")
        .forEach(column -> isBad(column, "1 0", "1\u00a00", "1 /2/2020"));

    check(engine);
  }

  @ParameterizedTest
  @ValueSource(strings = {"compiled", "interpreted"})
  void wholeNumbersAreDigitsAndWhatPandasAdds(String engine) {
    Map<String, Function<Long, Object>> columns = new LinkedHashMap<>();
    columns.put("id", number -> number);
    columns.put("calculated host listings count", number -> number);
    columns.put("Construction year", Long::intValue);
    columns.put("review rate number", Long::intValue);
    columns.put("minimum nights", Long::intValue);
    columns.forEach(
        (column, type) -> {
          is(column, type.apply(5L), "5", "+5", "05", "5.0", "5.000", "+5.0");
          isBad(column, "5.", ".0", "5.5", "5.01", "5e0", "5E0", "5 0", "5,000", "5_000", "5'000");
          isBad(column, "0x5", "5L", "5d", "٥", "５", "+", "-", "+-5", "--5", "5-", "NaN", "five");
        });
    columns.put("Construction year", Long::intValue);
    for (String column : List.of("id", "Construction year", "review rate number")) {
      is(column, columns.get(column).apply(-5L), "-5", "-5.0");
      is(column, columns.get(column).apply(0L), "-0");
    }
    isBad("calculated host listings count", "-5");
    is("calculated host listings count", 0L, "-0", "-0.0");
    isBad("minimum nights", "-5", "0", "365", "365.0");
    for (String column : List.of("id", "calculated host listings count")) {
      is(column, Long.MAX_VALUE, "9223372036854775807", "9223372036854775807.0");
      isBad(column, "9223372036854775808", "99999999999999999999", "-9223372036854775809");
    }
    is("id", Long.MIN_VALUE, "-9223372036854775808");
    for (String column : List.of("Construction year", "review rate number")) {
      is(column, Integer.MIN_VALUE, "-2147483648");
      isBad(column, "2147483648", "-2147483649", "9223372036854775808");
    }
    is("review rate number", Integer.MAX_VALUE, "2147483647");

    check(engine);
  }

  @ParameterizedTest
  @ValueSource(strings = {"compiled", "interpreted"})
  void doublesAreDigitsWithOnePointAndAnExponent(String engine) {
    Map<String, Function<Double, Object>> columns = new LinkedHashMap<>();
    columns.put("lat", number -> number);
    columns.put("long", number -> number);
    columns.put("reviews per month", number -> number);
    columns.put("number of reviews", Math::round);
    columns.forEach(
        (column, type) -> {
          is(
              column,
              type.apply(7.0),
              "7",
              "+7",
              "7.0",
              "7.",
              "07",
              "70e-1",
              ".7E1",
              "7e+0",
              "7e00");
          is(column, type.apply(0.5), ".5", "+.5", "0.5", "5e-1", "0.50");
          is(column, type.apply(0.0), "0", "-0", "-0.0", "-0e9", "1e-400");
          is(column, type.apply(0.1234567890123456789), "0.1234567890123456789");
          isBad(column, "7d", "7f", "7D", "0x1p3", "0x7", "7.0.0", ".", "e1", "7e", "7e+", "7e1.0");
          isBad(column, "NaN", "Infinity", "-Infinity", "inf", "1e400", "-1e400", "7,5", "7 e1");
          isBad(column, "٧", "７", "--7", "+-7", "7-", "1_0", "1'000", "seven");
        });
    is("lat", -7.25, "-7.25");
    is("lat", 90.0, "90", "9e1");
    is("lat", -90.0, "-90");
    isBad("lat", "90.000001", "-91");
    is("long", -7.25, "-7.25");
    is("long", 180.0, "180");
    is("long", -180.0, "-180");
    isBad("long", "180.000001", "-181", "1e300");
    is("reviews per month", 1e300, "1e300");
    isBad("reviews per month", "-0.01");
    is("number of reviews", 2L, "2.4999", "1.5");
    is("number of reviews", 0L, "0.49999999999999994");
    is("number of reviews", 9_007_199_254_740_992L, "9007199254740992");
    isBad("number of reviews", "-0.4", "-1", "1e19", "1e300");

    check(engine);
  }

  @ParameterizedTest
  @ValueSource(strings = {"compiled", "interpreted"})
  void amountsHaveOneSignOneDollarAndOnePoint(String engine) {
    for (String column : List.of("price", "service fee")) {
      is(column, cents(106_000), "$1,060", "1060", "+$1060", "$+1,060.00", "1060.", "$0,001,060");
      is(column, cents(50), ".5", "$.50", "0.5", "0.495", "0.504");
      is(column, cents(0), "0", "-0", "$-0.00", "-$0", "0.004");
      is(column, cents(123_456_789), "1,234,567.89", "1234567.89");
      is(column, cents(999_999_999_999L), "9,999,999,999.99", "9999999999.994");
      isBad(column, "9999999999.995", "10,000,000,000", "99999999999999999999");
      isBad(column, "-5", "$-5", "-$5", "-0.004", "(5)", "5-");
      isBad(column, "$1$2", "$$1", "1$", "++1", "+-1", "$+$1", "1+", "1.2.3", ".", "$", "+", "-$");
      isBad(column, "1e3", "1d", "0x1", "NaN", "€5", "5 USD", "١", "５", "free", "1'000");
      // Commas go where thousands have them.
      isBad(column, "$1,23", "1,2345", ",100", "1,,000", "1,000,", "1,060.5,0", "1234,567", "1,.5");
    }

    check(engine);
  }

  @ParameterizedTest
  @ValueSource(strings = {"compiled", "interpreted"})
  void datesMayBeFollowedByATimeOfDay(String engine) {
    String column = "last review";
    Date day = Date.valueOf("2020-01-03");
    List<String> times =
        List.of(
            "",
            "T00:00:00",
            " 00:00:00",
            " 0:00",
            "\u00a0\u00a000:00",
            "T23:59:60",
            "T12:34:56.789",
            "T12:34:56,789012345678",
            "T12:34Z",
            "T12:34:56.7Z",
            "T12:34:56+01:00",
            "T12:34:56-0800",
            " 00:00:00+00",
            " 00:00:00.000000 -08:00",
            " 00:00:00 UTC",
            " 00:00 GMT",
            " 00:00:00 CEST",
            " 12:00 AM",
            " 1:05 pm",
            " 1:05:06\u202fPM",
            " 11:59:59.9PM");
    for (String time : times) {
      is(column, day, "1/3/2020" + time, "01/03/2020" + time, "1/3/20" + time, "2020-01-03" + time);
    }
    is(column, Date.valueOf("2016-02-29"), "2/29/16", "2/29/2016", "2016-02-29");
    is(column, Date.valueOf("2026-11-20"), "11/20/2026 23:59:59", "11/20/26");
    isBad(column, "11/21/2026", "11/21/26", "1/1/99", "9999-12-31");
    isBad(
        column,
        "2020-01-03T",
        "2020-01-03 ;",
        "2020-01-03 12",
        "2020-01-03T24:00",
        "1/3/2020T1:60");
    isBad(column, "1/3/2020 12:00 XM", "1/3/2020 13:00 PM", "1/3/2020 0:00 AM");
    isBad(
        column,
        "2020-01-0312:00",
        "2020-01-03t00:00",
        "2020-01-03T00:00:00.",
        "2020-01-03T00:00+1");
    isBad(column, "2020/01/03", "19.10.2021", "3-Jan-2020", "1-3-2020", "2020-1-3", "20200103");
    isBad(
        column,
        "1/3/020",
        "1/3/202",
        "1/3/20200",
        "001/3/2020",
        "1/003/2020",
        "1/3",
        "1/3/",
        "/3/20");
    isBad(
        column,
        "0/3/2020",
        "13/3/2020",
        "1/0/2020",
        "1/32/2020",
        "2/30/2020",
        "2/29/2019",
        "2/29/19");
    isBad(column, "１/3/2020", "١/3/2020", "+1/3/2020", "-1/3/2020", "+2020-01-03", "-2020-01-03");

    check(engine);
  }

  /** In a house that was built before any of these days. */
  @ParameterizedTest
  @ValueSource(strings = {"compiled", "interpreted"})
  void datesBefore1900AreWrong(String engine) {
    List<Listing> listings = new ArrayList<>();
    Map<String, String> expected =
        Map.of(
            "1/1/1900", "1900-01-01",
            "1900-01-01 00:00", "1900-01-01",
            "12/31/1899", "2021-10-19",
            "1899-12-31", "2021-10-19",
            "0000-01-01", "2021-10-19",
            "1/1/0001", "2021-10-19");
    List<String> dates = new ArrayList<>(expected.keySet());
    for (int i = 0; i < dates.size(); i++) {
      listings.add(Listing.of(i).with("Construction year", "-5").with("last review", dates.get(i)));
    }
    LongStream.range(100, 150).forEach(id -> listings.add(Listing.of(id)));

    Map<Object, Row> cleaned = clean(engine, listings).rowsBy("id", Output.CLEANED);

    for (int i = 0; i < dates.size(); i++) {
      assertThat(cleaned.get((long) i).<Date>getAs("last_review"))
          .as(dates.get(i))
          .isEqualTo(Date.valueOf(expected.get(dates.get(i))));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"compiled", "interpreted"})
  void truthValuesAreAFewWordsInAnyCase(String engine) {
    String column = "instant_bookable";
    is(column, true, "true", "TRUE", "True", "t", "T", "yes", "YES", "y", "1");
    is(column, false, "false", "FALSE", "False", "f", "F", "no", "NO", "n", "0");
    isBad(column, "1.0", "on", "off", "truе", "tru", "wahr", "-1", "true\u0000", "no\u001f", "２");

    check(engine);
  }

  @Test
  void blanksOfHeaderNamesAreTheSameOnes() {
    // A CR alone would end a line.
    String blanks = BLANKS.replace("\r", "\r\n");
    List<String> header =
        Listing.header().stream()
            .map(name -> blanks + name.replace(" ", blanks).toUpperCase(Locale.ROOT) + blanks)
            .map(name -> '"' + name + '"')
            .toList();
    String csv =
        Listing.csv(List.of(Listing.of(1)))
            .replaceFirst("^[^\n]*", String.join(",", header).replace("\\", "\\\\"));

    Row row =
        new TestBucket(folder)
            .clean("input/a.csv", csv.getBytes(StandardCharsets.UTF_8))
            .rows(Output.CLEANED)
            .get(0);

    assertThat(row.<BigDecimal>getAs("price")).isEqualByComparingTo("100");
    assertThat(row.<Long>getAs("calculated_host_listings_count")).isEqualTo(4);
  }

  @Test
  void aNameThatOnlyLooksRightIsShownWithItsInvisibleCharacters() {
    String csv = Listing.csv(List.of(Listing.of(1))).replaceFirst(",price,", ",\u200bprice,");

    assertThatThrownBy(
            () -> new TestBucket(folder).clean("input/a.csv", csv.getBytes(StandardCharsets.UTF_8)))
        .hasMessageStartingWith(
            "INVALID_INPUT: input/a.csv: columns missing: price; the header has: id, name,")
        .hasMessageContaining(" construction_year, \\u200bprice, service_fee,");
  }

  private void is(String column, Object expected, String... raw) {
    Stream.of(raw).forEach(value -> cases.add(new Case(column, value, expected)));
  }

  private void isBad(String column, String... raw) {
    is(column, INSTEAD.get(column), raw);
  }

  private static BigDecimal cents(long cents) {
    return BigDecimal.valueOf(cents, 2);
  }

  /** Runs all cases at once, each in a row of its own among good ones. */
  private void check(String engine) {
    List<Listing> listings = new ArrayList<>();
    // Good rows in the majority, so that medians are theirs.
    LongStream.range(0, cases.size() + 1).forEach(id -> listings.add(Listing.of(100_000 + id)));
    for (int i = 0; i < cases.size(); i++) {
      Case each = cases.get(i);
      Listing listing = Listing.of(1_000 + i).with("lat", "" + i % 90).with("long", "" + i / 90);
      // Whichever of the two the case leaves alone tells its row.
      listings.add(listing.with("NAME", "Case " + i).with(each.column, each.raw));
    }

    TestBucket.Run run = clean(engine, listings);

    Map<Object, Row> byId = run.rowsBy("id", Output.CLEANED);
    Map<Object, Row> byName = run.rowsBy("name", Output.CLEANED);
    List<Row> rejected = run.rows(Output.QUARANTINE);
    for (int i = 0; i < cases.size(); i++) {
      Case each = cases.get(i);
      String name = "\"Case " + i + "\"";
      Row row = each.column.equals("id") ? byName.get("Case " + i) : byId.get(1_000L + i);
      if (each.expected instanceof String reason && reasons().contains(reason)) {
        assertThat(row).as("%s", each).isNull();
        assertThat(rejected)
            .as("%s", each)
            .filteredOn(found -> found.<String>getAs("raw_record").contains(name))
            .singleElement()
            .satisfies(
                found -> {
                  assertThat(found.<String>getAs("reject_reason")).isEqualTo(reason);
                  assertThat(found.<String>getAs("reject_column")).isEqualTo(standard(each.column));
                });
      } else {
        assertThat(row).as("%s: %s", each, rejected(rejected, name)).isNotNull();
        assertThat(row.<Object>getAs(standard(each.column)))
            .as("%s", each)
            .isEqualTo(each.expected);
      }
    }
  }

  private TestBucket.Run clean(String engine, List<Listing> listings) {
    // Before the session exists there is none to set; the bucket makes it.
    TestBucket bucket = new TestBucket(folder);
    Map<String, String> settings = ENGINES.get(engine);
    SparkSession spark = SparkSession.active();
    settings.forEach((name, value) -> spark.conf().set(name, value));
    try {
      return bucket.clean("input/a.csv", Listing.csv(listings).getBytes(StandardCharsets.UTF_8));
    } finally {
      settings.keySet().forEach(name -> spark.conf().unset(name));
    }
  }

  private static List<String> rejected(List<Row> rejected, String name) {
    return rejected.stream()
        .filter(row -> row.<String>getAs("raw_record").contains(name))
        .map(row -> row.<String>getAs("reject_reason"))
        .toList();
  }

  private static String standard(String column) {
    return column.toLowerCase(Locale.ROOT).replace(' ', '_');
  }

  private static List<String> reasons() {
    return Stream.of(RejectReason.values()).map(RejectReason::text).toList();
  }
}
