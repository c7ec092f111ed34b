package dev.waybill.lambdatrigger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The deployable as Lambda starts it: unpacked, in a JVM of its own, called by AWS's own runtime
 * client, which is there for Linux only.
 */
@EnabledOnOs(OS.LINUX)
class DeployableIT {

  private static final Path TARGET =
      Path.of(System.getProperty("waybill.root"), "lambda-trigger", "target");
  private static final String TRACE =
      "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
  private static final String EVENT =
      """
      {"Records": [{
        "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "eu-west-1",
        "eventTime": "2026-11-20T10:11:12.131Z", "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": "AWS:X"},
        "requestParameters": {"sourceIPAddress": "192.0.2.1"},
        "responseElements": {"x-amz-request-id": "R", "x-amz-id-2": "I"},
        "s3": {"s3SchemaVersion": "1.0", "configurationId": "c",
          "bucket": {"name": "uploads", "ownerIdentity": {"principalId": "P"}, "arn": "arn:aws:s3:::uploads"},
          "object": {"key": "input/my+file.csv", "size": 42, "eTag": "e", "versionId": "v", "sequencer": "0A"}}}]}
      """;

  @TempDir private Path folder;
  private RuntimeApi runtime;
  private FakeStepFunctions stepFunctions;
  private Process function;

  @BeforeEach
  void startServices() throws IOException {
    runtime = new RuntimeApi();
    stepFunctions = new FakeStepFunctions();
    unpack(TARGET.resolve("lambda-trigger-deployable.jar"), folder.resolve("task"));
  }

  @AfterEach
  void stopServices() {
    function.destroy();
    runtime.close();
    stepFunctions.close();
  }

  @Test
  void handlesAnS3EventUnderTheTraceOfItsInvocation() throws Exception {
    start("on-demand");

    assertThat(runtime.invoke(EVENT, TRACE)).as(log()).isEqualTo("response null");

    assertThat(stepFunctions.starts).hasSize(1);
    var started = stepFunctions.starts.get(0);
    assertThat(started.input().path("key").asText()).isEqualTo("input/my file.csv");
    assertThat(started.input().path("version_id").asText()).isEqualTo("v");
    assertThat(started.traceHeader())
        .startsWith("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=");
    assertThat(Files.readString(folder.resolve("function.log")))
        .contains("execution started", "1-5759e988-bd862e3fe1be46a994272793");
  }

  @Test
  void handlesEventsAfterASnapshotOfItWasRestored() throws Exception {
    start("snap-start");

    assertThat(runtime.invoke(EVENT, TRACE)).as(log()).isEqualTo("response null");

    assertThat(runtime.restored()).isTrue();
    assertThat(stepFunctions.starts)
        .extracting(start -> start.input().path("key").asText())
        .containsExactly("", "input/my file.csv");
  }

  @Test
  void failsTheInvocationWhoseExecutionIsNotStarted() throws Exception {
    stepFunctions.fail("input/my file.csv", "StateMachineDoesNotExist");
    start("on-demand");

    assertThat(runtime.invoke(EVENT, TRACE))
        .startsWith("error ")
        .contains("no execution was started for 1 of 1 objects: input/my file.csv");
  }

  @Test
  void anInvocationKilledHalfwayAndRepeatedStartsEachExecutionOnce() throws Exception {
    stepFunctions.answersOnly(5);
    start("on-demand");
    CompletableFuture.runAsync(() -> invokeInVain(tenRecords()));
    while (stepFunctions.starts.size() <= 5) {
      Thread.onSpinWait();
    }
    function.destroyForcibly().waitFor();
    assertThat(stepFunctions.executions()).hasSize(5);

    stepFunctions.answersOnly(Integer.MAX_VALUE);
    runtime.close();
    runtime = new RuntimeApi();
    start("on-demand");

    assertThat(runtime.invoke(tenRecords(), TRACE)).as(log()).isEqualTo("response null");
    assertThat(stepFunctions.executions()).hasSize(10);
  }

  private static String tenRecords() {
    int begin = EVENT.indexOf('[') + 1;
    int end = EVENT.lastIndexOf(']');
    String one = EVENT.substring(begin, end);
    return EVENT.substring(0, begin)
        + IntStream.range(0, 10)
            .mapToObj(i -> one.replace("my+file", "file-" + i))
            .collect(Collectors.joining(","))
        + EVENT.substring(end);
  }

  private void invokeInVain(String event) {
    try {
      runtime.invoke(event, TRACE);
    } catch (Exception expected) {
      // Its sandbox is killed.
      return;
    }
  }

  private void start(String initialization) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                // Lambda's own command line has it: without it no hook of a snapshot is called.
                "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac",
                "-cp",
                TARGET.resolve("lambda-runtime") + File.separator + "*",
                "com.amazonaws.services.lambda.runtime.api.client.AWSLambda",
                StartPipeline.class.getName() + "::handleRequest")
            .directory(folder.resolve("task").toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("function.log").toFile());
    var environment = builder.environment();
    environment.put("AWS_LAMBDA_RUNTIME_API", runtime.address());
    environment.put("AWS_LAMBDA_INITIALIZATION_TYPE", initialization);
    environment.put("AWS_LAMBDA_FUNCTION_NAME", "waybill-start-pipeline");
    environment.put("AWS_LAMBDA_FUNCTION_VERSION", "1");
    environment.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024");
    environment.put("AWS_REGION", "eu-west-1");
    environment.put("AWS_ACCESS_KEY_ID", "none");
    environment.put("AWS_SECRET_ACCESS_KEY", "none");
    environment.put("AWS_ENDPOINT_URL_SFN", stepFunctions.url());
    environment.put(StartPipeline.STATE_MACHINE_ARN, FakeStepFunctions.ARN);
    function = builder.start();
  }

  private String log() {
    return "the function's log is " + folder.resolve("function.log");
  }

  private static void unpack(Path jar, Path into) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
        ZipEntry entry = all.nextElement();
        Path file = into.resolve(entry.getName());
        if (entry.isDirectory()) {
          continue;
        }
        Files.createDirectories(file.getParent());
        try (InputStream in = zip.getInputStream(entry)) {
          Files.copy(in, file);
        }
      }
    }
  }
}
