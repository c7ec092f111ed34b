package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkSystemSetting;

/** The command line as a process of its own, on machines as people have them. Linux only. */
@Timeout(300)
class SurroundingsIT {

  private static final Path ROOT = Path.of(System.getProperty("waybill.root"));
  private static final String COLLECTOR = "http://collector.example:4318";
  private static final String ELSEWHERE = "http://192.0.2.1:9";
  private static final int FILE_SIZE_LIMIT_KIB = 100;

  /** What is true of a company's machine, and nonsense where anything else would do. */
  private static final String AWS_CONFIG =
      """
      [default]
      region = nonsense
      use_fips_endpoint = true
      use_dualstack_endpoint = true
      retry_mode = nonsense
      max_attempts = abc
      defaults_mode = nonsense
      endpoint_url = http://192.0.2.1:9
      request_checksum_calculation = nonsense
      """;

  @TempDir private Path folder;
  private Path input;

  @BeforeEach
  void writeInput() throws IOException {
    input = folder.resolve("few.csv");
    try (Stream<String> lines = Files.lines(ROOT.resolve("sample-data/listings.csv"))) {
      Files.write(input, lines.limit(30).toList());
    }
  }

  @Test
  void aRunNeedsNoneOfTheUsersProxyAwsConfigurationAndJavaOptions() throws Exception {
    try (RecordingProxy proxy = RecordingProxy.start()) {
      Map<String, String> environment = new HashMap<>(awsConfiguration());
      environment.putAll(proxyVariables(proxy));
      environment.put(
          "JAVA_TOOL_OPTIONS",
          "-Djava.net.preferIPv6Addresses=true -Dhttp.nonProxyHosts=none.example"
              + " -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=%d -Dhttps.proxyHost=127.0.0.1"
                  .formatted(proxy.port())
              + " -Daws.maxAttempts=abc -Daws.region=nonsense -Daws.useFipsEndpoint=true");

      Process run = start(environment, "run", "--otlp-endpoint", COLLECTOR, "--out");
      ProcessHandle job = await(run, () -> job(run));
      assertThat(commandLine(job)).contains("--otlp_endpoint").doesNotContain("http://127.0.0.1");
      int status = run.waitFor();

      assertThat(status).as(log()).isZero();
      assertThat(log()).contains("SUCCEEDED", "1 root, 0 orphans");
      // The job found its parent: the stand-in for X-Ray answered it.
      assertThat(glueSegments()).contains(parentOf("clean-listings"), parentOf("process-listings"));
      assertThat(proxy.requests())
          .allMatch(request -> request.startsWith("POST " + COLLECTOR + "/v1/"))
          .anyMatch(request -> request.contains("/v1/traces "))
          .anyMatch(request -> request.contains("/v1/metrics "))
          .anyMatch(request -> request.contains("/v1/logs "));
      assertThat(TestFiles.containing("Picked up", folder.resolve("out"))).isEmpty();
    }
  }

  @Test
  void anUploadToAwsUsesTheProxy() throws Exception {
    try (RecordingProxy proxy = RecordingProxy.start()) {
      Map<String, String> environment = new HashMap<>(proxyVariables(proxy));
      environment.put("AWS_REGION", "eu-west-1");
      environment.put("AWS_ACCESS_KEY_ID", "none");
      environment.put("AWS_SECRET_ACCESS_KEY", "none");
      environment.put("AWS_MAX_ATTEMPTS", "1");

      assertThat(start(environment, "upload").waitFor()).isEqualTo(1);

      assertThat(proxy.requests())
          .isNotEmpty()
          .allMatch(request -> request.startsWith("CONNECT states.eu-west-1.amazonaws.com:443 "));
    }
  }

