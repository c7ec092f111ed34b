package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.WaybillCommand.Ended;
import dev.waybill.local.collector.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** {@code waybill upload} as a user types it, against the local cloud in the place of AWS. */
@TestInstance(Lifecycle.PER_CLASS)
class UploadCommandIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("waybill.root")));
  private static final Path SAMPLE = INSTALLATION.root().resolve("sample-data/listings.csv");

  @TempDir private Path folder;
  private LocalCloud cloud;
  private Path missing;
  private Map<String, String> environment;

  @BeforeAll
  void start(@TempDir Path out) throws IOException {
    cloud =
        new LocalCloud(
            INSTALLATION, out, HttpEndpoint.LOOPBACK, Backend.NONE, Clock.systemUTC(), text -> {});
    missing = Files.writeString(out.resolve("missing.csv"), "id,NAME\n1,a\n");
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
  void followsEachRunAndPrintsItsRowsAndTheLinkToItsTrace() throws Exception {
    Ended upload = upload(SAMPLE.toString(), missing.toString());

    assertThat(upload.status()).as(upload.err()).isEqualTo(1);
    assertThat(upload.out())
        .containsSubsequence(
            SAMPLE + "  SUCCEEDED\n",
            "  rows in             2,000\n",
            "  rows out            1,808\n",
            "  CleanListings  ",
            "  whole run  ",
            "  cost              $0.0",
            " DPU-seconds, 4 transitions, Lambda 0.",
            "  trace             1-",
            "  trace link        https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#xray:traces/1-",
            missing + "  FAILED\n",
            "  error             input/missing.csv: columns missing: ",
            "  trace link        https://eu-west-1.console.aws.amazon.com/");
    assertThat(upload.err())
        .contains("listings.csv  upload", "to s3://waybill-local/input/listings.csv, trace 1-")
        .doesNotContain("waybill:", "Exception");
  }

  @Test
  void printsOneJsonArrayAndNothingElse() throws Exception {
    Ended upload = upload("--json", SAMPLE.toString());

    assertThat(upload.status()).as(upload.err()).isZero();
    assertThat(upload.err()).isEmpty();
    JsonNode run = Json.parse(upload.out()).path(0);
    assertThat(run.path("status").asText()).isEqualTo("SUCCEEDED");
    assertThat(run.at("/rows/read").asLong()).isEqualTo(2_000);
    assertThat(run.at("/input/bytes").asLong()).isEqualTo(Files.size(SAMPLE));
    assertThat(run.at("/outputs/processed").asText())
        .isEqualTo("s3://waybill-local/processed/run=" + run.path("run_id").asText() + "/");
    assertThat(run.at("/cost/usd").asDouble()).isPositive();
    assertThat(run.at("/cost/estimated").asBoolean()).isFalse();
    assertThat(run.at("/cost/transitions").asInt()).isEqualTo(4);
    assertThat(run.at("/cost/dpu_seconds").asDouble())
        .isEqualTo(
            run.at("/jobs/0/charge/dpu_seconds").asDouble()
                + run.at("/jobs/1/charge/dpu_seconds").asDouble());
    assertThat(run.path("trace").isNull()).isTrue();
    assertThat(run.path("report").asText())
        .endsWith("#xray:traces/" + run.path("trace_id").asText());
  }

  @Test
  void ofSeveralRunsInOneTraceItFollowsItsOwn() throws Exception {
    String[] command = {
      "--json",
      "--traceparent",
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      missing.toString()
    };

    JsonNode first = Json.parse(upload(command).out()).path(0);
    JsonNode second = Json.parse(upload(command).out()).path(0);

    assertThat(first.path("trace_id").asText())
        .isEqualTo("1-0af76519-16cd43dd8448eb211c80319c")
        .isEqualTo(second.path("trace_id").asText());
    assertThat(second.path("run_id").asText())
        .matches("\\d{8}-\\d{9}-missing-[0-9a-f]{16}")
        .isNotEqualTo(first.path("run_id").asText());
  }

  @Test
  void aPipelineThatDoesNotExistIsNamedWithThoseThatDo() throws Exception {
    Ended upload = upload("--stack", "Other", SAMPLE.toString());

    assertThat(upload.status()).isEqualTo(2);
    assertThat(upload.err())
        .isEqualTo(
            "waybill: no pipeline fits; pipelines in this account and region (profile default, region eu-west-1): [stack Waybill with bucket waybill-local]\n");
  }

  @Test
  void withoutCredentialsItSaysHowToSignIn() throws Exception {
    environment.keySet().removeIf(name -> name.contains("KEY"));
    environment.put("AWS_EC2_METADATA_DISABLED", "true");

    assertFails(
        1,
        "no AWS credentials (profile default, region eu-west-1): sign in, for example by aws sso login or aws login, or name a profile by AWS_PROFILE");
  }

  @Test
  void withoutARegionItSaysWhereToSetOne() throws Exception {
    environment.remove("AWS_REGION");
    environment.put("AWS_EC2_METADATA_DISABLED", "true");

    assertFails(
        2,
        "no AWS region is set: set AWS_REGION, or region in the profile default of ~/.aws/config");
  }

  @Test
  void aRegionThatCanNotBeOneIsNamed() throws Exception {
    environment.put("AWS_REGION", "eu west 1");

    assertFails(
        2,
        "the AWS region is 'eu west 1'; it must be like eu-west-1: set AWS_REGION, or region in the profile default of ~/.aws/config");
  }

  @Test
  void aMisspeltRegionIsNamedWithItsHost() throws Exception {
    environment.keySet().removeIf(name -> name.startsWith("AWS_ENDPOINT_URL"));
    environment.put("AWS_REGION", "eu-wset-1");

    assertFails(
        1,
        "can't find the host states.eu-wset-1.amazonaws.com: is the region spelled right? Set AWS_REGION, or region in the profile of ~/.aws/config (profile default, region eu-wset-1)");
  }

  @Test
  void anEndpointThatRefusesIsNamed() throws Exception {
    environment.put("AWS_ENDPOINT_URL_SFN", "http://127.0.0.1:9");

    assertFails(
        1,
        "can't reach AWS (profile default, region eu-west-1): java.net.ConnectException: Connection refused; check the network, the proxy, and AWS_ENDPOINT_URL where it is set");
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
                    {"__type":"AccessDeniedException","Message":"User: arn:aws:iam::1:user/a is not authorized to perform: states:ListStateMachines"}
                    """))) {
      environment.put("AWS_ENDPOINT_URL_SFN", denying.url());

      assertFails(
          1,
          "Sfn denies access (profile default, region eu-west-1): User: arn:aws:iam::1:user/a is not authorized to perform: states:ListStateMachines; ask for the permission, or use another profile");
    }
  }

  @Test
  void aBucketThatIsGoneIsNamedInTheRunsResult() throws Exception {
    try (HttpEndpoint s3 =
        HttpEndpoint.start(
            "s3",
            exchange ->
                HttpEndpoint.answer(
                    exchange,
                    404,
                    "application/xml",
                    "<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>"))) {
      environment.put("AWS_ENDPOINT_URL_S3", s3.url());

      Ended upload = upload(SAMPLE.toString());

      assertThat(upload.status()).isEqualTo(1);
      assertThat(upload.out())
          .contains(
              SAMPLE + "  FAILED\n",
              "can't put it into the bucket waybill-local: the bucket does not exist (profile default, region eu-west-1): was the stack deleted, or is it in another region or account?");
    }
  }

  private void assertFails(int status, String message) throws InterruptedException {
    Ended upload = upload(SAMPLE.toString());

    assertThat(upload.err()).isEqualTo("waybill: " + message + "\n");
    assertThat(upload.out()).isEmpty();
    assertThat(upload.status()).isEqualTo(status);
  }

  private Ended upload(String... arguments) throws InterruptedException {
    return new WaybillCommand(folder).with(environment).run("upload", arguments);
  }
}
