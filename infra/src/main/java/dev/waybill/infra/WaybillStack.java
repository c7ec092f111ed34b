package dev.waybill.infra;

import dev.waybill.workflow.Jobs;
import java.util.Optional;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.Tags;
import software.amazon.awscdk.services.kms.Key;
import software.constructs.Construct;

/** The pipeline, in the order in which a file and its trace go through it. */
public final class WaybillStack extends Stack {

  public WaybillStack(Construct scope, StackProps props, Settings settings, Artifacts artifacts) {
    super(scope, settings.stackName(), props);
    Jobs specs = artifacts.project().jobs();
    Key key = StackKey.create(this);
    Logs logs = new Logs(key, settings.logDays());
    Optional<Network> network =
        settings.collector() ? Optional.of(new Network(this, settings, logs)) : Optional.empty();
    DataBucket bucket = new DataBucket(this, settings, logs, specs.written());
    Optional<Collector> collector =
        network.map(used -> new Collector(this, settings, logs, artifacts, used));
    Telemetry telemetry =
        collector.isPresent() ? collector.get() : new DirectTelemetry(this, settings, logs);
    GlueJobs jobs = new GlueJobs(this, settings, logs, artifacts, telemetry, bucket, specs);
    Workflow workflow = new Workflow(this, settings, logs, artifacts, jobs, bucket, specs);
    Trigger trigger = new Trigger(this, settings, logs, artifacts, workflow);
    bucket.notifies(trigger.alias());

    XrayGroup traces = new XrayGroup(this, settings, workflow);
    Links links = new Links(this, settings, workflow, traces);
    PipelineMetrics metrics = new PipelineMetrics(settings);
    Optional<CollectorMetrics> ofCollector =
        collector.map(watched -> new CollectorMetrics(settings, watched));
    FailedJobRuns failedJobRuns = new FailedJobRuns(this, settings, logs, jobs);
    UndeliveredTelemetry undelivered = new UndeliveredTelemetry(this, settings, jobs);
    Alarms alarms =
        new Alarms(this, settings, logs, metrics, workflow, failedJobRuns, undelivered, trigger);
    ofCollector.ifPresent(alarms::watch);
    PipelineDashboard dashboard =
        new PipelineDashboard(
            this, settings, metrics, workflow, trigger, failedJobRuns, undelivered, links);
    ofCollector.ifPresentOrElse(dashboard::show, dashboard::showUndelivered);

    settings.roles().applyTo(this);
    Tags.of(this).add("application", "waybill");
    if (settings.environment() != null) {
      Tags.of(this).add("environment", settings.environment());
    }
    output("Bucket", "Drop CSV files into its input/", bucket.name());
    output(
        "Upload",
        "Paste it with a file of yours",
        "aws s3 cp sample-data/listings.csv s3://%s/%s/"
            .formatted(bucket.name(), DataBucket.INPUT));
    output("TraceMap", "X-Ray's map of the pipeline", links.traceMap());
    output("Traces", "X-Ray's list of the pipeline's traces", links.traces());
    output("StateMachine", "The workflow and its executions", links.stateMachine());
    output("DashboardLink", "Runs, rows, failures, telemetry", links.dashboard());
    output("AlarmTopic", "Subscribe to hear of alarms", alarms.topic().getTopicArn());
    output(
        "DeadLetters",
        "Events for which nothing could be started",
        trigger.deadLetters().getQueueUrl());
  }

  private void output(String id, String description, String value) {
    CfnOutput.Builder.create(this, id).description(description).value(value).build();
  }
}