  /** A limit on the size of files fails a write as a full disk does. */
  @Test
  void aDiskThatIsFullWhileTheFileIsTakenInIsNamedAndNothingIsLeftOnIt() throws Exception {
    Files.write(input, new byte[3 * FILE_SIZE_LIMIT_KIB * 1024]);

    Process run =
        process(
            Map.of(),
            List.of("bash", "-c", "ulimit -f %d; exec \"$@\"".formatted(FILE_SIZE_LIMIT_KIB), "-"),
            "run",
            "--out",
            folder.resolve("out").toString(),
            input.toString());

    assertThat(run.waitFor()).isEqualTo(1);
    assertThat(log())
        .contains(
            "can't write into the folder %s (File too large)"
                .formatted(folder.resolve("out/bucket/input")))
        .doesNotContain("Error writing request body", "\tat ");
    assertThat(folder.resolve("out/bucket/input")).isEmptyDirectory();
  }

  @Test
  void watchServesTheAddressThatItIsToldToThoseWhoHaveItsKeys() throws Exception {
    boolean six = NetworkInterface.getByInetAddress(InetAddress.getByName("::1")) != null;
    Process watch =
        start(Map.of(), "watch", "--s3-address", six ? "[::1]:0" : "0.0.0.0:0", "--out");
    try {
      Matcher said =
          await(
              watch,
              () ->
                  find(
                      "bucket waybill-local at (\\S+), access key id (\\S+), secret access key (\\S+)"));
      String url = said.group(1);
      assertThat(url).startsWith(six ? "http://[0:0:0:0:0:0:0:1]:" : "http://127.0.0.1:");

      String command = curlOfTheGuide().replace("http://localhost:9000", url);
      assertThat(curl(command, Map.of(Keys.ID_VARIABLE, "guessed", Keys.SECRET_VARIABLE, "x")))
          .contains("<Code>InvalidAccessKeyId</Code>");
      assertThat(
              curl(
                  command,
                  Map.of(Keys.ID_VARIABLE, said.group(2), Keys.SECRET_VARIABLE, said.group(3))))
          .isEmpty();

      await(watch, () -> find("input/listings.csv +SUCCEEDED"));
      assertThat(log()).contains("rows in             2,000");
    } finally {
      watch.destroy();
      watch.waitFor();
    }
  }

  @Test
  void watchTakesTheUsersKeysAndPrintsNoSecretOfTheirs() throws Exception {
    Process watch =
        start(Map.of(Keys.ID_VARIABLE, "me", Keys.SECRET_VARIABLE, "between-us"), "watch", "--out");
    await(watch, () -> find("secret access key"));
    watch.destroy();
    watch.waitFor();

    assertThat(log())
        .contains("access key id me, secret access key as in $WAYBILL_S3_SECRET_ACCESS_KEY")
        .doesNotContain("between-us");
    assertThat(TestFiles.containing("between-us", folder)).isEmpty();
  }

  @Test
  void watchNamesAKeyThatIsMissing() throws Exception {
    Process watch = start(Map.of(Keys.ID_VARIABLE, "me"), "watch", "--out");

    assertThat(watch.waitFor()).isEqualTo(2);
    assertThat(log())
        .isEqualTo(
            "waybill: environment variable WAYBILL_S3_SECRET_ACCESS_KEY is missing: set both it and"
                + " WAYBILL_S3_ACCESS_KEY_ID, or neither\n");
  }

  /** Whatever the SDK reads. */
  private Map<String, String> awsConfiguration() throws IOException {
    Map<String, String> environment = new HashMap<>();
    for (SdkSystemSetting setting : SdkSystemSetting.values()) {
      environment.put(setting.environmentVariable(), "nonsense");
    }
    // The SDK offers no way around this one, which is its own tests'.
    environment.remove(SdkSystemSetting.AWS_PARTITIONS_FILE.environmentVariable());
    environment.put("AWS_USE_FIPS_ENDPOINT", "true");
    environment.put("AWS_USE_DUALSTACK_ENDPOINT", "true");
    for (String service : List.of("", "_S3", "_SFN", "_XRAY", "_GLUE")) {
      environment.put("AWS_ENDPOINT_URL" + service, ELSEWHERE);
    }
    Path config = Files.writeString(folder.resolve("config"), AWS_CONFIG);
    environment.put("AWS_CONFIG_FILE", config.toString());
    environment.put("AWS_SHARED_CREDENTIALS_FILE", config.toString());
    environment.put("AWS_PROFILE", "nobody");
    environment.put("AWS_CA_BUNDLE", "/nowhere");
    environment.put("AWS_S3_USE_ARN_REGION", "nonsense");
    environment.put("AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS", "nonsense");
    return environment;
  }

