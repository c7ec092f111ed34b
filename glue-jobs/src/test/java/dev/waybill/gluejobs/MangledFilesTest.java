package dev.waybill.gluejobs;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.gluejobs.cleaning.CheckValues;
import dev.waybill.gluejobs.cleaning.ConvertCurrency;
import dev.waybill.gluejobs.cleaning.CorrectReviewDates;
import dev.waybill.gluejobs.cleaning.Duplicates;
import dev.waybill.gluejobs.cleaning.FillMissingValues;
import dev.waybill.gluejobs.cleaning.FilterMinimumNights;
import dev.waybill.gluejobs.cleaning.Medians;
import dev.waybill.gluejobs.cleaning.ReadListings;
import dev.waybill.gluejobs.cleaning.ReduceSkewness;
import dev.waybill.gluejobs.cleaning.RemoveDuplicates;
import dev.waybill.gluejobs.cleaning.StandardizeColumns;
import dev.waybill.gluejobs.csv.CsvCuts;
import dev.waybill.gluejobs.csv.CsvRecords;
import dev.waybill.gluejobs.csv.CsvSource;
import dev.waybill.gluejobs.csv.Cutting;
import dev.waybill.gluejobs.processing.AddCosts;
import dev.waybill.gluejobs.processing.AddRanks;
import dev.waybill.gluejobs.processing.SummarizeNeighbourhoods;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * That no file, however mangled, loses a row: what is read of it is cleaned or rejected, or it is
 * refused in a sentence that names it. Files go through Spark by the hundred: each is read and
 * bound by itself, and all go through the steps together.
 */
class MangledFilesTest {

  private static final int BATCH = 100;
  private static final String FILE = "file";

  /** To compile code for a hundred tiny files takes longer than to run them. */
  private static final Map<String, String> SMALL_PLANS =
      Map.of(
          "spark.sql.codegen.wholeStage", "false",
          "spark.sql.codegen.factoryMode", "NO_CODEGEN",
          "spark.sql.shuffle.partitions", "2");

  private static final LocalDate RUN_DATE = LocalDate.parse(TestBucket.RUN_DATE);
  private static final Path ROOT = Path.of(System.getProperty("waybill.root"));
  private static final List<List<List<String>>> SEEDS = seeds();

  /** The sample that every build takes. */
  @Property(tries = 5, seed = "20261121", shrinking = ShrinkingMode.OFF)
  void ofASampleNoRowIsLost(@ForAll("files") List<byte[]> files) throws IOException {
    assertThatNoRowIsLost(files);
  }

  /** By {@code .ci/fuzz}; the seed stands in the report. */
  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  @Tag("fuzz")
  void ofTenThousandFilesNoRowIsLost(@ForAll("files") List<byte[]> files) throws IOException {
    assertThatNoRowIsLost(files);
  }

  @Provide
  Arbitrary<List<byte[]>> files() {
    return Arbitraries.randomValue(
            random -> new Mangler(random).mangle(SEEDS.get(random.nextInt(SEEDS.size()))))
        .list()
        .ofSize(BATCH);
  }

