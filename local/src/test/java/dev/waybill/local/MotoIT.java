package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.gluetracing.internal.xray.ParentLookup;
import dev.waybill.local.collector.OtlpReceiver;
import dev.waybill.local.lambda.LambdaFunction;
import dev.waybill.local.s3.BucketServer.Created;
import dev.waybill.local.xray.Segments;
import dev.waybill.workflow.Job;
import dev.waybill.workflow.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.glue.GlueClient;
import software.amazon.awssdk.services.glue.model.JobRun;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionListItem;
import software.amazon.awssdk.services.sfn.model.Tag;
import software.amazon.awssdk.services.xray.XRayClient;

/**
 * The real calls of the function, of the workflow's definition, of {@code upload} and of a job's
 * look-up in X-Ray, taken by software that is not ours. moto executes the definition as far as
 * Glue's StartJobRun: it has no {@code RedriveCount} and {@code StartTime} in the context object,
 * and fails when it is to wait for a run (both in 5.2.5).
 */
@TestInstance(Lifecycle.PER_CLASS)
@EnabledIfEnvironmentVariable(named = Moto.VARIABLE, matches = ".+", disabledReason = Moto.WHY)
@Timeout(120)
class MotoIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("waybill.root")));
  private static final Path SAMPLE = INSTALLATION.root().resolve("sample-data/listings.csv");
  private static final String BUCKET = "waybill-data";
  private static final Pattern TRACE = Pattern.compile("trace (1-[0-9a-f]{8}-[0-9a-f]{24})");

  private Moto moto;
  private GlueClient glue;
  private SfnClient stepFunctions;
  private String stateMachine;

  @BeforeAll
  void deploy(@TempDir Path folder) throws Exception {
    moto = Moto.start(folder.resolve("moto.log"));
    moto.executeStateMachines();
    glue = moto.client(GlueClient.builder().httpClient(UrlConnectionHttpClient.create()));
    stepFunctions = moto.client(SfnClient.builder().httpClient(UrlConnectionHttpClient.create()));
    try (S3Client s3 =
        moto.client(
            S3Client.builder().forcePathStyle(true).httpClient(UrlConnectionHttpClient.create()))) {
      s3.createBucket(
          create ->
              create
                  .bucket(BUCKET)
                  .createBucketConfiguration(where -> where.locationConstraint(AwsClients.REGION)));
    }
    Project project = INSTALLATION.project();
    for (Job job : project.jobs().jobs()) {
      glue.createJob(
          create ->
              create
                  .name(job.name())
                  .role("jobs")
                  .command(command -> command.name("glueetl").scriptLocation("s3://none/none"))
                  .workerType("G.1X")
                  .numberOfWorkers(10)
                  .executionProperty(property -> property.maxConcurrentRuns(10)));
    }
    String definition =
        Files.readString(project.workflow())
            .replace(
                "\"--redrive.$\": \"States.Format('{}', $$.Execution.RedriveCount)\"",
                "\"--redrive\": \"0\"")
            .replace(
                "\"--started.$\": \"$$.Execution.StartTime\"",
                "\"--started\": \"2026-11-20T12:00:00Z\"");
    for (Map.Entry<String, String> name : project.jobs().names(Job::name).entrySet()) {
      definition = definition.replace("${" + name.getKey() + "}", name.getValue());
    }
    String text = definition;
    stateMachine =
        stepFunctions
            .createStateMachine(
                create ->
                    create
                        .name("waybill-pipeline")
                        .definition(text)
                        .roleArn("arn:aws:iam::123456789012:role/workflow")
                        .tags(
                            tag("waybill:bucket", BUCKET),
                            tag("aws:cloudformation:stack-name", "Waybill")))
            .stateMachineArn();
  }

  @AfterAll
  void destroy() {
    glue.close();
    stepFunctions.close();
    moto.close();
  }

  @Test
  void anUploadStartsOneExecutionThatCallsGlueWithTheJobsArguments(@TempDir Path folder)
      throws Exception {
    WaybillCommand upload = new WaybillCommand(folder).with(moto.environment());
    Process running = upload.start("upload", "--stack", "Waybill", SAMPLE.toString());
    String traceId =
        Processes.waitFor(
            () ->
                Optional.of(TRACE.matcher(upload.err()))
                    .filter(Matcher::find)
                    .map(it -> it.group(1)));
    String header = "Root=%s;Parent=53995c3f42cd8ad8;Sampled=1".formatted(traceId);
    BlockingQueue<String> deadLetters = new LinkedBlockingQueue<>();
    OtlpReceiver collector = OtlpReceiver.start(null, warning -> {});
    Created object =
        new Created(
            BUCKET, "input/listings.csv", Files.size(SAMPLE), "etag", Instant.now(), header);
    Segments segments = new Segments(whole -> {});
    try (LambdaFunction function = function(folder, collector, segments, deadLetters)) {
      function.invoke(object);
      function.invoke(object);
      int status = running.waitFor();

      List<ExecutionListItem> executions =
          stepFunctions.listExecutions(list -> list.stateMachineArn(stateMachine)).executions();
      assertThat(executions).as("one for an event that came twice").hasSize(1);
      String runId = executions.get(0).name();
      String arn = executions.get(0).executionArn();
      assertThat(glue.getJobRuns(get -> get.jobName("clean-listings")).jobRuns())
          .as("%s", stepFunctions.describeExecution(get -> get.executionArn(arn)).cause())
          .isNotEmpty();
      JobRun run = glue.getJobRuns(get -> get.jobName("clean-listings")).jobRuns().get(0);
      assertThat(run.arguments())
          .containsEntry("--run_id", runId)
          .containsEntry("--bucket", BUCKET)
          .containsEntry("--key", "input/listings.csv")
          .containsEntry("--size", String.valueOf(Files.size(SAMPLE)))
          .containsEntry("--state_name", "CleanListings")
          .containsEntry("--attempt", "0")
          .containsEntry("--execution_arn", executions.get(0).executionArn())
          .containsEntry(
              "--telemetry_folder", "s3://%s/runs/run=%s/telemetry".formatted(BUCKET, runId));
      assertThat(run.arguments().get("--trace_header")).startsWith("Root=" + traceId + ";Parent=");
      // moto fails where it is to wait for the run: upload follows to that end, and says so.
      assertThat(status).isEqualTo(1);
      assertThat(upload.out())
          .contains(SAMPLE + "  FAILED\n", "  trace             " + traceId, "  cost  ");
      assertThat(upload.err()).contains("started run " + runId).doesNotContain("Exception");
      assertThat(deadLetters).isEmpty();
    } finally {
      running.destroy();
      collector.close();
    }
  }

  @Test
  void aJobFindsItsPlaceAmongTheSegmentsThatXRayHas() throws Exception {
    String traceId = "1-5759e988-bd862e3fe1be46a994272793";
    try (XRayClient xray =
        moto.client(XRayClient.builder().httpClient(UrlConnectionHttpClient.create()))) {
      xray.putTraceSegments(
          put ->
              put.traceSegmentDocuments(
                  """
                  {"id": "53995c3f42cd8ad1", "trace_id": "%s", "name": "waybill-pipeline",
                   "origin": "AWS::StepFunctions::StateMachine", "start_time": 1.0, "end_time": 9.0,
                   "subsegments": [{"id": "53995c3f42cd8ad2", "name": "CleanListings",
                     "start_time": 2.0, "end_time": 8.0,
                     "subsegments": [{"id": "53995c3f42cd8ad3", "name": "Glue", "start_time": 2.0,
                       "end_time": 3.0, "aws": {"operation": "StartJobRun", "request_id": "r1"}}]}]}
                  """
                      .formatted(traceId),
                  """
                  {"id": "53995c3f42cd8ad4", "trace_id": "%s", "parent_id": "53995c3f42cd8ad3",
                   "name": "Glue", "start_time": 2.0, "end_time": 3.0,
                   "aws": {"operation": "StartJobRun", "request_id": "r1"}}
                  """
                      .formatted(traceId)));
    }
    Map<String, String> properties =
        Map.of(
            "aws.endpointUrlXRay",
            moto.url(),
            "aws.region",
            AwsClients.REGION,
            "aws.accessKeyId",
            "none",
            "aws.secretAccessKey",
            "none");
    properties.forEach(System::setProperty);
    try {
      ParentLookup lookup =
          new ParentLookup("5759e988bd862e3fe1be46a994272793", "CleanListings", 0);

      assertThat(lookup.start().get()).contains("53995c3f42cd8ad4");
    } finally {
      properties.keySet().forEach(System::clearProperty);
    }
  }

  private LambdaFunction function(
      Path folder, OtlpReceiver collector, Segments segments, BlockingQueue<String> deadLetters)
      throws IOException {
    return LambdaFunction.start(
        INSTALLATION,
        new ChildJvms(folder, Files.createDirectories(folder.resolve("runs"))),
        Map.of("STATE_MACHINE_ARN", stateMachine, "AWS_ENDPOINT_URL_SFN", moto.url()),
        folder.resolve("lambda.log"),
        segments,
        collector,
        (lost, error) -> deadLetters.add(lost.key() + ": " + error));
  }

  private static Tag tag(String key, String value) {
    return Tag.builder().key(key).value(value).build();
  }
}
