package dev.waybill.gluejobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * The deployable as Glue 6.0 starts it: by spark-submit, with Spark's own jars, S3A and the AWS SDK
 * beside it, its data in a server that speaks S3.
 */
class DeployableIT {

  private static final Path ROOT = Path.of(System.getProperty("waybill.root"));
  private static final Path TARGET = ROOT.resolve("glue-jobs/target");
  private static final Path JAR = TARGET.resolve("glue-jobs-deployable.jar");
  private static final Path S3A = TARGET.resolve("s3/hadoop-aws.jar");
  private static final String KEY = "input/listings.csv";
  private static final String WHOLE = "whole";
  private static final String LOCAL = "local[2]";

  /** One executor of two cores, as a Glue job with two G.1X workers has. */
  private static final String CLUSTER = "local-cluster[1,2,1024]";

  /** Spark's scheduler, when the stage is done that reads the file. */
  private static final Pattern READ = Pattern.compile("ShuffleMapStage 0 \\(.*\\) finished");

  /** Nothing listens there. */
  private static final String NO_COLLECTOR = "http://127.0.0.1:9";

  /** What OpenTelemetry and the AWS SDK use where it is there; nothing here makes them. */
  private static final List<String> OPTIONAL =
      List.of(
          "com.google.auto.value.",
          "io.grpc.",
          "dev.waybill.shaded.opentelemetry.api.incubator.",
          "dev.waybill.shaded.opentelemetry.sdk.autoconfigure.spi.",
          "dev.waybill.shaded.amazon.awssdk.crt");

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path folder;

  private static S3Server s3;
  private static SparkSession spark;
  private static Path sparkHome;

  @BeforeAll
  static void start() throws Exception {
    sparkHome = makeSparkHome(folder.resolve("spark"));
    s3 = S3Server.start(TARGET.resolve("s3"), folder);
    s3.client()
        .putObject(
            request -> request.bucket(S3Server.BUCKET).key(KEY),
            RequestBody.fromFile(ROOT.resolve("sample-data/listings.csv")));
    SparkSession.Builder builder =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", false);
    for (String setting : s3aSettings(s3.url())) {
      builder.config(setting.split("=", 2)[0], setting.split("=", 2)[1]);
    }
    spark = builder.getOrCreate();
    submit(CleanListings.class, WHOLE);
    submit(ProcessListings.class, WHOLE);
  }

  @AfterAll
  static void stop() throws IOException {
    // infra checks that the role which it gives the jobs may do all of this.
    Files.write(TARGET.resolve("s3-requests.txt"), new TreeSet<>(s3.requests()));
    spark.stop();
    s3.close();
  }

  @Test
  void bringsNoClassThatSparkBringsAndNoneTwice() throws IOException {
    List<String> own = classes(JAR);
    assertThat(own).hasSizeGreaterThan(1_000).doesNotHaveDuplicates();
    Set<String> doubled = new HashSet<>();
    for (String jar : sparkClassPath()) {
      classes(Path.of(jar)).stream().filter(new HashSet<>(own)::contains).forEach(doubled::add);
    }
    assertThat(doubled).isEmpty();
  }

  @Test
  void missesNoClassButOptionalOnes() {
    var out = new StringWriter();
    int status =
        ToolProvider.findFirst("jdeps")
            .orElseThrow()
            .run(
                new PrintWriter(out),
                new PrintWriter(out),
                "--multi-release",
                "17",
                "--missing-deps",
                "-cp",
                String.join(File.pathSeparator, sparkClassPath()) + File.pathSeparator + S3A,
                JAR.toString());
    assertThat(status).as(out.toString()).isZero();
    List<String> missing =
        out.toString()
            .lines()
            .filter(line -> line.contains(" -> ") && line.endsWith("not found"))
            .map(line -> line.strip().split("\\s+")[2])
            .filter(name -> !name.equals("not"))
            .filter(name -> OPTIONAL.stream().noneMatch(name::startsWith))
            .toList();
    assertThat(missing).isEmpty();
  }

  @Test
  void bothJobsLeaveWholeDataSetsInS3() throws IOException {
    assertThatRunIsWhole(WHOLE);
  }

  @Test
  void whatNoCollectorTakesIsKeptBesideTheRun() {
    for (String job : List.of(CleanListings.NAME, ProcessListings.NAME)) {
      assertThat(s3.keys(telemetry(WHOLE) + "/" + job))
          .extracting(key -> key.substring(key.lastIndexOf('/') + 1))
          .containsExactlyInAnyOrder("logs.jsonl", "metrics.jsonl", "traces.jsonl");
    }
  }

