package dev.waybill.lambdatrigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import com.amazonaws.services.lambda.runtime.events.models.s3.S3EventNotification.S3BucketEntity;
import com.amazonaws.services.lambda.runtime.events.models.s3.S3EventNotification.S3Entity;
import com.amazonaws.services.lambda.runtime.events.models.s3.S3EventNotification.S3EventNotificationRecord;
import com.amazonaws.services.lambda.runtime.events.models.s3.S3EventNotification.S3ObjectEntity;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartPipelineTest {

  private static final String ROOT = "1-5759e988-bd862e3fe1be46a994272793";
  private static final String PARENT = "53995c3f42cd8ad8";
  private static final String SAMPLED = "Root=" + ROOT + ";Parent=" + PARENT + ";Sampled=1";
  private static final String UNSAMPLED = "Root=" + ROOT + ";Parent=" + PARENT + ";Sampled=0";
  private static final ObjectMapper JSON = new ObjectMapper();

  private FakeStepFunctions stepFunctions;
  private DatagramSocket daemon;

  @BeforeEach
  void startServices() throws Exception {
    stepFunctions = new FakeStepFunctions();
    daemon = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    daemon.setSoTimeout(5_000);
    System.setProperty(
        "com.amazonaws.xray.emitters.daemonAddress", "127.0.0.1:" + daemon.getLocalPort());
  }

  @AfterEach
  void stopServices() {
    System.clearProperty("com.amazonaws.xray.emitters.daemonAddress");
    System.clearProperty("com.amazonaws.xray.traceHeader");
    daemon.close();
    stepFunctions.close();
  }

  @Test
  void startsOneExecutionForEachRecordWithEverythingTheWorkflowReads() {
    invoke(event(object("input/a.csv"), object("input/b.CSV")), SAMPLED);

    assertThat(stepFunctions.starts)
        .extracting(start -> start.input().path("key").asText())
        .containsExactly("input/a.csv", "input/b.CSV");
    JsonNode input = stepFunctions.starts.get(0).input();
    assertThat(input.properties().stream().map(Map.Entry::getKey))
        .containsExactly(
            "run_id", "bucket", "key", "version_id", "etag", "size", "run_date", "trace_header");
    assertThat(input.path("bucket").asText()).isEqualTo("uploads");
    assertThat(input.path("etag").asText()).isEqualTo("etag-1");
    assertThat(input.path("size").asLong()).isEqualTo(42);
    assertThat(input.path("run_date").asText()).isEqualTo("2026-11-20");
    assertThat(input.path("run_id").asText()).isEqualTo(stepFunctions.starts.get(0).name());
  }

  @ParameterizedTest
  @CsvSource({
    "input/my+file.csv, input/my file.csv",
    "input/a%2Bb.csv, input/a+b.csv",
    "input/100%25.csv, input/100%.csv",
    "input/%C3%A9t%C3%A9/%E6%9D%8E.csv, input/été/李.csv"
  })
  void decodesTheKeyAsS3EncodesIt(String encoded, String key) {
    invoke(event(object(encoded)), SAMPLED);

    assertThat(stepFunctions.starts.get(0).input().path("key").asText()).isEqualTo(key);
  }

  /** S3 notifies it of everything below input/. */
  @ParameterizedTest
  @ValueSource(strings = {"input/a.csv", "input/b.CSV", "input/c.Csv", "input/folder/d.cSv"})
  void takesCsvFilesInAnyCase(String key) {
    invoke(event(object(key)), SAMPLED);

    assertThat(stepFunctions.starts)
        .extracting(start -> start.input().path("key").asText())
        .containsExactly(key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"input/", "input/folder/", "input/notes.txt", "cleaned/run=1/a.csv", "a.csv"})
  void skipsWhatIsNotACsvFileBelowInput(String key) {
    List<String> log = invoke(event(object(key)), SAMPLED);

    assertThat(stepFunctions.starts).isEmpty();
    assertThat(log).singleElement().asString().contains("skipped").contains(key);
  }

  @Test
  void theSameUploadHasTheSameRunIdAndAnotherUploadOfTheFileAnother() {
    Upload upload = Upload.of(object("input/Große Liste (1).csv"));
    Upload again = Upload.of(object("input/Große Liste (1).csv"));
    Upload later =
        new Upload(
            upload.bucket(), upload.key(), "", upload.etag(), upload.size(), "0099", upload.time());

    assertThat(ExecutionInput.runId(upload))
        .isEqualTo(ExecutionInput.runId(again))
        .isNotEqualTo(ExecutionInput.runId(later))
        .matches("\\d{8}-\\d{9}-gro-e-liste-1-[0-9a-f]{16}");
  }

  @Test
  void runIdsSortByTheTimeOfTheUpload() {
    Upload upload = Upload.of(object("input/a.csv"));
    List<String> ids =
        Stream.of("2026-01-09T23:59:59.999Z", "2026-01-10T00:00:00Z", "2026-11-02T10:00:00.5Z")
            .map(Instant::parse)
            .map(time -> ExecutionInput.runId(at(upload, time)))
            .toList();

    assertThat(ids).isSorted();
    assertThat(ids.get(2)).startsWith("20261102-100000500-a-");
  }

  @Test
  void aRunIdIsAlwaysANameThatStepFunctionsTakes() {
    Upload upload = Upload.of(object("input/" + "%E6%9D%8E".repeat(60) + "x".repeat(200) + ".csv"));

    assertThat(ExecutionInput.runId(upload)).matches("[a-z0-9-]{1,80}");
  }

  @Test
  void startsTheExecutionUnderASubsegmentOfTheInvocation() throws Exception {
    invoke(event(object("input/a.csv")), SAMPLED);

    JsonNode subsegment = received();
    assertThat(subsegment.path("trace_id").asText()).isEqualTo(ROOT);
    assertThat(subsegment.path("parent_id").asText()).isEqualTo(PARENT);
    assertThat(subsegment.path("annotations").path("key").asText()).isEqualTo("input/a.csv");
    assertThat(subsegment.path("annotations").path("run_id").asText())
        .isEqualTo(stepFunctions.starts.get(0).name());
    assertThat(subsegment.path("aws").path("request_id").asText()).isEqualTo("request-1");
    String header = "Root=" + ROOT + ";Parent=" + subsegment.path("id").asText() + ";Sampled=1";
    assertThat(stepFunctions.starts.get(0).traceHeader()).isEqualTo(header);
    assertThat(stepFunctions.starts.get(0).input().path("trace_header").asText()).isEqualTo(header);
  }

  @Test
  void tracesTheExecutionAlsoWhereLambdaDidNotSample() {
    invoke(event(object("input/a.csv")), UNSAMPLED);

    assertThat(stepFunctions.starts.get(0).traceHeader()).isEqualTo("Root=" + ROOT + ";Sampled=1");
  }

  @Test
  void keepsLambdasDecisionWhenToldToInherit() {
    StartPipeline handler = handler(Map.of("SAMPLING", "inherit"));

    handler.handleRequest(event(object("input/a.csv")), new TestContext(UNSAMPLED));

    assertThat(stepFunctions.starts.get(0).traceHeader()).isEqualTo(UNSAMPLED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "rubbish", "Root=1-zz;Sampled=1"})
  void beginsATraceWhereThereIsNoUsableHeader(String header) {
    invoke(event(object("input/a.csv")), header);

    assertThat(stepFunctions.starts.get(0).traceHeader())
        .matches("Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=1");
  }

  @Test
  void readsTheSystemPropertyWhereTheContextHasNoHeader() {
    System.setProperty("com.amazonaws.xray.traceHeader", SAMPLED);

    invoke(event(object("input/a.csv")), null);

    assertThat(stepFunctions.starts.get(0).traceHeader()).startsWith("Root=" + ROOT + ";Parent=");
  }

  @Test
  void readsTheEnvironmentLast() {
    StartPipeline handler = handler(Map.of("_X_AMZN_TRACE_ID", SAMPLED));

    handler.handleRequest(event(object("input/a.csv")), new TestContext(null));

    assertThat(stepFunctions.starts.get(0).traceHeader()).startsWith("Root=" + ROOT + ";Parent=");
  }

  @Test
  void takesAnExecutionThatIsThereAlreadyForSuccess() {
    stepFunctions.fail("input/a.csv", "ExecutionAlreadyExists");

    List<String> log = invoke(event(object("input/a.csv")), SAMPLED);

    assertThat(log).singleElement().asString().contains("there already");
  }

  @Test
  void takesAnExecutionForSuccessThatAThrottledCallHadStartedAfterAll() {
    stepFunctions.fail("input/a.csv", "ThrottlingException", "ExecutionAlreadyExists");

    List<String> log = invoke(event(object("input/a.csv")), SAMPLED);

    assertThat(stepFunctions.starts).hasSize(2);
    assertThat(log).singleElement().asString().contains("there already");
  }

  @Test
  void keysThatDifferOnlyInCaseAreOtherRuns() {
    invoke(event(object("input/a.csv"), object("input/A.csv")), SAMPLED);

    assertThat(stepFunctions.executions()).hasSize(2);
  }

  @Test
  void startsTheOthersAndThenFailsNamingThoseThatFailed() {
    stepFunctions.fail("input/b.csv", "InvalidArn");

    assertThatThrownBy(
            () ->
                invoke(
                    event(object("input/a.csv"), object("input/b.csv"), object("input/c.csv")),
                    SAMPLED))
        .hasMessage("no execution was started for 1 of 3 objects: input/b.csv");
    assertThat(stepFunctions.starts)
        .extracting(start -> start.input().path("key").asText())
        .contains("input/a.csv", "input/c.csv");
  }

  @Test
  void logsJsonWithTraceAndRun() throws Exception {
    List<String> log = invoke(event(object("input/a.csv")), SAMPLED);

    JsonNode line = JSON.readTree(log.get(0));
    assertThat(line.path("trace_id").asText()).isEqualTo("5759e988bd862e3fe1be46a994272793");
    assertThat(line.path("xray_trace_id").asText()).isEqualTo(ROOT);
    assertThat(line.path("run_id").asText()).isEqualTo(stepFunctions.starts.get(0).name());
  }

  @Test
  void primesTheFirstCallBeforeASnapshotAndStartsNothingByIt() throws Exception {
    StartPipeline handler = handler(Map.of());

    handler.beforeCheckpoint(null);
    handler.afterRestore(null);
    handler.handleRequest(event(object("input/a.csv")), new TestContext(SAMPLED));

    assertThat(stepFunctions.starts.get(0).name()).as("priming").contains(" ");
    assertThat(stepFunctions.starts.get(1).input().path("key").asText()).isEqualTo("input/a.csv");
  }

  @Test
  void saysWhichSettingIsWrong() {
    assertThatThrownBy(() -> handler(Map.of("SAMPLING", "sometimes")))
        .hasMessage("environment variable SAMPLING is 'sometimes'; it can be [always, inherit]");
    assertThatThrownBy(() -> new StartPipeline(Map.of(), stepFunctions.client()))
        .hasMessageContaining("STATE_MACHINE_ARN is missing");
  }

  private List<String> invoke(S3Event event, String header) {
    TestContext context = new TestContext(header);
    handler(Map.of()).handleRequest(event, context);
    return context.log;
  }

  private StartPipeline handler(Map<String, String> settings) {
    Map<String, String> environment = new java.util.HashMap<>(settings);
    environment.put(StartPipeline.STATE_MACHINE_ARN, FakeStepFunctions.ARN);
    return new StartPipeline(environment, stepFunctions.client());
  }

  private JsonNode received() throws Exception {
    DatagramPacket packet = new DatagramPacket(new byte[64 << 10], 64 << 10);
    daemon.receive(packet);
    String text = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    return JSON.readTree(text.substring(text.indexOf('\n')));
  }

  private static S3Event event(S3EventNotificationRecord... records) {
    return new S3Event(List.of(records));
  }

  private static S3EventNotificationRecord object(String encodedKey) {
    return new S3EventNotificationRecord(
        "eu-west-1",
        "ObjectCreated:Put",
        "aws:s3",
        "2026-11-20T23:59:59.000Z",
        "2.1",
        null,
        null,
        new S3Entity(
            null,
            new S3BucketEntity("uploads", null, null),
            new S3ObjectEntity(encodedKey, 42L, "etag-1", null, "0055"),
            "1.0"),
        null);
  }

  private static final class TestContext implements Context {

    private final String header;
    private final List<String> log = new ArrayList<>();

    private TestContext(String header) {
      this.header = header;
    }

    @Override
    public String getXrayTraceId() {
      return header;
    }

    @Override
    public LambdaLogger getLogger() {
      return new LambdaLogger() {
        @Override
        public void log(String message) {
          log.add(message);
        }

        @Override
        public void log(byte[] message) {
          log.add(new String(message, StandardCharsets.UTF_8));
        }
      };
    }

    @Override
    public String getAwsRequestId() {
      return "invocation-1";
    }

    @Override
    public String getLogGroupName() {
      return null;
    }

    @Override
    public String getLogStreamName() {
      return null;
    }

    @Override
    public String getFunctionName() {
      return null;
    }

    @Override
    public String getFunctionVersion() {
      return null;
    }

    @Override
    public String getInvokedFunctionArn() {
      return null;
    }

    @Override
    public CognitoIdentity getIdentity() {
      return null;
    }

    @Override
    public ClientContext getClientContext() {
      return null;
    }

    @Override
    public int getRemainingTimeInMillis() {
      return 1_000;
    }

    @Override
    public int getMemoryLimitInMB() {
      return 512;
    }
  }

  private static Upload at(Upload upload, Instant time) {
    return new Upload(
        upload.bucket(),
        upload.key(),
        upload.versionId(),
        upload.etag(),
        upload.size(),
        upload.sequencer(),
        time);
  }
}
