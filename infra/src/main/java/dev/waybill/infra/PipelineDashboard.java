package dev.waybill.infra;

import java.util.List;
import software.amazon.awscdk.services.cloudwatch.Dashboard;
import software.amazon.awscdk.services.cloudwatch.GraphWidget;
import software.amazon.awscdk.services.cloudwatch.IMetric;
import software.amazon.awscdk.services.cloudwatch.IWidget;
import software.amazon.awscdk.services.cloudwatch.LogQueryWidget;
import software.amazon.awscdk.services.cloudwatch.Stats;
import software.amazon.awscdk.services.cloudwatch.TextWidget;
import software.constructs.Construct;

/**
 * One page in the order of a file's way: runs, rows, what failed, and whether telemetry arrives.
 */
final class PipelineDashboard extends Construct {

  private static final int HALF = 12;
  private static final int WHOLE = 24;

  private final String name;
  private final Dashboard dashboard;
  private final UndeliveredTelemetry undelivered;

  PipelineDashboard(
      Construct scope,
      Settings settings,
      PipelineMetrics metrics,
      Workflow workflow,
      Trigger trigger,
      FailedJobRuns failedJobRuns,
      UndeliveredTelemetry undelivered,
      Links links) {
    super(scope, "Dashboard");
    this.name = settings.prefix();
    var machine = workflow.machine();
    this.undelivered = undelivered;
    this.dashboard = Dashboard.Builder.create(this, "Dashboard").dashboardName(name).build();
    dashboard.addWidgets(
        TextWidget.Builder.create()
            .markdown(
                """
                # %s
                [Trace map](%s) · [Traces](%s) · [Executions](%s)

                A run is an execution; its name is the run id, which every trace, log line and output \
                folder bears. Rows read are rows cleaned plus rows rejected.\
                """
                    .formatted(
                        settings.stackName(),
                        links.traceMap(),
                        links.traces(),
                        links.stateMachine()))
            .width(WHOLE)
            .height(3)
            .build());
    dashboard.addWidgets(
        graph(
            "Runs",
            machine.metricStarted(),
            machine.metricSucceeded(),
            machine.metricFailed(),
            machine.metricTimedOut()),
        graph(
            "Duration by job, seconds",
            metrics.duration(Stats.AVERAGE),
            metrics.duration(Stats.MAXIMUM)));
    dashboard.addWidgets(
        graph("Rows by outcome", metrics.rowsByOutcome()),
        graph("Rejected rows by reason", metrics.rowsByReason()));
    dashboard.addWidgets(
        GraphWidget.Builder.create()
            .title("Values filled in or replaced, by column and cause")
            .left(List.of(metrics.valuesChanged()))
            .period(PipelineMetrics.PERIOD)
            .width(WHOLE)
            .build());
    dashboard.addWidgets(
        graph(
            "Uploads for which nothing was started",
            trigger.deadLetters().metricApproximateNumberOfMessagesVisible(),
            trigger.alias().metricErrors()),
        newest(failedJobRuns));
  }

  /** Adds what a collector does. */
  void show(CollectorMetrics metrics) {
    dashboard.addWidgets(
        graph(
            "Telemetry through the collector",
            metrics.accepted(),
            metrics.refused(),
            metrics.failed()),
        graph(
            "Telemetry that waits in the collector, bytes",
            metrics.waiting().toArray(IMetric[]::new)));
    dashboard.addWidgets(
        graph("Collector tasks", metrics.tasks()),
        graph("Collector's CPU and memory, percent", metrics.load().toArray(IMetric[]::new)));
  }

  /** Adds, where there is no collector, what X-Ray and CloudWatch did not take. */
  void showUndelivered() {
    dashboard.addWidgets(graph("Jobs with telemetry that was not taken", undelivered.count()));
  }

  String name() {
    return name;
  }

  private static IWidget newest(FailedJobRuns runs) {
    return LogQueryWidget.Builder.create()
        .title("Newest failed job runs")
        .logGroupNames(List.of(runs.log().getLogGroupName()))
        .queryLines(
            List.of(
                "fields @timestamp, detail.jobName, detail.state, detail.jobRunId, detail.message",
                "sort @timestamp desc",
                "limit 20"))
        .width(HALF)
        .build();
  }

  private static IWidget graph(String title, IMetric... metrics) {
    return GraphWidget.Builder.create()
        .title(title)
        .left(List.of(metrics))
        .period(PipelineMetrics.PERIOD)
        .width(HALF)
        .build();
  }
}
