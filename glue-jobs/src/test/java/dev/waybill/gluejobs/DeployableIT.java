package dev.waybill.gluejobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** The deployable as Glue starts it, its data in a server that speaks S3. */
class DeployableIT {

  private static final Path ROOT = Path.of(System.getProperty("waybill.root"));
  private static final String KEY = "input/listings.csv";
  private static final String WHOLE = "whole";

  /** Spark's scheduler, when the stage is done that reads the file. */
  private static final Pattern READ = Pattern.compile("ShuffleMapStage 0 \\(.*\\) finished");

  /** What OpenTelemetry and the AWS SDK use where it is there; nothing here makes them. */
  private static final List<String> OPTIONAL =
      List.of(
          "com.google.auto.value.",
          "io.grpc.",
          // Of OTLP by io.grpc, which is not there.
          "com.google.common.io.ByteStreams",
          "dev.waybill.shaded.opentelemetry.api.incubator.",
          "dev.waybill.shaded.opentelemetry.sdk.autoconfigure.spi.",
          "dev.waybill.shaded.amazon.awssdk.crt");

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path folder;

  private static S3Server s3;
  private static SparkSession spark;
  private static GlueJvm glue;

  @BeforeAll
  static void start() throws Exception {
    s3 = S3Server.start(GlueJvm.TARGET.resolve("s3"), folder);
    glue = new GlueJvm(s3, folder);
    s3.client()
        .putObject(
            request -> request.bucket(S3Server.BUCKET).key(KEY),
            RequestBody.fromFile(ROOT.resolve("sample-data/listings.csv")));
    SparkSession.Builder builder = SparkSession.builder().master(GlueJvm.LOCAL);
    for (String setting : GlueJvm.settings(s3.url())) {
      builder.config(setting.split("=", 2)[0], setting.split("=", 2)[1]);
    }
    spark = builder.getOrCreate();
    submit(CleanListings.class, WHOLE);
    submit(ProcessListings.class, WHOLE);
  }

  @AfterAll
  static void stop() throws IOException {
    // infra checks that the role which it gives the jobs may do all of this.
    Files.write(GlueJvm.TARGET.resolve("s3-requests.txt"), new TreeSet<>(s3.requests()));
    spark.stop();
    s3.close();
  }

  @Test
  void bringsNoClassThatSparkBringsAndNoneTwice() throws IOException {
    List<String> own = classes(GlueJvm.JAR);
    assertThat(own).hasSizeGreaterThan(1_000).doesNotHaveDuplicates();
    Set<String> doubled = new HashSet<>();
    for (String jar : GlueJvm.sparkClassPath()) {
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
                String.join(File.pathSeparator, GlueJvm.sparkClassPath())
                    + File.pathSeparator
                    + GlueJvm.S3A,
                GlueJvm.JAR.toString());
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
      assertThat(s3.keys(GlueJvm.telemetry(WHOLE) + "/" + job))
          .extracting(key -> key.substring(key.lastIndexOf('/') + 1))
          .containsExactlyInAnyOrder("logs.jsonl", "metrics.jsonl", "traces.jsonl");
    }
  }

  @Test
  void anExecutorLostWithWhatItReadIsReplacedAndNoRowIsLostOrCountedTwice() throws Exception {
    Process job = glue.start(CleanListings.class, "lost", KEY, GlueJvm.CLUSTER);
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
        s3.keys(GlueJvm.telemetry("lost")).stream()
            .filter(key -> key.endsWith("traces.jsonl"))
            .findFirst()
            .orElseThrow();
    assertThat(new String(object(traces), StandardCharsets.UTF_8))
        .contains("executor 0: Command exited with code 137");
  }

  @Test
  void anAttemptKilledWhileItWritesLeavesNothingThatReadersTakeAndTheNextPutsItRight()
      throws Exception {
    Process first = glue.start(CleanListings.class, "killed", KEY, GlueJvm.LOCAL);
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
    return READ.matcher(Files.readString(glue.log(CleanListings.class, run))).find();
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
    Process process = glue.start(job, run, KEY, GlueJvm.LOCAL);
    assertThat(process.waitFor()).as("%s, run %s: see %s", job, run, folder).isZero();
  }

  private static List<String> classes(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return zip.stream()
          .map(ZipEntry::getName)
          .filter(name -> name.endsWith(".class") && !name.endsWith("module-info.class"))
          .toList();
    }
  }
}
