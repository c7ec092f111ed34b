package dev.waybill.gluejobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that people really send, and others that they might. */
class OddInputTest {

  private static final int MEBIBYTE = 1 << 20;

  @TempDir private Path folder;

  @Test
  void oddValuesAreReadOrRejectedButNeverMisread() {
    Map<String, List<String>> odd =
        Map.of(
            "price",
            List.of("$1,23", "(5)", "€5", "０１２", "1e3", "NaN", "$99999999999999"),
            "lat",
            List.of("1e400", "NaN", "４０"),
            "minimum nights",
            List.of("-0", "1e2", "３"),
            "Construction year",
            List.of("２０１０", "99999999999"));
    List<Listing> listings = new ArrayList<>();
    odd.forEach(
        (column, values) ->
            values.forEach(
                value -> listings.add(Listing.of(listings.size() + 1).with(column, value))));

    TestBucket.Run run = new TestBucket(folder).run("input/a.csv", Listing.csv(listings));

    assertThat(run.rows(Output.CLEANED)).isEmpty();
    assertThat(run.rows(Output.QUARANTINE))
        .hasSize(listings.size())
        .extracting(row -> row.<String>getAs("reject_value"))
        .containsExactlyInAnyOrderElementsOf(odd.values().stream().flatMap(List::stream).toList());
  }

  @Test
  void oddDatesAndFiguresBecomeMediansAndTextPassesAsItIs() {
    List<String> names =
        List.of(
            "=cmd|' /C calc'!A0",
            "+SUM(A1:A9)",
            "@import",
            "<script>alert(1)</script>",
            "李雷 Ωμέγα Ещё עברית العربية हिन्दी ไทย 한국어 Ελλάδα",
            "👩‍👩‍👧‍👦 🏳️‍🌈",
            "\u202eevil\u202c",
            "a\0b",
            "\ufeffmark inside");
    List<String> dates =
        List.of("2/30/2020", "1/1/0001", "12/31/9999", "+12345-01-01", "yesterday");
    List<Listing> listings = new ArrayList<>();
    names.forEach(name -> listings.add(Listing.of(listings.size() + 1).with("NAME", name)));
    dates.forEach(date -> listings.add(Listing.of(listings.size() + 1).with("last review", date)));
    for (String figure : List.of("1e400", "NaN", "-5", "９", "9223372036854775807")) {
      listings.add(
          Listing.of(listings.size() + 1)
              .with("number of reviews", figure)
              .with("reviews per month", figure)
              .with("calculated host listings count", figure));
    }

    TestBucket.Run run = new TestBucket(folder).run("input/a.csv", Listing.csv(listings));

    List<Row> rows = run.rows(Output.PROCESSED);
    assertThat(rows).hasSize(listings.size());
    assertThat(rows).extracting(row -> row.<String>getAs("name")).containsAll(names);
    assertThat(rows)
        .extracting(row -> row.<Object>getAs("last_review").toString())
        .containsOnly("2021-10-19");
    assertThat(rows)
        .extracting(row -> row.<Long>getAs("number_of_reviews"))
        .containsOnly(9L, Long.MAX_VALUE);
    assertThat(rows)
        .extracting(row -> row.<Double>getAs("reviews_per_month"))
        .containsOnly(0.25, 9223372036854775807.0);
  }