  @Test
  void anExecutorLostWithWhatItReadIsReplacedAndNoRowIsLostOrCountedTwice() throws Exception {
    Process job = start(CleanListings.class, "lost", CLUSTER);
    while (job.isAlive() && !hasReadAll("lost")) {
      Thread.onSpinWait();
    }
    job.children().forEach(ProcessHandle::destroyForcibly); // they are its executors
    assertThat(job.waitFor()).as("see %s", folder).isZero();

    JsonNode record = new ObjectMapper().readTree(object("runs/run=lost/" + RunRecord.CLEANED));
    assertThat(record.at("/rows/read").asLong()).isEqualTo(2_000);
    assertThat(rows(Output.CLEANED, "lost")).isEqualTo(1_808);
    assertThat(rows(Output.QUARANTINE, "lost")).isEqualTo(192);
    String traces =
        s3.keys(telemetry("lost")).stream()
            .filter(key -> key.endsWith("traces.jsonl"))
            .findFirst()
            .orElseThrow();
    assertThat(new String(object(traces), StandardCharsets.UTF_8))
        .contains("executor 0: Command exited with code 137");
  }

  @Test
  void anAttemptKilledWhileItWritesLeavesNothingThatReadersTakeAndTheNextPutsItRight()
      throws Exception {
    Process first = start(CleanListings.class, "killed", LOCAL);
    while (first.isAlive() && isEmpty("cleaned/run=killed/_temporary/")) {
      Thread.onSpinWait();
    }
    first.destroyForcibly().waitFor();
    assertThat(s3.keys("cleaned/run=killed/")).doesNotContain("cleaned/run=killed/_SUCCESS");
    assertThat(s3.keys("runs/run=killed/")).isEmpty();
    // As if it had come further: one file was moved to its place, and would double its rows.
    String moved = s3.keys("cleaned/run=" + WHOLE + "/part-").get(0);
    s3.client()
        .copyObject(
            request ->
                request
                    .sourceBucket(S3Server.BUCKET)
                    .sourceKey(moved)
                    .destinationBucket(S3Server.BUCKET)
                    .destinationKey(moved.replace(WHOLE, "killed")));

    submit(CleanListings.class, "killed");
    submit(ProcessListings.class, "killed");

    assertThatRunIsWhole("killed");
  }

  /** The stage that reads is done, and what follows it is not. */
  private static boolean hasReadAll(String run) throws IOException {
    return READ.matcher(Files.readString(log(CleanListings.class, run))).find();
  }

  private static boolean isEmpty(String prefix) {
    return s3.client()
        .listObjectsV2(request -> request.bucket(S3Server.BUCKET).prefix(prefix))
        .contents()
        .isEmpty();
  }

  private static void assertThatRunIsWhole(String run) throws IOException {
    JsonNode manifest = new ObjectMapper().readTree(object("runs/run=" + run + "/manifest.json"));
    assertThat(manifest.at("/rows/read").asLong()).isEqualTo(2_000);
    assertThat(manifest.at("/rows/cleaned").asLong()).isEqualTo(1_808);
    assertThat(manifest.at("/rows/processed").asLong()).isEqualTo(1_808);
    assertThat(rows(Output.CLEANED, run)).isEqualTo(1_808);
    assertThat(rows(Output.PROCESSED, run)).isEqualTo(1_808);
    assertThat(rows(Output.QUARANTINE, run)).isEqualTo(192);
    assertThat(rows(Output.NEIGHBOURHOOD_SUMMARY, run)).isPositive();
    for (Output output : Output.values()) {
      if (output != Output.RUNS) {
        String prefix = output.folder() + "/run=" + run + "/";
        assertThat(s3.keys(prefix))
            .contains(prefix + "_SUCCESS")
            .allMatch(key -> key.endsWith("_SUCCESS") || key.matches(".*/part-[^/]*\\.parquet"));
      }
    }
  }

  private static long rows(Output output, String run) {
    return spark
        .read()
        .parquet("s3://%s/%s/run=%s".formatted(S3Server.BUCKET, output.folder(), run))
        .count();
  }

  private static byte[] object(String key) {
    return s3.client()
        .getObjectAsBytes(request -> request.bucket(S3Server.BUCKET).key(key))
        .asByteArray();
  }