  private static void assertThatNoRowIsLost(List<byte[]> files) throws IOException {
    Path folder = Files.createTempDirectory("waybill-mangled");
    TestBucket bucket = new TestBucket(folder);
    SparkSession spark = SparkSession.active();
    SMALL_PLANS.forEach((setting, value) -> spark.conf().set(setting, value));
    Map<Integer, Long> expected = new HashMap<>();
    Dataset<Row> all = null;
    Files.createDirectories(folder.resolve("input"));
    for (int number = 0; number < files.size(); number++) {
      String key = "input/" + number + ".csv";
      Files.write(folder.resolve(key), files.get(number));
      try {
        ReadListings listings =
            ReadListings.open(
                spark, new InputObject("s3://" + bucket.name() + "/" + key, key, "", "", 0));
        // Tasks read what lies between two cuts, wherever chunks end.
        assertThat(Cutting.readCut(files.get(number), 1 + number, 64))
            .isEqualTo(Cutting.readByteByByte(files.get(number)));
        expected.put(number, recordsOf(key, files.get(number)));
        Dataset<Row> bound =
            StandardizeColumns.apply(
                    listings.records(spark, CsvCuts.of(spark, listings.object(), listings.bytes())),
                    listings.header())
                .drop(ListingColumns.DROPPED.toArray(String[]::new))
                .withColumn(FILE, lit(number))
                // Of one file no two records begin at the same place; here many are one.
                .withColumn(
                    CsvSource.RECORD_OFFSET,
                    col(CsvSource.RECORD_OFFSET).plus(lit((long) number << Integer.SIZE)));
        all = all == null ? bound : all.unionByName(bound);
      } catch (InvalidInput e) {
        expected.remove(number);
        assertThat(e.getMessage())
            .startsWith("INVALID_INPUT: " + key + ": ")
            .hasSizeLessThan(2_000)
            .doesNotContain("Exception", "\tat ");
      }
    }
    assertThat(expected).as("files that are read at all").hasSizeGreaterThan(BATCH / 3);

    // Read once: a plan of a hundred files would be analyzed again at each step.
    Dataset<Row> read = spark.createDataFrame(all.collectAsList(), all.schema());
    Dataset<Row> checked = check(read).cache();
    Map<Integer, Long> found = new HashMap<>();
    checked
        .groupBy(FILE)
        .agg(count(lit(1)))
        .collectAsList()
        .forEach(row -> found.put(row.getInt(0), row.getLong(1)));
    expected.values().removeIf(records -> records == 0);
    assertThat(found).isEqualTo(expected);

    Medians medians = Medians.of(checked, RUN_DATE);
    long records = expected.values().stream().mapToLong(Long::longValue).sum();
    assertThat(medians.kept() + medians.allRejected()).isEqualTo(records);
    Dataset<Row> cleaned =
        CorrectReviewDates.apply(
            ReduceSkewness.apply(checked.where(col("rejection").isNull()), medians),
            medians,
            RUN_DATE);
    Dataset<Row> processed =
        AddRanks.asProportions(
            AddRanks.overall(
                AddRanks.withinNeighbourhood(
                    AddCosts.withCostPerNight(AddCosts.withMinimumTotalSpend(cleaned)), 0),
                0),
            medians.kept());
    assertThat(processed.collectAsList()).hasSize(Math.toIntExact(medians.kept()));
    assertThat(
            SummarizeNeighbourhoods.apply(AddCosts.withCostPerNight(cleaned))
                .collectAsList()
                .stream()
                .mapToLong(row -> row.<Long>getAs("listings"))
                .sum())
        .isEqualTo(medians.kept());
    assertThat(checked.where(col(CsvSource.RAW_RECORD).isNull()).count()).isZero();
    checked.unpersist();
    SMALL_PLANS.keySet().forEach(setting -> spark.conf().unset(setting));
    delete(folder);
  }

  private static Dataset<Row> check(Dataset<Row> bound) {
    return bound
        .transform(rows -> RemoveDuplicates.apply(rows, Duplicates.find(rows, 0)))
        .transform(FillMissingValues::apply)
        .transform(FilterMinimumNights::apply)
        .transform(ConvertCurrency::apply)
        .transform(CheckValues::apply);
  }

  /**
   * How many records a file has besides its header.
   *
   * @throws InvalidInput where it is no CSV after all
   */
  private static long recordsOf(String key, byte[] file) throws IOException {
    try (CsvRecords records = new CsvRecords(new ByteArrayInputStream(file))) {
      long count = -1;
      long bytes = 0;
      while (records.next()) {
        count++;
        bytes += records.raw().numBytes();
      }
      assertThat(bytes)
          .as("bytes in records: the rest are line ends and a mark")
          .isBetween(file.length - 3L - lineEnds(file), (long) file.length);
      return count;
    } catch (CsvRecords.NotCsv e) {
      throw new InvalidInput(key, e.getMessage());
    }
  }

  private static long lineEnds(byte[] file) {
    return IntStream.range(0, file.length).filter(i -> file[i] == '\n' || file[i] == '\r').count();
  }

  /** Good files of few records: generated ones, the sample's, and the real ones. */
  private static List<List<List<String>>> seeds() {
    List<List<List<String>>> seeds = new ArrayList<>();
    List<List<String>> generated = new ArrayList<>();
    generated.add(Listing.header());
    for (int id = 1; id <= 12; id++) {
      Listing listing = Listing.of(id);
      generated.add(Listing.header().stream().map(listing::field).toList());
    }
    seeds.add(generated);
    for (String file :
        List.of("sample-data/listings.csv", "../shared/data/airbnb-open-data-4k.csv")) {
      Path path = ROOT.resolve(file);
      if (Files.exists(path)) {
        List<List<String>> records = records(path);
        for (int from = 1; from + 20 < Math.min(records.size(), 400); from += 20) {
          List<List<String>> some = new ArrayList<>(List.of(records.get(0)));
          some.addAll(records.subList(from, from + 20));
          seeds.add(some);
        }
      }
    }
    return seeds;
  }

  private static List<List<String>> records(Path file) {
    try (CsvRecords records = new CsvRecords(Files.newInputStream(file))) {
      List<List<String>> all = new ArrayList<>();
      while (records.next()) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < records.fields(); i++) {
          fields.add(records.field(i).toString());
        }
        all.add(fields);
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
