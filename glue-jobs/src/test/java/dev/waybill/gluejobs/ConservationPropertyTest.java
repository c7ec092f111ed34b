package dev.waybill.gluejobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What must hold of any file, however dirty. */
class ConservationPropertyTest {

  private static final String PARTITIONS = "spark.sql.shuffle.partitions";
  private static final String BROADCAST = "spark.sql.autoBroadcastJoinThreshold";

  @Property(tries = 8, seed = "42")
  void noRowIsLostAndNeitherOrderNorPartitionsNorWaysOfJoiningMatter(
      @ForAll("listings") List<Listing> listings) throws IOException {
    List<Listing> shuffled = new ArrayList<>(listings);
    Collections.shuffle(shuffled, new Random(7));

    List<Row> rows = run(Listing.csv(listings), listings.size(), 1);
    List<Row> again = asOfManyRows(() -> run(Listing.csv(shuffled), listings.size(), 5));

    assertThat(again).isEqualTo(rows);
  }

  @Provide
  Arbitrary<List<Listing>> listings() {
    Arbitrary<Listing> listing =
        Combinators.combine(
                Arbitraries.longs().between(1, 40),
                Arbitraries.of("Ada", "", "Ben"),
                Arbitraries.of("$10", "$20 ", "", "ten"),
                Arbitraries.of("1", "30", "0", "x"),
                Arbitraries.of("1/1/2020", "1/1/2050", "", "2021-05-05"),
                Arbitraries.of("0.5", "", "-1"),
                Arbitraries.of("Private room", "Cave"),
                Arbitraries.of("40.1", "", "400"))
            .as(
                (id, host, price, nights, review, perMonth, room, lat) ->
                    new Listing()
                        .with("id", String.valueOf(id))
                        .with("host name", host)
                        .with("price", price)
                        .with("minimum nights", nights)
                        .with("last review", review)
                        .with("reviews per month", perMonth)
                        .with("room type", room)
                        .with("lat", lat));
    return listing.list().ofMinSize(0).ofMaxSize(60);
  }

  /** Then no side of a join is sent to tasks, and hashes tell which rows may be duplicates. */
  private static List<Row> asOfManyRows(Callable<List<Row>> run) {
    SparkSession spark = SparkSession.active();
    spark.conf().set(SmallSide.FEW_ROWS, 0);
    spark.conf().set(BROADCAST, -1);
    try {
      return run.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    } finally {
      spark.conf().unset(SmallSide.FEW_ROWS);
      spark.conf().unset(BROADCAST);
    }
  }

  private static List<Row> run(String csv, int records, int partitions) throws IOException {
    TestBucket bucket = new TestBucket(Files.createTempDirectory("waybill"));
    SparkSession spark = SparkSession.active();
    TestBucket.Run run;
    spark.sparkContext().conf().set(PARTITIONS, String.valueOf(partitions));
    spark.conf().set(PARTITIONS, partitions);
    try {
      run = bucket.run("input/a.csv", csv);
    } finally {
      spark.sparkContext().conf().remove(PARTITIONS);
    }
    List<Row> rows = new ArrayList<>(run.rows(Output.PROCESSED));
    List<Row> quarantine = run.rows(Output.QUARANTINE);
    assertThat(rows.size() + quarantine.size()).isEqualTo(records);
    rows.addAll(quarantine);
    rows.sort(Comparator.comparing(Row::toString));
    return rows;
  }
}