  private static Map<String, String> proxyVariables(RecordingProxy proxy) {
    return Stream.of("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
        .collect(Collectors.toMap(name -> name, name -> "http://127.0.0.1:" + proxy.port()));
  }

  /** A command that ends with {@code --out} gets the folder, one that takes files the input. */
  private Process start(Map<String, String> environment, String... words) throws IOException {
    List<String> all = new ArrayList<>(List.of(words));
    if (all.get(all.size() - 1).equals("--out")) {
      all.add(folder.resolve("out").toString());
    }
    if (!all.get(0).equals("watch")) {
      all.add(input.toString());
    }
    return process(environment, List.of(), all.toArray(String[]::new));
  }

  private Process process(Map<String, String> environment, List<String> before, String... words)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(WaybillCommand.words(List.of(), words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return builder.redirectOutput(folder.resolve("log").toFile()).start();
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until there is something, or the process has ended without. */
  private <T> T await(Process process, Supplier<Optional<T>> condition) {
    return Processes.waitFor(
        () -> {
          boolean alive = process.isAlive();
          Optional<T> found = condition.get();
          assertThat(alive || found.isPresent()).as(this::log).isTrue();
          return found;
        });
  }

  private Optional<Matcher> find(String said) {
    Matcher matcher = Pattern.compile(said).matcher(log());
    return matcher.find() ? Optional.of(matcher) : Optional.empty();
  }

  private static Optional<ProcessHandle> job(Process launcher) {
    return launcher
        .descendants()
        .filter(process -> Processes.isCalledWith(process, "dev.waybill.local.glue.JobMain\0"))
        .findFirst();
  }

  private static String commandLine(ProcessHandle process) throws IOException {
    return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
  }

  private List<String> glueSegments() throws IOException {
    return lines("segments.jsonl")
        .filter(segment -> segment.path("name").asText().equals("Glue"))
        .map(segment -> segment.path("id").asText())
        .toList();
  }

  private String parentOf(String job) throws IOException {
    return lines("traces.jsonl")
        .flatMap(request -> request.findValues("spans").stream())
        .flatMap(JsonNode::valueStream)
        .filter(
            span ->
                span.path("name").asText().equals(job) && !span.toString().contains("inprogress"))
        .map(span -> span.path("parentSpanId").asText())
        .findFirst()
        .orElseThrow();
  }

  private Stream<JsonNode> lines(String name) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("out/runs"))) {
      Path file = files.filter(each -> each.endsWith(name)).findFirst().orElseThrow();
      return Files.readAllLines(file).stream().map(Json::parse);
    }
  }

  /** The command of docs/local.md that puts the sample. */
  private static String curlOfTheGuide() throws IOException {
    Matcher command =
        Pattern.compile("(?m)^ {4}(curl -T (?:.*\\\\\n)*.*)$")
            .matcher(Files.readString(ROOT.resolve("docs/local.md")));
    assertThat(command.find()).isTrue();
    return command.group(1).replace("curl ", "curl -gsS ");
  }

  private static String curl(String command, Map<String, String> environment) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", command)
            .directory(ROOT.toFile())
            .redirectErrorStream(true);
    builder.environment().putAll(environment);
    return new String(builder.start().getInputStream().readAllBytes());
  }
}
