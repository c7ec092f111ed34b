package dev.waybill.local.stepfunctions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.local.AwsClients;
import dev.waybill.local.AwsJson;
import dev.waybill.local.AwsJson.Fault;
import dev.waybill.local.AwsJson.Request;
import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.Ids;
import dev.waybill.local.Json;
import dev.waybill.local.Keys;
import dev.waybill.local.s3.BucketServer;
import dev.waybill.local.xray.Segments;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.InvalidNameException;

/**
 * The one state machine definition, executed by the stand-in against a Glue that does as it is
 * told.
 */
class PipelineDefinitionTest {

  private static final Path DEFINITION =
      Path.of(System.getProperty("waybill.root"), "workflow/pipeline.asl.json");
  private static final Map<String, String> NAMES =
      Map.of("CleanListingsJobName", "clean", "ProcessListingsJobName", "process");
  private static final String HEADER =
      "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

  /** What Glue answers to each StartJobRun: an error's name, or the state that the run comes to. */
  private final Deque<String> glueSays = new ArrayDeque<>();

  private final List<JsonNode> started = new ArrayList<>();
  private final Map<String, ObjectNode> runs = new HashMap<>();
  private final List<Duration> pauses = new ArrayList<>();
  private final Segments segments = new Segments(whole -> {});
  private final Keys keys = Keys.random();
  @TempDir private Path bucket;
  private HttpEndpoint glue;
  private BucketServer s3;
  private StepFunctionsServer stepFunctions;
  private AwsClients aws;
  private StateMachine machine;

