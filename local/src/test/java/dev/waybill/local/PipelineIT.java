package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.collector.Backend;
import dev.waybill.local.report.Trace;
import dev.waybill.local.report.Trace.Span;
import dev.waybill.local.run.LocalRuns;
import dev.waybill.local.run.Progress;
import dev.waybill.local.run.RunSummary;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files through the whole pipeline, from the upload: the packaged Lambda, the definition, the
 * packaged jobs.
 */
@TestInstance(Lifecycle.PER_CLASS)
class PipelineIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("waybill.root")));
  private static final Path REAL =
      INSTALLATION.root().resolve("../shared/data/airbnb-open-data-4k.csv");
  private static final Path SAMPLE = INSTALLATION.root().resolve("sample-data/listings.csv");
  private static final Clock RUN_DATE =
      Clock.fixed(Instant.parse("2026-11-20T12:00:00Z"), ZoneOffset.UTC);
  private static final String STRANGE = "été + 100% 李.csv";

  /** Of jobs that are larger or less lucky, join data sets, run on AWS or in Python. */
  private static final String[] NOT_IN_THESE_RUNS = {
    "resource aws.log.group.names string[]",
    "Spark job span error.type string",
    "Spark job span waybill.spark.job.id int",
    "Spark job span waybill.spark.job.stages int",
    "job span waybill.spark.events_dropped int",
    "job span waybill.spark.executors_lost string[]",
    "log record exception.stacktrace string",
    "stage span waybill.spark.stage.skew_sampled boolean",
    "step span waybill.step.input_rows.<input> int",
  };

  private final Map<String, RunSummary> runs = new HashMap<>();

  @BeforeAll
  void runThemAll(@TempDir Path folder) throws Exception {
    String header = Files.readAllLines(SAMPLE).get(0);
    String rows =
        Files.readAllLines(SAMPLE).stream().skip(1).limit(50).collect(Collectors.joining("\n"));
    List<Path> files = new ArrayList<>();
    if (isThere()) {
      files.add(REAL);
    }
    files.add(SAMPLE);
    files.add(write(folder, "missing.csv", "id,NAME\n1,a\n"));
    files.add(write(folder, "doubled.csv", header + ",price\n"));
    files.add(write(folder, "empty.csv", ""));
    files.add(write(folder, "header.csv", header + "\n"));
    files.add(
        Files.write(
            folder.resolve("latin.csv"),
            (header + "\n" + rows.replace("Sunny", "Café")).getBytes(StandardCharsets.ISO_8859_1)));
    byte[] garbage = new byte[10_000];
    new java.util.Random(1).nextBytes(garbage);
    files.add(Files.write(folder.resolve("garbage.csv"), garbage));
    files.add(write(folder, "unclosed.csv", header + "\n" + rows + "\n1,\"never closed\n2,x\n"));
    files.add(write(folder, STRANGE, header + "\n" + rows));
    run(folder.resolve("out"), files, Map.of())
        .forEach(run -> runs.put(Path.of(run.input().file()).getFileName().toString(), run));
  }

  @Test
  @EnabledIf("isThere")
  void theRealFileGivesTheFiguresOfAnIndependentReading() {
    RunSummary run = runs.get("airbnb-open-data-4k.csv");

    assertThat(run.status()).isEqualTo("SUCCEEDED");
    assertThat(run.rows())
        .isEqualTo(
            new RunSummary.Rows(
                4002L,
                3682L,
                3682L,
                Map.of(
                    "malformed_record", 1L,
                    "minimum_nights_out_of_range", 102L,
                    "invalid_price", 11L,
                    "invalid_service_fee", 5L,
                    "missing_value", 201L)));
    SparkSession spark = TestSpark.session();
    Dataset<Row> processed = spark.read().parquet(run.outputs().get("processed"));
    Row sums =
        processed
            .selectExpr(
                "sum(minimum_total_spend)",
                "sum(cost_per_night)",
                "sum(exp_rank_overall)",
                "sum(exp_rank_per_neighbourhood)",
                "sum(rank_overall_reviews)")
            .head();
    assertThat(sums.getDecimal(0)).isEqualByComparingTo(new BigDecimal("24114097.00"));
    assertThat(sums.getDecimal(1)).isEqualByComparingTo(new BigDecimal("2780818.00"));
    assertThat(sums.getLong(2)).isEqualTo(2026640);
    assertThat(sums.getLong(3)).isEqualTo(184049);
    assertThat(sums.getLong(4)).isEqualTo(916723);
    assertThat(spark.read().parquet(run.outputs().get("neighbourhood_summary")).count())
        .isEqualTo(174);
    assertThat(spark.read().parquet(run.outputs().get("quarantine")).count()).isEqualTo(320);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          missing.csv | input/missing.csv: columns missing: host_identity_verified, host_name,
          doubled.csv | input/doubled.csv: columns doubled: price; the header has:
          empty.csv   | input/empty.csv: is empty: it has no header and no rows
          latin.csv   | input/latin.csv: is not UTF-8: the record at line
          garbage.csv | input/garbage.csv: is not
          """)
  void invalidInputFailsOnceNamingFileAndCause(String file, String message) throws IOException {
    RunSummary run = runs.get(file);

    assertThat(run.status()).isEqualTo("FAILED");
    assertThat(run.error().type()).isEqualTo("InvalidInput");
    assertThat(run.error().message()).startsWith(message);
    assertThat(run.jobs()).as("not tried again").hasSize(1);
    assertThat(run.outputs()).isEmpty();
    Trace trace = trace(run);
    assertThat(trace.roots()).hasSize(1);
    assertThat(trace.orphans()).isEmpty();
    Span job = named(trace, "clean-listings");
    assertThat(job.error()).contains(message);
    assertThat(trace.childrenOf(job)).filteredOn(step -> step.error() != null).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"header.csv", "unclosed.csv", STRANGE})
  void oddButValidInputSucceeds(String file) throws IOException {
    RunSummary run = runs.get(file);

    assertThat(run.status()).as("%s", run.error()).isEqualTo("SUCCEEDED");
    assertThat(run.rows().read()).isEqualTo(run.rows().cleaned() + run.rows().allRejected());
    assertThat(run.outputs()).hasSize(4);
    assertThat(trace(run).roots()).hasSize(1);
    assertThat(trace(run).orphans()).isEmpty();
  }

  @Test
  void aHeaderAloneIsZeroRowsAndAnUnclosedQuoteOneMalformedRecord() throws IOException {
    assertThat(runs.get("header.csv").rows().read()).isZero();
    assertThat(runs.get("unclosed.csv").rows().rejected()).containsEntry("malformed_record", 1L);
    // Those that the first step turns away are in its picture, too.
    assertThat(Files.readString(Path.of(runs.get("unclosed.csv").report())))
        .contains("51 → 50 rows");
  }

  @Test
  void oneUploadGivesOneTraceWithinTheBudget() throws IOException {
    RunSummary run = runs.get("listings.csv");
    Trace trace = trace(run);

    assertThat(trace.roots()).singleElement().extracting(Span::name).isEqualTo("waybill upload");
    assertThat(trace.orphans()).isEmpty();
    assertThat(trace.errors()).isEmpty();
    assertThat(trace.spans()).hasSizeLessThan(60);
    int bytes = 0;
    for (Span span : trace.spans()) {
      bytes += Json.mapper().writeValueAsBytes(span).length;
    }
    assertThat(bytes).isLessThan(80_000);
    assertThat(run.trace()).isEqualTo(new RunSummary.TraceShape(trace.spans().size(), 1, 0, 0));
  }

  @Test
  void theSamplesSpanTreeIsAsRecorded() throws IOException {
    String tree = SpanTree.of(trace(runs.get("listings.csv")));

    assertThat(tree).isEqualTo(SpanTree.golden("sample-span-tree.txt"));
  }

  /** Which of them have spans depends on what took longest; all are told. */
  @Test
  void theSamplesStagesAreNamedByWhatTheyDo() throws IOException {
    Trace trace = trace(runs.get("listings.csv"));

    for (String job : List.of("clean-listings", "process-listings")) {
      List<String> ran = new ArrayList<>();
      for (String line : SpanTree.golden("sample-stages.txt").lines().toList()) {
        if (line.startsWith(job + ": ")) {
          ran.add(line.substring(job.length() + 2));
        }
      }
      Span root = named(trace, job);
      List<String> shown =
          trace.spans().stream()
              .filter(span -> span.service().equals(job) && SpanTree.isStage(span))
              .map(span -> parent(trace, span).name() + ": " + span.name())
              .toList();
      int omitted =
          Integer.parseInt(root.attributes().getOrDefault("waybill.spark.stages_omitted", "0"));
      assertThat(shown).hasSize(ran.size() - omitted).isNotEmpty();
      assertThat(ran).containsAll(shown);
    }
  }

  @Test
  void theTimeBeforeTheFirstStepIsThatOfStartingSpark() throws IOException {
    Trace trace = trace(runs.get("listings.csv"));
    Span root = named(trace, "clean-listings");

    assertThat(trace.childrenOf(root))
        .filteredOn(span -> span.name().equals("start spark"))
        .singleElement()
        .satisfies(start -> assertThat(start.start()).isEqualTo(root.start()));
    assertThat(root.attributes())
        .containsKeys("waybill.spark.plan_time", "waybill.spark.commit_time");
  }

  /** By each step on its span, by all in the metric, and by the run in its record. */
  @Test
  void everyValueThatAStepChangedIsCountedOnce() throws IOException {
    RunSummary run = runs.get("listings.csv");
    Trace trace = trace(run);

    assertThat(named(trace, "fill missing values").attributes())
        .containsEntry(
            "waybill.step.values_changed",
            "house_rules: constant_filled_in 1040; host_identity_verified: constant_filled_in 41;"
                + " instant_bookable: constant_filled_in 34; country: constant_filled_in 27;"
                + " cancellation_policy: constant_filled_in 23; name: constant_filled_in 20;"
                + " host_name: constant_filled_in 13");
    assertThat(named(trace, "reduce skewness").attributes())
        .containsEntry(
            "waybill.step.values_changed",
            "reviews_per_month: missing 210; calculated_host_listings_count: missing 5;"
                + " number_of_reviews: missing 3");
    assertThat(named(trace, "correct review dates").attributes())
        .containsEntry(
            "waybill.step.values_changed", "last_review: missing 210, before_construction 209");
    Map<String, Map<String, Long>> counted = new HashMap<>();
    for (JsonNode line : lines(Path.of(run.report()).resolveSibling("metrics.jsonl"))) {
      for (JsonNode metric :
          line.findValues("metrics").stream().flatMap(PipelineIT::each).toList()) {
        if (metric.path("name").asText().equals("waybill.values.changed")) {
          for (JsonNode point : metric.at("/sum/dataPoints")) {
            counted
                .computeIfAbsent(attribute(point, "waybill.column"), column -> new HashMap<>())
                .merge(attribute(point, "waybill.cause"), point.path("asInt").asLong(), Long::sum);
          }
        }
      }
    }
    assertThat(counted).isEqualTo(run.values().changed());
  }

  @Test
  void attributesAreThoseThatTheirPageDeclares() throws IOException {
    Set<Attribute> emitted = new TreeSet<>();
    for (RunSummary run : runs.values()) {
      emitted.addAll(Attribute.emitted(Path.of(run.report()).getParent()));
    }
    Set<Attribute> declared = Attribute.declared(INSTALLATION.root().resolve("docs/attributes.md"));

    assertThat(declared).as("docs/attributes.md").containsAll(emitted);
    assertThat(declared)
        .filteredOn(attribute -> !emitted.contains(attribute))
        .extracting(Attribute::toString)
        .containsExactlyInAnyOrder(NOT_IN_THESE_RUNS);
  }

  @Test
  void aJobHangsUnderItsStateWhenXRayAnswersAndUnderTheLambdaWhenNot(@TempDir Path folder)
      throws Exception {
    Trace answered = trace(runs.get("listings.csv"));
    Span glue = parent(answered, named(answered, "process-listings"));
    assertThat(parent(answered, parent(answered, glue)).name()).isEqualTo("ProcessListings");

    RunSummary run =
        run(folder, List.of(SAMPLE), Map.of("AWS_ENDPOINT_URL_XRAY", "http://127.0.0.1:9")).get(0);

    Trace silent = trace(run);
    assertThat(run.status()).isEqualTo("SUCCEEDED");
    assertThat(silent.orphans()).isEmpty();
    for (String job : List.of("clean-listings", "process-listings")) {
      assertThat(parent(silent, named(silent, job)).name()).isEqualTo("StartExecution");
    }
  }

  @Test
  void everyAttemptOfAJobIsInTheTrace(@TempDir Path folder) throws Exception {
    Path bucket = Files.createDirectories(folder.resolve("bucket"));
    // No folder can be made where a file is: the job fails, and not for its input.
    Files.writeString(bucket.resolve("cleaned"), "in the way");

    RunSummary run = run(folder, List.of(SAMPLE), Map.of()).get(0);

    assertThat(run.status()).isEqualTo("FAILED");
    assertThat(run.error().type()).isEqualTo("States.TaskFailed");
    assertThat(run.jobs()).extracting(job -> job.attempt()).containsExactly(0, 1, 2);
    Trace trace = trace(run);
    List<Span> attempts =
        trace.spans().stream().filter(span -> span.name().equals("clean-listings")).toList();
    assertThat(attempts)
        .extracting(span -> span.attributes().get("waybill.attempt"))
        .containsExactly("0", "1", "2");
    assertThat(attempts).extracting(Span::parentId).doesNotHaveDuplicates();
    assertThat(trace.orphans()).isEmpty();
  }

  static boolean isThere() {
    return Files.exists(REAL);
  }

  static List<RunSummary> run(Path out, List<Path> files, Map<String, String> environment)
      throws InterruptedException {
    return run(out, files, Backend.NONE, environment);
  }

  /** With a collector. */
  static List<RunSummary> run(Path out, List<Path> files, Backend backend)
      throws InterruptedException {
    return run(out, files, backend, Map.of());
  }

  private static List<RunSummary> run(
      Path out, List<Path> files, Backend backend, Map<String, String> environment)
      throws InterruptedException {
    Progress progress = new Progress(System.err, true);
    try (LocalCloud cloud =
        new LocalCloud(
            INSTALLATION,
            out,
            HttpEndpoint.LOOPBACK,
            Keys.random(),
            backend,
            RUN_DATE,
            progress::warn,
            CleaningSettings.DEFAULT,
            environment)) {
      return new LocalRuns(cloud, progress).run(files);
    }
  }

  private static Path write(Path folder, String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  /** The trace as it was written down. */
  private static Trace trace(RunSummary run) throws IOException {
    Path folder = Path.of(run.report()).getParent();
    return Trace.of(
        lines(folder.resolve("segments.jsonl")),
        lines(folder.resolve("traces.jsonl")),
        run.traceId());
  }

  private static Stream<JsonNode> each(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  private static String attribute(JsonNode point, String key) {
    return each(point.path("attributes"))
        .filter(attribute -> attribute.path("key").asText().equals(key))
        .map(attribute -> attribute.at("/value/stringValue").asText())
        .findFirst()
        .orElse(null);
  }

  private static List<JsonNode> lines(Path file) throws IOException {
    return Files.readAllLines(file).stream().map(Json::parse).toList();
  }

  private static Span named(Trace trace, String name) {
    return trace.spans().stream()
        .filter(span -> span.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Span parent(Trace trace, Span span) {
    return trace.spans().stream()
        .filter(other -> other.id().equals(span.parentId()))
        .findFirst()
        .orElseThrow();
  }
}
