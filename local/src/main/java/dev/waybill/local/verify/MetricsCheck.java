package dev.waybill.local.verify;

import dev.waybill.workflow.Job;
import dev.waybill.workflow.StackNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;
import software.amazon.awssdk.services.cloudwatch.model.Statistic;

/** Whether a run's metrics reached CloudWatch, and whether the stack's alarms have data. */
final class MetricsCheck {

  private static final String JOB = "waybill.job";
  private static final int PERIOD_SECONDS = 60;

  private MetricsCheck() {}

  /** Whether the duration and the cost of each job arrived. */
  static List<Check> metrics(
      CloudWatchClient metrics, StackNames names, List<Job> jobs, Instant since) {
    List<Check> checks = new ArrayList<>();
    for (Job job : jobs) {
      checks.add(
          metric(
              metrics,
              names,
              "waybill.job.duration",
              List.of(dimension(JOB, job.name()), dimension("waybill.status", "SUCCEEDED")),
              job,
              since));
      checks.add(
          metric(metrics, names, "waybill.cost", List.of(dimension(JOB, job.name())), job, since));
    }
    return checks;
  }

  private static Check metric(
      CloudWatchClient metrics,
      StackNames names,
      String name,
      List<Dimension> dimensions,
      Job job,
      Instant since) {
    double count =
        metrics
            .getMetricStatistics(
                get ->
                    get.namespace(names.stack())
                        .metricName(name)
                        .dimensions(dimensions)
                        .startTime(since)
                        .endTime(Instant.now().plusSeconds(PERIOD_SECONDS))
                        .period(PERIOD_SECONDS)
                        .statistics(Statistic.SAMPLE_COUNT))
            .datapoints()
            .stream()
            .mapToDouble(point -> point.sampleCount())
            .sum();
    return Check.of(
        "metric %s of %s".formatted(name, job.name()),
        count > 0,
        count > 0
            ? "arrived in the namespace " + names.stack()
            : "has no value in the namespace %s since the run began".formatted(names.stack()),
        "see the alarms collector-silent and collector-refusing in docs/operating.md");
  }

  /** Whether the stack's alarms are there, and each is OK. */
  static List<Check> alarms(CloudWatchClient metrics, StackNames names) {
    List<MetricAlarm> alarms =
        metrics
            .describeAlarmsPaginator(describe -> describe.alarmNamePrefix(names.alarms()))
            .metricAlarms()
            .stream()
            .toList();
    if (alarms.isEmpty()) {
      return List.of(
          Check.fails(
              "alarms",
              "there is none whose name begins with " + names.alarms(),
              "deploy the stack again; Alarms makes them"));
    }
    List<Check> checks = new ArrayList<>();
    alarms.stream()
        .filter(alarm -> alarm.stateValue() != StateValue.OK)
        .forEach(
            alarm ->
                checks.add(
                    Check.fails(
                        "alarm " + alarm.alarmName(),
                        "%s: %s".formatted(alarm.stateValueAsString(), alarm.stateReason()),
                        "docs/operating.md, \"Alarms\", says what it means; within 20 minutes of a deployment collector-down may be on")));
    if (checks.isEmpty()) {
      checks.add(
          Check.holds(
              "alarms",
              "all %d are OK: %s"
                  .formatted(
                      alarms.size(),
                      alarms.stream()
                          .map(alarm -> alarm.alarmName().substring(names.alarms().length()))
                          .sorted()
                          .collect(Collectors.joining(", ")))));
    }
    return checks;
  }

  private static Dimension dimension(String name, String value) {
    return Dimension.builder().name(name).value(value).build();
  }
}