  @Test
  void aColumnNamedLikeOursIsOneThatNobodyKnows() {
    List<String> header = new ArrayList<>(Listing.header());
    header.addAll(List.of("waybill.run_id", "rejection", "raw_record", "duplicate_rank"));
    String csv = Listing.csv(header, List.of(Listing.of(1), Listing.of(2)));

    TestBucket.Run run = new TestBucket(folder).run("input/a.csv", csv);

    assertThat(run.rows(Output.PROCESSED)).hasSize(2);
    assertThat(run.rows(Output.PROCESSED).get(0).schema().fieldNames())
        .doesNotContain("waybill.run_id", "rejection", "raw_record", "duplicate_rank");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          gzip          | is compressed with gzip; upload it unpacked
          utf-16        | is in UTF-16; save it as UTF-8
          cr            | has lines that end with CR alone; save it with LF or CRLF
          open header   | has a first line that can't be read: text follows a closing quote
          nul header    | is not a CSV file: its first line holds control characters
          wide header   | has 10,001 columns in its first line; no more than 10,000 are taken
          """)
  void aFileThatIsNoneIsRefusedInOneSentence(String kind, String message) throws IOException {
    String good = Listing.csv(List.of(Listing.of(1), Listing.of(2)));
    byte[] file =
        switch (kind) {
          case "gzip" -> gzip(good);
          case "utf-16" -> good.getBytes(StandardCharsets.UTF_16);
          case "cr" -> bytes(good.replace('\n', '\r'));
          case "open header" -> bytes(good.replaceFirst("license", "\"license"));
          case "nul header" -> bytes(good.replaceFirst("license", "licen\0se"));
          default -> bytes("c,".repeat(10_000) + "c\n");
        };

    assertThatThrownBy(() -> new TestBucket(folder).clean("input/odd.csv", file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageStartingWith("INVALID_INPUT: input/odd.csv: " + message);
  }

  @Test
  void aByteOrderMarkInTheMiddleIsTextOfItsRecord() {
    String good = Listing.csv(List.of(Listing.of(1)));
    TestBucket.Run run = new TestBucket(folder).run("input/a.csv", good + "\ufeff" + good);

    assertThat(run.record("manifest.json").at("/rows/read").asLong()).isEqualTo(3);
    assertThat(run.rows(Output.PROCESSED)).hasSize(1);
    assertThat(run.rows(Output.QUARANTINE)).hasSize(2);
  }

  @Test
  void fiveThousandColumnsAreNotTooMany() {
    List<String> header = new ArrayList<>(Listing.header());
    IntStream.range(0, 5_000).forEach(i -> header.add("extra " + i));

    TestBucket.Run run =
        new TestBucket(folder).run("input/a.csv", Listing.csv(header, List.of(Listing.of(1))));

    assertThat(run.rows(Output.PROCESSED)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "100, 0, 100 MB in one line",
    "0, 200, a quoted field of 200 MB",
  })
  void aRecordWithoutEndIsRefusedBeforeItFillsTheMemory(int line, int field, String name)
      throws IOException {
    Path file = Files.createDirectories(folder.resolve("input")).resolve("huge.csv");
    Files.writeString(file, line > 0 ? "" : String.join(",", Listing.header()) + "\n\"");
    byte[] chunk = new byte[MEBIBYTE];
    Arrays.fill(chunk, (byte) 'x');
    for (int i = 0; i < line + field; i++) {
      Files.write(file, chunk, StandardOpenOption.APPEND);
    }
    TestBucket bucket = new TestBucket(folder);

    assertThatThrownBy(() -> CleanListings.main(bucket.arguments("input/huge.csv")))
        .extracting(OddInputTest::rootOf)
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.THROWABLE)
        .hasMessageStartingWith(
            "INVALID_INPUT: input/huge.csv: the record at line %d is longer than 64 MiB"
                .formatted(line > 0 ? 1 : 2));
  }

  @Test
  void keysAreTakenAsTheyAreOrRefused() {
    String csv = Listing.csv(List.of(Listing.of(1)));
    String longest =
        "input/"
            + IntStream.range(0, 5).mapToObj(i -> "k".repeat(200)).collect(Collectors.joining("/"))
            + "/99.csv";
    assertThat(longest).hasSizeBetween(1_010, 1_024);

    assertThat(new TestBucket(folder).run(longest, csv).rows(Output.PROCESSED)).hasSize(1);
    TestBucket bucket = new TestBucket(folder);
    bucket.run("input/a #1%20?+ é.csv", csv);
    assertThatThrownBy(() -> CleanListings.main(bucket.arguments("input/x/../../cleaned/a.csv")))
        .hasMessageStartingWith(
            "INVALID_INPUT: input/x/../../cleaned/a.csv: has a key that file systems take for another");
    assertThatThrownBy(() -> CleanListings.main(bucket.arguments("input//a.csv")))
        .hasMessageContaining("has a key that file systems take for another one");
  }

  private static Throwable rootOf(Throwable error) {
    return error.getCause() == null ? error : rootOf(error.getCause());
  }

  private static byte[] gzip(String text) throws IOException {
    var zipped = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(zipped)) {
      out.write(bytes(text));
    }
    return zipped.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