  private static void submit(Class<?> job, String run) throws Exception {
    Process process = start(job, run, LOCAL);
    assertThat(process.waitFor()).as("%s, run %s: see %s", job, run, folder).isZero();
  }

  private static Process start(Class<?> job, String run, String master) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(System.getProperty("waybill.spark.options").strip().split("\\s+")));
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Xmx1g");
    command.add("-cp");
    command.add(String.join(File.pathSeparator, glueClassPath()));
    command.addAll(List.of("org.apache.spark.deploy.SparkSubmit", "--master", master));
    command.addAll(List.of("--conf", "spark.ui.enabled=false", "--conf", "spark.log.level=INFO"));
    command.addAll(List.of("--conf", "spark.executor.extraJavaOptions=-XX:TieredStopAtLevel=1"));
    s3aSettings(s3.url()).forEach(setting -> command.addAll(List.of("--conf", setting)));
    command.addAll(List.of("--class", job.getName(), JAR.toString()));
    command.addAll(List.of("--run_id", run, "--bucket", S3Server.BUCKET, "--key", KEY));
    command.addAll(List.of("--run_date", TestBucket.RUN_DATE, "--JOB_NAME", job.getSimpleName()));
    HeadObjectResponse object =
        s3.client().headObject(request -> request.bucket(S3Server.BUCKET).key(KEY));
    command.addAll(List.of("--etag", object.eTag().replace("\"", "")));
    command.addAll(List.of("--size", String.valueOf(object.contentLength())));
    command.addAll(List.of("--otlp_endpoint", NO_COLLECTOR));
    command.addAll(
        List.of("--telemetry_folder", "s3://%s/%s".formatted(S3Server.BUCKET, telemetry(run))));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("AWS_REGION", "eu-west-1");
    builder.environment().put("AWS_EC2_METADATA_DISABLED", "true");
    builder.environment().put("SPARK_HOME", sparkHome.toString());
    builder.environment().put("SPARK_SCALA_VERSION", scalaVersion());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return builder.redirectOutput(log(job, run).toFile()).start();
  }

  private static String scalaVersion() {
    return scala.util.Properties.versionNumberString().replaceFirst("\\.\\d+$", "");
  }

  private static Path log(Class<?> job, String run) {
    return folder.resolve(run + "-" + job.getSimpleName() + ".log");
  }

  private static String telemetry(String run) {
    return "runs/run=" + run + "/telemetry";
  }

  /** Where a cluster's executors find Spark: a folder of jars, and the mark of a release. */
  private static Path makeSparkHome(Path home) throws IOException {
    Path jars = Files.createDirectories(home.resolve("jars"));
    Files.createFile(home.resolve("RELEASE"));
    List<String> classPath = glueClassPath();
    for (int i = 0; i < classPath.size(); i++) {
      Files.createSymbolicLink(jars.resolve(i + ".jar"), Path.of(classPath.get(i)));
    }
    return home;
  }

  /** How S3A reaches a server, as settings of Spark. */
  static List<String> s3aSettings(String url) {
    return List.of(
        "spark.hadoop.fs.s3.impl=org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.hadoop.fs.s3a.endpoint=" + url,
        "spark.hadoop.fs.s3a.endpoint.region=eu-west-1",
        "spark.hadoop.fs.s3a.path.style.access=true",
        "spark.hadoop.fs.s3a.aws.credentials.provider="
            + "org.apache.hadoop.fs.s3a.AnonymousAWSCredentialsProvider",
        // One request a deletion, so that the server's log names what was deleted.
        "spark.hadoop.fs.s3a.multiobjectdelete.enable=false");
  }

  private static List<String> sparkClassPath() {
    return Arrays.asList(line("classpath/spark.txt").split(File.pathSeparator));
  }

  /** What Glue 6.0 has of its own: Spark, the AWS SDK and S3A. */
  private static List<String> glueClassPath() {
    List<String> classPath = new ArrayList<>(sparkClassPath());
    classPath.addAll(List.of(line("classpath/aws-sdk.txt").split(File.pathSeparator)));
    classPath.add(S3A.toString());
    return classPath;
  }

  private static List<String> classes(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return zip.stream()
          .map(ZipEntry::getName)
          .filter(name -> name.endsWith(".class") && !name.endsWith("module-info.class"))
          .toList();
    }
  }

  private static String line(String file) {
    try {
      return Files.readString(TARGET.resolve(file)).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
