package dev.waybill.gluejobs;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Starts the deployable as Glue 6.0 does: by spark-submit, with Spark's own jars, S3A and the AWS
 * SDK beside it.
 */
final class GlueJvm {

  /** The driver is the executor too. */
  static final String LOCAL = "local[2]";

  /** One executor of two cores in a JVM of its own, as two of Glue's G.1X workers make. */
  static final String CLUSTER = "local-cluster[1,2,1024]";

  static final Path TARGET = Path.of(System.getProperty("waybill.root"), "glue-jobs/target");
  static final Path JAR = TARGET.resolve("glue-jobs-deployable.jar");
  static final Path S3A = TARGET.resolve("s3/hadoop-aws.jar");

  private static final String C1 = "-XX:TieredStopAtLevel=1";

  /** Nothing listens there. */
  private static final String NO_COLLECTOR = "http://127.0.0.1:9";

  private final S3Server s3;
  private final Path folder;
  private final Path sparkHome;

  /**
   * Jobs on the objects of a server.
   *
   * @param folder takes their logs
   */
  GlueJvm(S3Server s3, Path folder) throws IOException {
    this.s3 = s3;
    this.folder = folder;
    this.sparkHome = makeSparkHome(folder.resolve("spark"));
  }

  /** Starts a job on an object. */
  Process start(Class<?> job, String run, String key, String master) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(System.getProperty("waybill.spark.options").strip().split("\\s+")));
    command.addAll(List.of(C1, "-Xmx1g", "-cp", String.join(File.pathSeparator, classPath())));
    command.addAll(List.of("org.apache.spark.deploy.SparkSubmit", "--master", master));
    settings(s3.url()).forEach(setting -> command.addAll(List.of("--conf", setting)));
    command.addAll(List.of("--class", job.getName(), JAR.toString()));
    command.addAll(arguments(job, run, key));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("AWS_REGION", "eu-west-1");
    builder.environment().put("AWS_EC2_METADATA_DISABLED", "true");
    builder.environment().put("SPARK_HOME", sparkHome.toString());
    builder.environment().put("SPARK_SCALA_VERSION", scalaVersion());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return builder.redirectOutput(log(job, run).toFile()).start();
  }

  /** What a job of a run has said so far. */
  Path log(Class<?> job, String run) {
    return folder.resolve(run + "-" + job.getSimpleName() + ".log");
  }

  /** The key prefix of what a run's jobs could not send. */
  static String telemetry(String run) {
    return "runs/run=" + run + "/telemetry";
  }

  /** Spark's settings for S3A to reach a server. */
  static List<String> settings(String url) {
    return List.of(
        "spark.ui.enabled=false",
        "spark.log.level=INFO",
        "spark.executor.extraJavaOptions=" + C1,
        "spark.hadoop.fs.s3.impl=org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.hadoop.fs.s3a.endpoint=" + url,
        "spark.hadoop.fs.s3a.endpoint.region=eu-west-1",
        "spark.hadoop.fs.s3a.path.style.access=true",
        "spark.hadoop.fs.s3a.aws.credentials.provider="
            + "org.apache.hadoop.fs.s3a.AnonymousAWSCredentialsProvider",
        // One request a deletion, so that the server's log names what was deleted.
        "spark.hadoop.fs.s3a.multiobjectdelete.enable=false");
  }

  static List<String> sparkClassPath() {
    return classPath("spark");
  }

  private List<String> arguments(Class<?> job, String run, String key) {
    HeadObjectResponse object =
        s3.client().headObject(request -> request.bucket(S3Server.BUCKET).key(key));
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--run_id", run, "--bucket", S3Server.BUCKET, "--key", key));
    arguments.addAll(List.of("--etag", object.eTag().replace("\"", "")));
    arguments.addAll(List.of("--size", String.valueOf(object.contentLength())));
    arguments.addAll(List.of("--run_date", TestBucket.RUN_DATE, "--JOB_NAME", job.getSimpleName()));
    arguments.addAll(List.of("--otlp_endpoint", NO_COLLECTOR));
    arguments.addAll(
        List.of("--telemetry_folder", "s3://%s/%s".formatted(S3Server.BUCKET, telemetry(run))));
    return arguments;
  }

  /** Where a cluster's executors find Spark: a folder of jars, and the mark of a release. */
  private static Path makeSparkHome(Path home) throws IOException {
    Path jars = Files.createDirectories(home.resolve("jars"));
    Files.createFile(home.resolve("RELEASE"));
    List<String> classPath = classPath();
    for (int i = 0; i < classPath.size(); i++) {
      Files.createSymbolicLink(jars.resolve(i + ".jar"), Path.of(classPath.get(i)));
    }
    return home;
  }

  private static String scalaVersion() {
    return scala.util.Properties.versionNumberString().replaceFirst("\\.\\d+$", "");
  }

  /** What Glue has of its own. */
  private static List<String> classPath() {
    List<String> classPath = new ArrayList<>(sparkClassPath());
    classPath.addAll(classPath("aws-sdk"));
    classPath.add(S3A.toString());
    return classPath;
  }

  private static List<String> classPath(String name) {
    try {
      String jars = Files.readString(TARGET.resolve("classpath/" + name + ".txt"));
      return Arrays.asList(jars.strip().split(File.pathSeparator));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
