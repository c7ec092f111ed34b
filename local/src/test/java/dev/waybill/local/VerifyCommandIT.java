package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.waybill.local.WaybillCommand.Ended;
import dev.waybill.local.collector.Backend;
import dev.waybill.local.collector.OtlpReceiver.Signal;
import dev.waybill.workflow.Job;
import dev.waybill.workflow.StackNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.ComparisonOperator;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import software.amazon.awssdk.services.cloudwatch.model.Statistic;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.glue.GlueClient;
import software.amazon.awssdk.services.glue.model.Column;
import software.amazon.awssdk.services.glue.model.Partition;

/**
 * {@code waybill verify} as a user types it: the local cloud in the place of S3, Step Functions and
 * X-Ray, moto in that of CloudWatch.
 */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(180)
class VerifyCommandIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("waybill.root")));
  private static final StackNames NAMES = new StackNames("Waybill");
  private static final List<String> OUTPUTS = INSTALLATION.project().jobs().outputs();
  private static final List<Job> JOBS = INSTALLATION.project().jobs().jobs();

  @TempDir private Path folder;
  private LocalCloud cloud;
  private Map<String, String> environment;

  @BeforeAll
  void start(@TempDir Path out) {
    cloud =
        new LocalCloud(
            INSTALLATION, out, HttpEndpoint.LOOPBACK, Backend.NONE, Clock.systemUTC(), text -> {});
  }

  @BeforeEach
  void pointAtTheLocalCloud() {
    environment = new HashMap<>(cloud.environment());
  }

  @AfterAll
  void stop() {
    cloud.close();
  }

  @Test
  @EnabledIfEnvironmentVariable(named = Moto.VARIABLE, matches = ".+", disabledReason = Moto.WHY)
  void saysThatAllOfASoundPipelineHoldsAndLeavesNothingInTheBucket(@TempDir Path logs)
      throws Exception {
    try (Moto moto = Moto.start(logs.resolve("moto.log"));
        CloudWatchLogsClient cloudWatchLogs =
            moto.client(
                CloudWatchLogsClient.builder().httpClient(UrlConnectionHttpClient.create()));
        CloudWatchClient cloudWatch =
            moto.client(CloudWatchClient.builder().httpClient(UrlConnectionHttpClient.create()));
        GlueClient glue =
            moto.client(GlueClient.builder().httpClient(UrlConnectionHttpClient.create()));
        HttpEndpoint xray =
            HttpEndpoint.start(
                "xray", exchange -> answer(exchange, cloudWatchLogs, cloudWatch, glue))) {
      deploy(cloudWatchLogs, cloudWatch);
      deployTables(glue);
      environment.put("AWS_ENDPOINT_URL_CLOUDWATCH", moto.url());
      environment.put("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", moto.url());
      environment.put("AWS_ENDPOINT_URL_XRAY", xray.url());
      environment.put("AWS_ENDPOINT_URL_GLUE", moto.url());

      Ended verify = verify("--stack", "Waybill");

      assertThat(verify.out())
          .contains(
              "  holds   run: 20",
              "-waybill-verify-",
              "  holds   rows: 2,000 read, 1,808 cleaned, 192 rejected, 1,808 processed\n",
              "  holds   output processed: complete, ",
              "  holds   output quarantine: complete, ",
              "  holds   telemetry delivered: all of it\n",
              "  holds   trace is whole: ",
              " roots: waybill upload, orphans: 0\n",
              "  holds   trace of clean-listings: ",
              " spans below it, below its state CleanListings\n",
              "  holds   log /aws/lambda/waybill-start-pipeline: has lines of the run\n",
              "  holds   log /waybill/job-logs: has lines of the run\n",
              "  holds   logs of Glue: 1 groups below /aws-glue/waybill, each with a retention\n",
              "  holds   metric waybill.cost of process-listings: arrived in the namespace Waybill\n",
              "  holds   alarms: all 1 are OK: failed-executions\n",
              "  holds   cleaned up: ",
              "  holds   cleaned up tables: %d partitions of the run are removed\n"
                  .formatted(OUTPUTS.size()))
          .containsPattern("  (\\d+) of \\1 hold\n$")
          .doesNotContain("FAILS");
      assertThat(verify.status()).as(verify.err()).isZero();
      assertThat(leftInTheBucket()).isEmpty();
      assertThat(OUTPUTS).allSatisfy(table -> assertThat(runsIn(glue, table)).isEmpty());
    }
  }

  @Test
  void saysOfWhatFailsWhatToDoAndCleansUpAllTheSame() throws Exception {
    Path missing = Files.writeString(folder.resolve("missing.csv"), "id,NAME\n1,a\n");
    environment.put("AWS_ENDPOINT_URL_CLOUDWATCH", "http://127.0.0.1:9");
    environment.put("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "http://127.0.0.1:9");

    Ended verify =
        verify("--stack", "Waybill", "--file", missing.toString(), "--wait", "0", "--json");

    assertThat(verify.status()).isEqualTo(1);
    Map<String, JsonNode> checks = new HashMap<>();
    Json.parse(verify.out()).forEach(check -> checks.put(check.path("what").asText(), check));
    assertThat(checks.get("run").path("found").asText())
        .contains("InvalidInput: ", "columns missing: ");
    assertThat(checks.get("run").path("next").asText())
        .contains("its trace: https://", "docs/operating.md");
    assertThat(checks.get("output cleaned").path("found").asText())
        .matches("there is no cleaned/run=[0-9-]+waybill-verify-.+/_SUCCESS");
    assertThat(checks.get("trace of process-listings").path("found").asText())
        .isEqualTo("the trace has no span of it");
    assertThat(checks.get("logs").path("found").asText())
        .startsWith("can't reach AWS (profile default, region eu-west-1): ");
    assertThat(checks.get("alarms").path("holds").asBoolean()).isFalse();
    assertThat(checks.get("cleaned up").path("holds").asBoolean()).isTrue();
    assertThat(leftInTheBucket()).isEmpty();
  }

  @Test
  void aStackThatDoesNotExistIsNamedWithThoseThatDo() throws Exception {
    assertFails(
        2,
        "no pipeline fits; pipelines in this account and region (profile default, region eu-west-1): [stack Waybill with bucket waybill-local]",
        "--stack",
        "Wabill");
  }

  @Test
  void withoutCredentialsItSaysHowToSignIn() throws Exception {
    environment.keySet().removeIf(name -> name.contains("KEY"));
    environment.put("AWS_EC2_METADATA_DISABLED", "true");

    assertFails(
        1,
        "no AWS credentials (profile default, region eu-west-1): sign in, for example by aws sso login or aws login, or name a profile by AWS_PROFILE",
        "--stack",
        "Waybill");
  }

  @Test
  void aPermissionThatIsMissingIsNamed() throws Exception {
    try (HttpEndpoint denying =
        HttpEndpoint.start(
            "denying",
            exchange ->
                HttpEndpoint.answer(
                    exchange,
                    400,
                    "application/x-amz-json-1.0",
                    """
                    {"__type":"AccessDeniedException","Message":"not authorized to perform: states:ListStateMachines"}
                    """))) {
      environment.put("AWS_ENDPOINT_URL_SFN", denying.url());

      assertFails(
          1,
          "Sfn denies access (profile default, region eu-west-1): not authorized to perform: states:ListStateMachines; ask for the permission, or use another profile",
          "--stack",
          "Waybill");
    }
  }

  @Test
  void withoutAStackItSaysThatOneIsMissing() throws Exception {
    Ended verify = verify();

    assertThat(verify.err())
        .isEqualTo("waybill: Missing required option: '--stack=NAME'; see ./waybill help verify\n");
    assertThat(verify.status()).isEqualTo(2);
  }

  /** X-Ray with the hops' segments and the jobs' spans; before, the run's logs and metrics come. */
  private void answer(
      HttpExchange exchange, CloudWatchLogsClient logs, CloudWatchClient metrics, GlueClient glue)
      throws IOException {
    JsonNode request = Json.parse(exchange.getRequestBody());
    if (HttpEndpoint.path(exchange).equals("/TraceSegments")) {
      request
          .path("TraceSegmentDocuments")
          .forEach(text -> cloud.segments().put(Json.parse(text.asText())));
      HttpEndpoint.answer(exchange, 200, "application/json", "{}");
      return;
    }
    String traceId = request.at("/TraceIds/0").asText();
    String runId =
        cloud.segments().ofTrace(traceId).stream()
            .map(segment -> segment.at("/aws/execution_arn").asText())
            .filter(arn -> !arn.isEmpty())
            .map(arn -> arn.substring(arn.lastIndexOf(':') + 1))
            .findFirst()
            .orElseThrow();
    send(runId, logs, metrics);
    addPartitions(runId, glue);
    ObjectNode answer = Json.object();
    ArrayNode segments =
        answer.putArray("Traces").addObject().put("Id", traceId).putArray("Segments");
    Stream.concat(cloud.segments().ofTrace(traceId).stream(), spans(runId))
        .forEach(
            document ->
                segments
                    .addObject()
                    .put("Id", document.path("id").asText())
                    .put("Document", document.toString()));
    HttpEndpoint.answer(exchange, 200, "application/json", answer.toString());
  }

  /** As the collector's exporter makes segments of them. */
  private Stream<JsonNode> spans(String runId) {
    return cloud.collector().ofRun(runId, Signal.TRACES).stream()
        .flatMap(request -> request.findValues("spans").stream())
        .flatMap(JsonNode::valueStream)
        .map(
            span ->
                Json.object()
                    .put("id", span.path("spanId").asText())
                    .put("parent_id", span.path("parentSpanId").asText())
                    .put("name", span.path("name").asText())
                    .put("start_time", span.path("startTimeUnixNano").asLong() / 1e9)
                    .put("end_time", span.path("endTimeUnixNano").asLong() / 1e9));
  }

  private static void deploy(CloudWatchLogsClient logs, CloudWatchClient metrics) {
    for (String group :
        List.of(NAMES.functionLog(), NAMES.workflowLog(), NAMES.jobLogs(), glueLog())) {
      Moto.createLogGroup(logs, group);
    }
    metrics.putMetricAlarm(
        put ->
            put.alarmName(NAMES.alarms() + "failed-executions")
                .namespace("AWS/States")
                .metricName("ExecutionsFailed")
                .statistic(Statistic.SUM)
                .period(300)
                .evaluationPeriods(1)
                .threshold(1.0)
                .comparisonOperator(ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD));
  }

  private static void deployTables(GlueClient glue) {
    glue.createDatabase(
        create -> create.databaseInput(database -> database.name(NAMES.database())));
    for (String name : OUTPUTS) {
      glue.createTable(
          create ->
              create
                  .databaseName(NAMES.database())
                  .tableInput(
                      table ->
                          table
                              .name(name)
                              .partitionKeys(Column.builder().name("run").type("string").build())));
    }
  }

  private static void addPartitions(String runId, GlueClient glue) {
    OUTPUTS.stream()
        .filter(table -> runsIn(glue, table).isEmpty())
        .forEach(
            table ->
                glue.createPartition(
                    create ->
                        create
                            .databaseName(NAMES.database())
                            .tableName(table)
                            .partitionInput(partition -> partition.values(runId))));
  }

  private static List<Partition> runsIn(GlueClient glue, String table) {
    return glue.getPartitions(get -> get.databaseName(NAMES.database()).tableName(table))
        .partitions();
  }

  private static String glueLog() {
    return NAMES.glueLogs() + "/output";
  }

  private static void send(String runId, CloudWatchLogsClient logs, CloudWatchClient metrics) {
    for (String group : List.of(NAMES.functionLog(), NAMES.workflowLog(), NAMES.jobLogs())) {
      Moto.log(logs, group, runId);
    }
    for (Job job : JOBS) {
      Dimension name = Dimension.builder().name("waybill.job").value(job.name()).build();
      Dimension status = Dimension.builder().name("waybill.status").value("SUCCEEDED").build();
      metrics.putMetricData(
          put ->
              put.namespace(NAMES.stack())
                  .metricData(
                      datum("waybill.job.duration", name, status), datum("waybill.cost", name)));
    }
  }

  private static MetricDatum datum(String metric, Dimension... dimensions) {
    return MetricDatum.builder()
        .metricName(metric)
        .dimensions(dimensions)
        .timestamp(Instant.now())
        .value(1.0)
        .build();
  }

  private List<Path> leftInTheBucket() throws IOException {
    try (Stream<Path> files = Files.walk(cloud.bucketFolder())) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> file.toString().contains("waybill-verify-"))
          .toList();
    }
  }

  private void assertFails(int status, String message, String... arguments)
      throws InterruptedException {
    Ended verify = verify(arguments);

    assertThat(verify.err()).isEqualTo("waybill: " + message + "\n");
    assertThat(verify.out()).isEmpty();
    assertThat(verify.status()).isEqualTo(status);
  }

  private Ended verify(String... arguments) throws InterruptedException {
    return new WaybillCommand(folder).with(environment).run("verify", arguments);
  }
}