  @BeforeEach
  void start() {
    glue =
        AwsJson.serve(
            "glue", Map.of("StartJobRun", this::startJobRun, "GetJobRun", this::getJobRun));
    machine = StateMachine.load("pipeline", DEFINITION, NAMES);
    s3 =
        BucketServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            keys,
            "uploads",
            bucket,
            Clock.systemUTC(),
            created -> {});
    stepFunctions =
        StepFunctionsServer.start(
            machine,
            Map.of(),
            glue.url(),
            () -> clients(s3.url(), s3.url()),
            segments,
            pauses::add);
    aws = clients(s3.url(), stepFunctions.url());
  }

  @AfterEach
  void stop() {
    aws.close();
    stepFunctions.close();
    glue.close();
    s3.close();
  }

  @Test
  void runsBothJobsWithTheArgumentsThatTheyRead() throws Exception {
    DescribeExecutionResponse execution = execute();

    assertThat(execution.status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    assertThat(started)
        .extracting(job -> job.path("JobName").asText())
        .containsExactly("clean", "process");
    JsonNode arguments = started.get(0).path("Arguments");
    assertThat(arguments.properties())
        .extracting(Map.Entry::getKey, entry -> entry.getValue().asText())
        .contains(
            org.assertj.core.api.Assertions.tuple("--run_id", "run-1"),
            org.assertj.core.api.Assertions.tuple("--bucket", "uploads"),
            org.assertj.core.api.Assertions.tuple("--key", "input/a b.csv"),
            org.assertj.core.api.Assertions.tuple("--version_id", ""),
            org.assertj.core.api.Assertions.tuple("--etag", "0cc175b9c0f1b6a831c399e269772661"),
            org.assertj.core.api.Assertions.tuple("--size", "1234"),
            org.assertj.core.api.Assertions.tuple("--run_date", "2026-11-20"),
            org.assertj.core.api.Assertions.tuple(
                "--telemetry_folder", "s3://uploads/runs/run=run-1/telemetry"),
            org.assertj.core.api.Assertions.tuple("--trace_header", HEADER),
            org.assertj.core.api.Assertions.tuple("--execution_arn", execution.executionArn()),
            org.assertj.core.api.Assertions.tuple("--state_name", "CleanListings"),
            org.assertj.core.api.Assertions.tuple("--attempt", "0"),
            org.assertj.core.api.Assertions.tuple("--redrive", "0"));
    assertThat(started.get(1).path("Arguments").path("--state_name").asText())
        .isEqualTo("ProcessListings");
  }

  @Test
  void triesAJobThatFailedForInfrastructureReasonsTwiceMore() throws Exception {
    glueSays.addAll(List.of("FAILED: lost executor", "FAILED: lost executor", "SUCCEEDED"));

    assertThat(execute().status()).isEqualTo(ExecutionStatus.SUCCEEDED);

    assertThat(started)
        .extracting(job -> job.path("Arguments").path("--attempt").asText())
        .containsExactly("0", "1", "2", "0");
  }

  @Test
  void givesUpAfterThreeAttemptsAndSaysWhatHappenedToWhichRun() throws Exception {
    glueSays.addAll(List.of("FAILED: no disk", "FAILED: no disk", "FAILED: no disk"));

    DescribeExecutionResponse execution = execute();

    assertThat(execution.status()).isEqualTo(ExecutionStatus.FAILED);
    assertThat(execution.error()).isEqualTo("States.TaskFailed");
    assertThat(execution.cause())
        .startsWith("Run run-1 of s3://uploads/input/a b.csv: {")
        .contains("\"ErrorMessage\":\"no disk\"");
    assertThat(started).hasSize(3);
  }

  @Test
  void doesNotTryInvalidInputAgain() throws Exception {
    glueSays.add("FAILED: Exception in User Class: x : INVALID_INPUT: input/a.csv: is empty");

    DescribeExecutionResponse execution = execute();

    assertThat(execution.error()).isEqualTo("InvalidInput");
    assertThat(execution.cause()).contains("run-1").contains("input/a.csv: is empty");
    assertThat(started).hasSize(1);
  }

  @Test
  void leavesAManifestOfARunThatFailed() throws Exception {
    glueSays.add("FAILED: Exception in User Class: x : INVALID_INPUT: input/a.csv: is empty");

    DescribeExecutionResponse execution = execute();

    String manifest = Files.readString(bucket.resolve("runs/run=run-1/manifest.json"));
    JsonNode record = Json.parse(manifest);
    assertThat(record.path("run_id").asText()).isEqualTo("run-1");
    assertThat(record.path("status").asText()).isEqualTo("FAILED");
    assertThat(Instant.parse(record.path("started").asText()))
        .isBetween(
            execution.startDate().minusMillis(1), Instant.parse(record.path("ended").asText()));
    assertThat(record.path("trace_id").asText()).isEqualTo("1-5759e988-bd862e3fe1be46a994272793");
    assertThat(record.path("input"))
        .isEqualTo(
            Json.parse(
                """
                {"bucket": "uploads", "key": "input/a b.csv", "version_id": "",
                 "etag": "0cc175b9c0f1b6a831c399e269772661", "size": 1234}
                """));
    assertThat(record.path("run_date").asText()).isEqualTo("2026-11-20");
    assertThat(record.path("outputs")).isEmpty();
    assertThat(record.at("/error/type").asText()).isEqualTo("InvalidInput");
    assertThat(record.at("/error/cause").asText()).contains("input/a.csv: is empty");
    assertThat(Files.readString(bucket.resolve("runs/index/run-1.json")))
        .isEqualTo(manifest)
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TIMEOUT: too long", "EntityNotFoundException"})
  void leavesOneToo(String ofWhatTheJobsKnowNothing) throws Exception {
    glueSays.addAll(Collections.nCopies(3, ofWhatTheJobsKnowNothing));

    execute();

    assertThat(bucket.resolve("runs/run=run-1/manifest.json")).exists();
    assertThat(bucket.resolve("runs/index/run-1.json")).exists();
  }

  @Test
  void namesTheTraceOfARunThatWasStartedByATraceparent() throws Exception {
    String traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    glueSays.add("TIMEOUT: too long");

    ended(start("run-1", input().put("trace_header", traceparent)));

    JsonNode record = Json.parse(Files.readString(bucket.resolve("runs/run=run-1/manifest.json")));
    assertThat(record.path("trace_id").asText()).isEqualTo(traceparent);
  }

  @Test
  void failsAsBeforeWhereItCanNotLeaveAManifest() throws Exception {
    glueSays.add("FAILED: INVALID_INPUT: input/a.csv: is empty");

    DescribeExecutionResponse execution = ended(start("run-1", input().put("bucket", "another")));

    assertThat(execution.error()).isEqualTo("InvalidInput");
    assertThat(execution.cause()).contains("input/a.csv: is empty");
    assertThat(pauses).as("tries to write it").hasSize(4);
  }

  @Test
  void doesNotTryAStoppedOrTimedOutRunAgain() throws Exception {
    glueSays.add("TIMEOUT: too long");

    assertThat(execute().status()).isEqualTo(ExecutionStatus.FAILED);
    assertThat(started).hasSize(1);
  }

  @Test
  void backsOffWithJitterWhileGlueThrottlesOrIsFull() throws Exception {
    glueSays.addAll(
        List.of(
            "ThrottlingException",
            "InternalServiceException",
            "ConcurrentRunsExceededException",
            "SUCCEEDED"));

    assertThat(execute().status()).isEqualTo(ExecutionStatus.SUCCEEDED);

    assertThat(pauses).hasSize(3);
    assertThat(pauses.get(0)).isBetween(Duration.ZERO, Duration.ofSeconds(2));
    assertThat(pauses.get(1)).isBetween(Duration.ZERO, Duration.ofSeconds(4));
    assertThat(pauses.get(2)).isBetween(Duration.ZERO, Duration.ofSeconds(30));
    assertThat(started)
        .as("a throttled call is no attempt of the job")
        .extracting(job -> job.path("Arguments").path("--attempt").asText())
        .containsExactly("0", "0", "0", "0", "0");
  }

  /** So it is on AWS: the definition's {@code States.ALL} does not catch it. */
  @Test
  void failsAtOnceWhereAPathLeadsNowhere() throws Exception {
    String arn = start("run-1", input().without("etag"));

    DescribeExecutionResponse execution = ended(arn);

    assertThat(execution.status()).isEqualTo(ExecutionStatus.FAILED);
    assertThat(execution.error()).isEqualTo("States.Runtime");
    assertThat(execution.cause()).startsWith("the path $.etag leads nowhere");
    assertThat(started).isEmpty();
  }

  @Test
  void writesTheSegmentsThatStepFunctionsWrites() throws Exception {
    execute();

    List<JsonNode> documents = segments.ofTrace("1-5759e988-bd862e3fe1be46a994272793");
    JsonNode pipeline = documents.get(0);
    assertThat(pipeline.path("origin").asText()).isEqualTo("AWS::StepFunctions::StateMachine");
    assertThat(pipeline.path("parent_id").asText()).isEqualTo("53995c3f42cd8ad8");
    assertThat(pipeline.has("in_progress")).isFalse();
    assertThat(pipeline.path("subsegments").findValuesAsText("name"))
        .containsSubsequence(
            "Start", "CleanListings", "Glue", "ProcessListings", "Glue", "Succeeded");
    JsonNode call = pipeline.path("subsegments").path(1).path("subsegments").path(0);
    assertThat(documents.get(1).path("parent_id").asText()).isEqualTo(call.path("id").asText());
    assertThat(documents.get(1).path("aws").path("request_id"))
        .isEqualTo(call.path("aws").path("request_id"));
  }

  @Test
  void startsAnExecutionOfTheSameNameOnce() throws Exception {
    execute();

    assertThatThrownBy(() -> start("run-1")).isInstanceOf(ExecutionAlreadyExistsException.class);
    assertThatThrownBy(() -> start("no name")).isInstanceOf(InvalidNameException.class);
  }

  @Test
  void refusesByNameWhatItCanNotExecuteAsStepFunctionsDoes(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("other.asl.json");
    Files.writeString(
        file,
        """
        {"StartAt": "A", "QueryLanguage": "JSONata", "States": {
          "A": {"Type": "Parallel", "Next": "B"},
          "B": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Credentials": {}, "Next": "C"},
          "C": {"Type": "Pass", "Parameters": {"x.$": "States.UUID()"}, "OutputPath": "$.x", "Next": "Nowhere"},
          "D": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {"JobName": "${JobName}"}, "End": true}}}
        """);

    assertThatThrownBy(() -> StateMachine.load("other", file, Map.of()))
        .hasMessageContaining("the state machine has the unsupported field QueryLanguage")
        .hasMessageContaining("state A has the unsupported Type Parallel")
        .hasMessageContaining("unsupported Resource arn:aws:states:::sqs:sendMessage")
        .hasMessageContaining("state B has the unsupported field Credentials")
        .hasMessageContaining("state C has the unsupported function States.UUID")
        .hasMessageContaining("state C has the unsupported field OutputPath")
        .hasMessageContaining("state C goes to Nowhere")
        .hasMessageContaining("placeholder ${JobName} has no value");
  }

  private AwsClients clients(String s3Url, String otherUrl) {
    return AwsClients.of(Map.of("s3", s3Url, "sfn", otherUrl, "xray", otherUrl), keys);
  }

  private DescribeExecutionResponse execute() {
    return ended(start("run-1"));
  }

  private DescribeExecutionResponse ended(String arn) {
    while (true) {
      DescribeExecutionResponse execution =
          aws.stepFunctions().describeExecution(request -> request.executionArn(arn));
      if (execution.status() != ExecutionStatus.RUNNING) {
        return execution;
      }
      Thread.onSpinWait();
    }
  }

  private String start(String name) {
    return start(name, input());
  }

  private static ObjectNode input() {
    return Json.object()
        .put("run_id", "run-1")
        .put("bucket", "uploads")
        .put("key", "input/a b.csv")
        .put("version_id", "")
        .put("etag", "0cc175b9c0f1b6a831c399e269772661")
        .put("size", 1_234)
        .put("run_date", "2026-11-20")
        .put("trace_header", HEADER);
  }

  private String start(String name, JsonNode input) {
    return aws.stepFunctions()
        .startExecution(
            request ->
                request
                    .stateMachineArn(machine.arn())
                    .name(name)
                    .input(input.toString())
                    .traceHeader(HEADER))
        .executionArn();
  }

  private ObjectNode startJobRun(Request request) {
    started.add(request.body());
    String says = glueSays.isEmpty() ? "SUCCEEDED" : glueSays.pop();
    if (says.endsWith("Exception")) {
      throw new Fault(says, "not now");
    }
    String[] parts = says.split(": ", 2);
    ObjectNode run =
        Json.object().put("JobName", request.text("JobName")).put("JobRunState", parts[0]);
    if (parts.length == 2) {
      run.put("ErrorMessage", parts[1]);
    }
    String id = Ids.jobRunId();
    runs.put(id, run.put("Id", id));
    return Json.object().put("JobRunId", id);
  }

  private ObjectNode getJobRun(Request request) {
    ObjectNode answer = Json.object();
    answer.set("JobRun", runs.get(request.text("RunId")));
    return answer;
  }
}
