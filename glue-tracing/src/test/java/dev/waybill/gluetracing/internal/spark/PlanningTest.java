package dev.waybill.gluetracing.internal.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.gluetracing.internal.spark.Planning.Period;
import dev.waybill.gluetracing.internal.trace.SparkAttributes;
import dev.waybill.gluetracing.internal.trace.StepSpan;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.spark.scheduler.JobSucceeded$;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.execution.SparkPlanInfo;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart;
import org.junit.jupiter.api.Test;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

class PlanningTest {

  private static final String WRITE =
      "Execute InsertIntoHadoopFsRelationCommand s3a://b/out, false, Parquet, [path=s3a://b/out]";
  private static final SpanContext ROOT = span("00000000000000aa");
  private static final SpanContext STEP = span("00000000000000bb");

  private final SparkEvents events = new SparkEvents();

  @Test
  void aQueryIsPlannedUntilItsFirstJobAndBetweenItsJobs() {
    ran("write", STEP, 900, 5_000);
    started(1_000, "Exchange");
    job(1, 1_500, 2_000);
    job(2, 2_300, 3_000);
    ended(3_500);

    assertThat(Planning.plans(events.endedJobs(), events))
        .containsExactly(period(1_000, 1_500), period(2_000, 2_300));
    assertThat(Planning.commits(events.endedJobs(), events)).as("reads only").isEmpty();
  }

  @Test
  void aQueryThatWritesCommitsFromItsLastJobToItsEnd() {
    ran("write", STEP, 900, 5_000);
    started(1_000, WRITE);
    job(1, 1_500, 2_000);
    ended(3_500);

    assertThat(Planning.commits(events.endedJobs(), events)).containsExactly(period(2_000, 3_500));
  }

  @Test
  void planningIsNoLongerThanItsStep() {
    ran("write", STEP, 1_200, 5_000);
    started(1_000, WRITE);
    job(1, 1_500, 2_000);
    ended(3_500);

    assertThat(Planning.plans(events.endedJobs(), events)).containsExactly(period(1_200, 1_500));
  }

  @Test
  void stepsThatDescribeOneAfterTheOtherAreOnePeriod() {
    ran("read", span("1111111111111111"), 0, 300);
    ran("filter", span("2222222222222222"), 350, 500);
    ran("count", span("3333333333333333"), 510, 520);
    ran("rename", span("4444444444444444"), 530, 600);
    Set<String> lazies = Set.of("1111111111111111", "2222222222222222", "4444444444444444");

    assertThat(Planning.descriptions(events.runs(), lazies))
        .extracting(Period::start, Period::end)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(at(0), at(500)),
            org.assertj.core.groups.Tuple.tuple(at(530), at(600)));
  }

  @Test
  void timeIsCountedOnceWhereDescribingAndPlanningOverlap() {
    ran("read", STEP, 1_000, 3_000);
    started(1_200, "Scan csv");
    job(1, 1_500, 2_000);
    Set<String> lazies = Set.of(STEP.getSpanId());
    List<Period> descriptions = Planning.descriptions(events.runs(), lazies);
    List<Period> plans = Planning.plans(events.endedJobs(), events);
    assertThat(plans).containsExactly(period(1_200, 1_500));

    assertThat(Planning.time(descriptions, plans, events.endedJobs(), lazies))
        .as("without the Spark job that it took")
        .isEqualTo(Duration.ofMillis(1_500));
  }

  @Test
  void planningIsPartOfWhatLiesAroundItInTime() {
    SpanContext report = span("1111111111111111");
    ran("report", report, 0, 5_000);
    events.ran(new StepSpan("read", STEP, report, at(1_000)), at(3_000));
    List<Period> plan = List.of(period(1_200, 1_500));

    assertThat(Planning.placed(plan, events, Set.of()))
        .as("of a step that did work")
        .isEqualTo(plan);
    assertThat(Planning.placed(plan, events, Set.of(STEP.getSpanId())))
        .as("of a step that described work, within one that did")
        .extracting(Period::step)
        .containsExactly(report.getSpanId());
    assertThat(Planning.placed(List.of(period(6_000, 6_500)), events, Set.of(STEP.getSpanId())))
        .as("of a step that had ended")
        .extracting(Period::step)
        .containsExactly(ROOT.getSpanId());
  }

  @Test
  void whatThousandsOfQueriesTookIsTheirSum() {
    int queries = 2_500;
    for (int query = 0; query < queries; query++) {
      long start = 1_000L * query;
      started(query, start, WRITE);
      job(query, query, start + 100, start + 200);
      ended(query, start + 210);
    }
    assertThat(events.endedJobs()).as("kept").hasSizeLessThan(queries / 2);

    events.worked(
        Planning.union(Planning.plans(events.endedJobs(), events)),
        Planning.union(Planning.commits(events.endedJobs(), events)));

    assertThat(events.summary().get(SparkAttributes.PLAN_TIME)).isEqualTo(250);
    assertThat(events.summary().get(SparkAttributes.COMMIT_TIME)).isEqualTo(25);
  }

  private void ran(String name, SpanContext self, long from, long to) {
    events.mark(self);
    events.ran(new StepSpan(name, self, ROOT, at(from)), at(to));
  }

  private void started(long time, String node) {
    started(7, time, node);
  }

  private void started(long execution, long time, String node) {
    SparkPlanInfo plan =
        new SparkPlanInfo(
            node.split(" s3a", 2)[0],
            node,
            none(),
            scala.collection.immutable.Map$.MODULE$.empty(),
            none());
    events.onOtherEvent(
        new SparkListenerSQLExecutionStart(
            execution,
            Option.empty(),
            "parquet at Job.java:12",
            "",
            "",
            plan,
            time,
            scala.collection.immutable.Map$.MODULE$.empty(),
            scala.collection.immutable.Set$.MODULE$.empty(),
            Option.empty()));
  }

  private void job(int id, long from, long to) {
    job(7, id, from, to);
  }

  private void job(long execution, int id, long from, long to) {
    Properties properties = new Properties();
    properties.setProperty(SparkEvents.STEP_PROPERTY, events.mark(STEP));
    properties.setProperty("spark.sql.execution.id", String.valueOf(execution));
    events.onJobStart(new SparkListenerJobStart(id, from, none(), properties));
    events.onJobEnd(new SparkListenerJobEnd(id, to, JobSucceeded$.MODULE$));
  }

  private void ended(long time) {
    ended(7, time);
  }

  private void ended(long execution, long time) {
    events.onOtherEvent(new SparkListenerSQLExecutionEnd(execution, time, Option.empty()));
  }

  private static Period period(long from, long to) {
    return new Period(STEP.getSpanId(), at(from), at(to));
  }

  private static Instant at(long millis) {
    return Instant.ofEpochMilli(millis);
  }

  private static <T> Seq<T> none() {
    return CollectionConverters.asScala(List.<T>of()).toSeq();
  }

  private static SpanContext span(String id) {
    return SpanContext.create(
        "5759e988bd862e3fe1be46a994272793", id, TraceFlags.getSampled(), TraceState.getDefault());
  }
}
