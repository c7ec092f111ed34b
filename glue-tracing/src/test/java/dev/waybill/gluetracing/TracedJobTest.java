package dev.waybill.gluetracing;

import static dev.waybill.gluetracing.TestCollector.attribute;
import static dev.waybill.gluetracing.TestCollector.hex;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.gluetracing.internal.otlp.OtlpTelemetry;
import dev.waybill.gluetracing.internal.spark.ListenerBus;
import dev.waybill.gluetracing.internal.spark.SparkSpans;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class TracedJobTest {

  private static final SparkSession SPARK = TestSpark.session();

  private static final String TRACE = "5759e988bd862e3fe1be46a994272793";
  private static final String HEADER =
      "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

  private static final String REJECTION = "rejection";

  @AutoClose private final TestCollector collector = TestCollector.healthy();

  @Test
  void hangsTheJobUnderTheHeadersParentWithEverythingThatNamesTheRun() {
    run(job -> job.step("count", () -> SPARK.range(3).count()));

    Span root = collector.span("test-job");
    assertThat(hex(root.getTraceId())).isEqualTo(TRACE);
    assertThat(hex(root.getParentSpanId())).isEqualTo("53995c3f42cd8ad8");
    assertThat(root.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
    assertThat(attribute(root.getAttributesList(), "waybill.run_id")).isEqualTo("run-1");
    assertThat(attribute(root.getAttributesList(), "aws.s3.key")).isEqualTo("input/a.csv");
    assertThat(attribute(root.getAttributesList(), "waybill.state")).isEqualTo("Clean");
    assertThat(attribute(root.getAttributesList(), "waybill.attempt")).isEqualTo("2");
    assertThat(collector.resources())
        .allSatisfy(
            resource -> {
              assertThat(attribute(resource.getAttributesList(), "service.name"))
                  .isEqualTo("test-job");
              assertThat(attribute(resource.getAttributesList(), "service.namespace"))
                  .isEqualTo("waybill");
              assertThat(attribute(resource.getAttributesList(), "cloud.provider"))
                  .isEqualTo("aws");
              assertThat(attribute(resource.getAttributesList(), "waybill.job_run_id"))
                  .isEqualTo("jr_1");
            });
  }

  @Test
  void sendsTheRootEarlyAsInProgressUnderTheSameId() {
    run(job -> job.step("count", () -> SPARK.range(3).count()));

    assertThat(collector.inProgress())
        .singleElement()
        .satisfies(
            early -> {
              assertThat(early.getSpanId()).isEqualTo(collector.span("test-job").getSpanId());
              assertThat(attribute(early.getAttributesList(), "aws.xray.inprogress"))
                  .isEqualTo("true");
            });
  }

  @Test
  void timesLazyStepsByTheStagesThatRanThemAndCountsTheirRows() {
    run(
        job -> {
          job.rejectionColumn(REJECTION);
          Dataset<Row> numbers = job.step("read numbers", () -> SPARK.range(1_000).toDF("n"));
          Dataset<Row> odd = job.step("filter odd", numbers, rows -> rows.where("n % 2 = 1"));
          Dataset<Row> marked =
              job.step(
                  "reject large",
                  odd,
                  rows ->
                      rows.withColumn(
                          REJECTION,
                          when(col("n").gt(900), struct(lit("too large").as("reason")))));
          Dataset<Row> tens =
              job.step(
                  "group tens",
                  marked,
                  rows -> rows.groupBy(col("n").divide(10).cast("int")).count());
          job.step("collect", () -> tens.collectAsList());
        });

    Span read = collector.span("read numbers");
    Span filter = collector.span("filter odd");
    Span reject = collector.span("reject large");
    Span group = collector.span("group tens");
    assertThat(rows(read)).containsExactly(null, "1000");
    assertThat(rows(filter)).containsExactly("1000", "500");
    assertThat(rows(reject)).containsExactly("500", "450");
    assertThat(rows(group)).containsExactly("450", "100");
    Span action = collector.span("collect");
    for (Span step : List.of(read, filter, reject, group)) {
      assertThat(step.getParentSpanId()).isEqualTo(collector.span("test-job").getSpanId());
      assertThat(step.getStartTimeUnixNano())
          .isGreaterThanOrEqualTo(action.getStartTimeUnixNano() - 1_000_000);
      assertThat(step.getEndTimeUnixNano()).isLessThanOrEqualTo(action.getEndTimeUnixNano());
    }
    assertThat(attribute(filter.getAttributesList(), "waybill.step.fused_with"))
        .isEqualTo("read numbers, reject large, group tens");
    List<Span> stages = collector.stages();
    assertThat(stages)
        .hasSize(2)
        .allSatisfy(stage -> assertThat(stage.getParentSpanId()).isEqualTo(action.getSpanId()));
    assertThat(
            attribute(stages.get(0).getAttributesList(), "waybill.spark.stage.shuffle.write.bytes"))
        .isNotEqualTo("0");
    assertThat(attribute(stages.get(1).getAttributesList(), "waybill.spark.stage.skew"))
        .isNotNull();
  }

  @Test
  void aSourceThatTurnsRowsAwayShowsThemToo() {
    run(
        job -> {
          job.rejectionColumn(REJECTION);
          Dataset<Row> read =
              job.step(
                  "read numbers",
                  () ->
                      SPARK
                          .range(10)
                          .withColumn(
                              REJECTION,
                              when(col("id").lt(3), struct(lit("malformed").as("reason")))));
          job.step("count", () -> read.count());
        });

    assertThat(rows(collector.span("read numbers"))).containsExactly("10", "7");
  }

  @Test
  void countsStepsThatKeepEachRowInOneObservation() {
    AtomicReference<String> plan = new AtomicReference<>();
    run(
        job -> {
          job.rejectionColumn(REJECTION);
          RowwiseSteps steps =
              job.rowwise("read numbers", () -> rejecting(SPARK.range(10).toDF("id"), "id < 3"))
                  .then("double", rows -> rows.withColumn("twice", col("id").multiply(2)))
                  .then("reject large", rows -> rejecting(rows, "twice > 12"))
                  .then("select", rows -> rows.select("twice", REJECTION))
                  .then("reject four", rows -> rejecting(rows, "twice = 8"));
          Dataset<Row> counted = steps.counted();
          plan.set(counted.queryExecution().optimizedPlan().toString());
          assertThat(counted.columns()).containsExactly("twice", REJECTION);
          assertThat(steps.rows().columns()).containsExactly("twice", REJECTION);
          job.step("collect", () -> counted.collectAsList());
          job.step("collect again", () -> steps.rows().collectAsList());
        });

    assertThat(rows(collector.span("read numbers"))).containsExactly("10", "7");
    assertThat(rows(collector.span("double"))).containsExactly("7", "7");
    assertThat(rows(collector.span("reject large"))).containsExactly("7", "4");
    // It drops the columns by which the steps before are counted, so these are counted before it.
    assertThat(rows(collector.span("select"))).containsExactly(null, "4");
    assertThat(rows(collector.span("reject four"))).containsExactly("4", "3");
    assertThat(plan.get().split("CollectMetrics", -1)).hasSize(3);
  }

  @Test
  void ofRowwiseStepsOfADataSetTheFirstKnowsWhatCameIn() {
    run(
        job -> {
          job.rejectionColumn(REJECTION);
          Dataset<Row> in = SPARK.range(10).toDF("id");
          Dataset<Row> out =
              job.rowwise(in).then("reject", rows -> rejecting(rows, "id = 1")).counted();
          job.step("collect", () -> out.collectAsList());
        });

    assertThat(rows(collector.span("reject"))).containsExactly("10", "9");
  }

  private static Dataset<Row> rejecting(Dataset<Row> rows, String condition) {
    Column earlier =
        List.of(rows.columns()).contains(REJECTION)
            ? col(REJECTION)
            : lit(null).cast("struct<reason:string>");
    return rows.withColumn(
        REJECTION, coalesce(earlier, when(expr(condition), struct(lit("too large").as("reason")))));
  }

  @Test
  void aTracedJobRunsExactlyTheSparkJobsAndStagesOfTheUntracedOne() {
    Dataset<Row> numbers = SPARK.range(1_000).toDF("n");
    String untraced =
        sparkWork(
            () ->
                numbers
                    .where("n % 2 = 1")
                    .groupBy(col("n").mod(7))
                    .count()
                    .orderBy("count")
                    .collectAsList());

    String traced =
        sparkWork(
            () ->
                run(
                    job -> {
                      Dataset<Row> in = job.step("read", () -> numbers);
                      Dataset<Row> odd = job.step("filter", in, rows -> rows.where("n % 2 = 1"));
                      Dataset<Row> groups =
                          job.step("group", odd, rows -> rows.groupBy(col("n").mod(7)).count());
                      Dataset<Row> sorted = job.step("sort", groups, rows -> rows.orderBy("count"));
                      job.step("collect", () -> sorted.collectAsList());
                    }));

    assertThat(traced).isEqualTo(untraced).isNotEqualTo("0 jobs, 0 stages");
  }

  @Test
  void aFailingStepCarriesTheErrorOnceAndTheJobItsWords() {
    assertThatThrownBy(
            () ->
                run(
                    job -> {
                      Dataset<Row> bad =
                          job.step(
                              "divide",
                              SPARK.range(3).toDF("n"),
                              rows ->
                                  rows.withColumn(
                                      "x",
                                      org.apache.spark.sql.functions.raise_error(
                                          lit("row is bad"))));
                      job.step("write", () -> bad.collectAsList());
                    }))
        .hasMessageContaining("row is bad");

    Span root = collector.span("test-job");
    Span write = collector.span("write");
    assertThat(root.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
    assertThat(root.getStatus().getMessage()).contains("row is bad");
    assertThat(write.getStatus().getMessage()).contains("row is bad");
    assertThat(collector.spans().stream().filter(span -> span.getEventsCount() > 0))
        .containsExactly(write);
    assertThat(collector.stages())
        .anySatisfy(
            stage ->
                assertThat(stage.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR));
  }

  @Test
  void aJobThatEndsWithoutCompleteHasFailed() {
    TracedJob.start("test-job", arguments(collector.url(), HEADER)).close();

    assertThat(collector.span("test-job").getStatus().getMessage())
        .startsWith("the job ended without complete()");
  }

  @Test
  void startsATraceOfItsOwnWithoutAUsableHeaderAndSaysSo() {
    try (TracedJob job = TracedJob.start("test-job", arguments(collector.url(), "rubbish"))) {
      job.complete();
    }

    Span root = collector.span("test-job");
    assertThat(root.getParentSpanId().isEmpty()).isTrue();
    assertThat(collector.logs())
        .anySatisfy(
            record ->
                assertThat(record.getBody().getStringValue())
                    .contains("no usable --trace_header (rubbish)"));
  }

  @Test
  void beginsAtTheWorkflowsTraceWhereTheHeaderNamesNoParent() {
    try (TracedJob job =
        TracedJob.start(
            "test-job",
            arguments(collector.url(), "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"))) {
      job.complete();
    }

    assertThat(hex(collector.span("test-job").getTraceId())).isEqualTo(TRACE);
    assertThat(collector.span("test-job").getParentSpanId().isEmpty()).isTrue();
  }

  @Test
  void anUnsampledJobSendsNoSpanButStillCountsAndLogs() {
    try (TracedJob job =
        TracedJob.start(
            "test-job", arguments(collector.url(), HEADER.replace("Sampled=1", "Sampled=0")))) {
      job.step("count", () -> SPARK.range(3).count());
      job.countRows("read", 3);
      LoggerFactory.getLogger(TracedJobTest.class).info("unsampled line");
      job.complete();
    }

    assertThat(collector.spans()).isEmpty();
    assertThat(collector.inProgress()).isEmpty();
    assertThat(collector.metrics()).extracting(Metric::getName).contains("waybill.rows");
    assertThat(collector.logs())
        .anySatisfy(r -> assertThat(r.getBody().getStringValue()).isEqualTo("unsampled line"));
  }

  @Test
  void aJobWhoseTelemetryIsOffRunsAsIfItWereNotTraced() {
    String[] on = arguments(collector.url(), HEADER);
    String[] off = Arrays.copyOf(on, on.length + 2);
    off[on.length] = "--telemetry";
    off[on.length + 1] = "off";
    try (TracedJob job = TracedJob.start("test-job", off)) {
      Dataset<Long> rows = job.step("make rows", () -> job.spark().range(3));
      Dataset<Long> some = job.step("filter rows", rows, all -> all.filter("id > 0"));

      assertThat(some.queryExecution().logical().toString()).doesNotContain("CollectMetrics");
      assertThat(some.count()).isEqualTo(2);
      job.countRows("read", 3);
      job.complete();
    }

    assertThat(collector.spans()).isEmpty();
    assertThat(collector.inProgress()).isEmpty();
    assertThat(collector.metrics()).isEmpty();
    assertThat(collector.logs()).isEmpty();
  }

  @Test
  void anUnknownWordForTelemetryIsRefused() {
    assertThatThrownBy(() -> TracedJob.start("test-job", "--telemetry", "maybe"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("job argument --telemetry is 'maybe'; it must be on, off or aws");
  }

  @Test
  void linesThatAreNotTheJobsOwnAreSentFromWarnOn() {
    Configurator.setLevel("org.example.library", Level.INFO);
    run(
        job -> {
          LoggerFactory.getLogger("org.example.library.Chatter").info("chatter");
          LoggerFactory.getLogger("org.example.library.Chatter").warn("trouble");
        });

    assertThat(collector.logs())
        .extracting(record -> record.getBody().getStringValue())
        .contains("trouble")
        .doesNotContain("chatter");
  }

  @Test
  void theRootSaysHowManyRowsWereRejected() {
    run(
        job -> {
          job.countRejected("too_old", 2);
          job.countRejected("too_new", 3);
        });

    assertThat(attribute(collector.span("test-job").getAttributesList(), "waybill.rows.rejected"))
        .isEqualTo("5");
  }

  @Test
  void theValuesThatAStepChangedStandOnItsSpanAndInTheMetrics() {
    Map<String, Map<String, Long>> changed = new LinkedHashMap<>();
    changed.put("name", Map.of("constant_filled_in", 7L));
    changed.put("last_review", Map.of("missing", 12L, "unreadable", 3_870L));
    changed.put("price", Map.of("unreadable", 1L));
    run(
        job -> {
          Dataset<Row> numbers = job.step("read numbers", () -> SPARK.range(3).toDF("n"));
          Dataset<Row> fixed = job.step("fix", numbers, rows -> rows.where("n >= 0"));
          job.step("collect", () -> fixed.collectAsList());
          job.countChanged("fix", changed);
          job.countChanged("read numbers", Map.of());
        });

    Span step = collector.span("fix");
    assertThat(attribute(step.getAttributesList(), "waybill.step.values_changed"))
        .isEqualTo(
            "last_review: unreadable 3870, missing 12; name: constant_filled_in 7; price: unreadable 1");
    assertThat(step.getEventsList())
        .extracting(
            event ->
                event.getName()
                    + " "
                    + attribute(event.getAttributesList(), "waybill.column")
                    + " "
                    + attribute(event.getAttributesList(), "waybill.cause")
                    + " "
                    + attribute(event.getAttributesList(), "waybill.values"))
        .containsExactly(
            "waybill.values.changed last_review unreadable 3870",
            "waybill.values.changed last_review missing 12",
            "waybill.values.changed name constant_filled_in 7");
    assertThat(
            attribute(
                collector.span("read numbers").getAttributesList(), "waybill.step.values_changed"))
        .isNull();
    assertThat(metric("waybill.values.changed").getSum().getDataPointsList())
        .extracting(
            point ->
                attribute(point.getAttributesList(), "waybill.job")
                    + " "
                    + attribute(point.getAttributesList(), "waybill.column")
                    + " "
                    + attribute(point.getAttributesList(), "waybill.cause")
                    + " "
                    + point.getAsInt())
        .containsExactlyInAnyOrder(
            "test-job last_review unreadable 3870",
            "test-job last_review missing 12",
            "test-job name constant_filled_in 7",
            "test-job price unreadable 1");
  }

  @Test
  void whatAStepChangedIsCutWhereItIsTooLong() {
    Map<String, Map<String, Long>> changed = new LinkedHashMap<>();
    for (int column = 0; column < 100; column++) {
      changed.put("column_" + column, Map.of("missing", 1L));
    }
    run(
        job -> {
          Dataset<Row> numbers = job.step("read numbers", () -> SPARK.range(3).toDF("n"));
          job.step("collect", () -> numbers.collectAsList());
          job.countChanged("read numbers", changed);
        });

    Span step = collector.span("read numbers");
    assertThat(attribute(step.getAttributesList(), "waybill.step.values_changed"))
        .hasSizeLessThan(1_050)
        .contains("… (cut, ");
    assertThat(step.getEventsList()).hasSize(3);
  }

  @Test
  void logLinesCarryTheTraceAndTheStepThatWroteThem() {
    run(
        job ->
            job.step(
                "talk", () -> LoggerFactory.getLogger(TracedJobTest.class).info("from the step")));

    assertThat(collector.logs())
        .filteredOn(record -> record.getBody().getStringValue().equals("from the step"))
        .singleElement()
        .satisfies(
            record -> {
              assertThat(hex(record.getTraceId())).isEqualTo(TRACE);
              assertThat(record.getSpanId()).isEqualTo(collector.span("talk").getSpanId());
            });
  }

  @Test
  void metricsHaveNoAttributeWithoutBoundAndTheirExemplarsPointIntoTheTrace() {
    run(
        job -> {
          job.countRows("read", 10);
          job.countRejected("duplicate", 2);
        });

    Metric duration = metric("waybill.job.duration");
    var point = duration.getExponentialHistogram().getDataPoints(0);
    double bucketEndsAbove = Math.pow(2, Math.pow(2, -point.getScale()));
    assertThat(bucketEndsAbove).as("times where it begins").isLessThan(1.01);
    assertThat(hex(point.getExemplars(0).getTraceId())).isEqualTo(TRACE);
    assertThat(point.getExemplars(0).getSpanId()).isEqualTo(collector.span("test-job").getSpanId());
    assertThat(metric("waybill.rows").getSum().getDataPointsList())
        .extracting(p -> attribute(p.getAttributesList(), "waybill.outcome"))
        .containsExactlyInAnyOrder("read", "rejected");
    assertThat(collector.metrics())
        .extracting(Metric::getName)
        .contains("jvm.cpu.time", "jvm.memory.used");
  }

  @Test
  void keepsTheSlowestStagesOfAManyAndSaysHowManyItLeftOut() {
    run(
        job -> {
          for (int i = 0; i < 30; i++) {
            job.spark().range(1).count();
          }
        });

    long stages = collector.stages().size();
    Span root = collector.span("test-job");
    long omitted =
        Long.parseLong(attribute(root.getAttributesList(), "waybill.spark.stages_omitted"));
    assertThat(collector.spans()).hasSizeLessThanOrEqualTo(SparkSpans.OF_A_JOB);
    assertThat(stages + omitted).isEqualTo(60);
  }

  @Test
  void aCollectorThatRefusesCostsTheJobNothingButAWarning() {
    collector.close();

    String result = null;
    try (TracedJob job = TracedJob.start("test-job", arguments(collector.url(), HEADER))) {
      result = job.step("work", () -> "done");
      job.complete();
    }

    assertThat(result).isEqualTo("done");
  }

  @Test
  void aCollectorThatNeverAnswersHoldsTheJobUpForABoundedTimeOnly() throws IOException {
    Instant closing;
    try (TestCollector silent = TestCollector.silent()) {
      TracedJob job = TracedJob.start("test-job", arguments(silent.url(), HEADER));
      job.step("work", () -> "done");
      job.complete();
      closing = Instant.now();
      job.close();
    }

    assertThat(Duration.between(closing, Instant.now()))
        .isLessThan(OtlpTelemetry.BOUND.plusSeconds(5));
  }

  @Test
  void sparkCountsTheEventsThatItsQueueDropsUnderTheNameThatIsRead() {
    assertThat(
            scala.jdk.javaapi.CollectionConverters.asJava(
                    org.apache.spark.SparkEnv.get()
                        .metricsSystem()
                        .getSourcesByName(ListenerBus.SOURCE))
                .get(0)
                .metricRegistry()
                .getCounters())
        .containsKey(ListenerBus.DROPPED);
  }

  @Test
  void handsOnTheHeaderOfTheStepThatRuns() {
    String[] header = new String[1];
    run(
        job ->
            job.step(
                "call",
                () -> {
                  header[0] = job.traceHeader();
                }));

    assertThat(header[0])
        .isEqualTo(
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=%s;Sampled=1"
                .formatted(hex(collector.span("call").getSpanId())));
  }

  private void run(Consumer<TracedJob> body) {
    try (TracedJob job = TracedJob.start("test-job", arguments(collector.url(), HEADER))) {
      body.accept(job);
      job.complete();
    }
  }

  private static String[] arguments(String endpoint, String header) {
    return new String[] {
      "--otlp_endpoint",
      endpoint,
      "--trace_header",
      header,
      "--run_id",
      "run-1",
      "--key",
      "input/a.csv",
      "--state_name",
      "Clean",
      "--attempt",
      "2",
      "--JOB_RUN_ID",
      "jr_1"
    };
  }

  private Metric metric(String name) {
    return collector.metrics().stream()
        .filter(metric -> metric.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> rows(Span step) {
    return java.util.Arrays.asList(
        attribute(step.getAttributesList(), "waybill.step.rows_in"),
        attribute(step.getAttributesList(), "waybill.step.rows_out"));
  }

  private static String sparkWork(Runnable work) {
    AtomicInteger jobs = new AtomicInteger();
    AtomicInteger stages = new AtomicInteger();
    SparkListener counter =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart event) {
            jobs.incrementAndGet();
          }

          @Override
          public void onStageCompleted(SparkListenerStageCompleted event) {
            stages.incrementAndGet();
          }
        };
    SPARK.sparkContext().addSparkListener(counter);
    work.run();
    ListenerBus.drain(SPARK.sparkContext(), Duration.ofSeconds(3));
    SPARK.sparkContext().removeSparkListener(counter);
    return jobs + " jobs, " + stages + " stages";
  }
}
