package dev.waybill.local.glue;

import dev.waybill.local.ChildEnvironment;
import dev.waybill.local.ChildJvms;
import dev.waybill.local.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Starts a job's JVM as Glue would: the deployable jar beside Spark, arguments on the command line,
 * the region in the environment. What is local about it is a setting of Spark or the AWS SDK, never
 * something that the job asks.
 *
 * @param bucket the folder that stands for the bucket
 * @param runs holds a folder for each run, which gets the jobs' logs
 * @param environment variables of every job's JVM, besides the launcher's
 * @param jvms starts them
 */
public record JobJvm(
    Installation installation,
    Path bucket,
    Path runs,
    Map<String, String> environment,
    ChildJvms jvms)
    implements GlueServer.Launcher {

  /**
   * Up to here a file is small: what compilers and collectors save later costs more at their start.
   */
  private static final long SMALL = 32L << 20;

  /** By its name: the class itself can be loaded only where Hadoop is, in the job's JVM. */
  private static final String FILE_SYSTEM = "dev.waybill.local.glue.BucketFileSystem";

  private static final String LOOPBACK = "127.0.0.1";

  /**
   * Spark listens on the loopback interface only. Its temporary files go into the working folder:
   * another one's name may have a comma in it, and Spark takes a list.
   */
  private static final List<String> SURROUNDINGS =
      List.of(
          "-Dspark.driver.host=" + LOOPBACK,
          "-Dspark.driver.bindAddress=" + LOOPBACK,
          "-Dspark.local.dir=.");

  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final long LARGE_HEAP_MEBIBYTES = 4_096;

  /** The variable of a job's JVM that has the URL of its collector. */
  public static final String COLLECTOR_VARIABLE = "WAYBILL_COLLECTOR";

  /**
   * In an argument's place, the URL of the collector: everyone on the machine can read a command
   * line, nobody else a process's environment.
   */
  public static final String COLLECTOR = "variable:" + COLLECTOR_VARIABLE;

  /**
   * A job's process.
   *
   * @param errorFile where {@link JobMain} leaves the error message
   */
  record Started(Process process, Path errorFile, Path log) {

    /** Why it failed, also when nothing could be left because it was killed. */
    String error() {
      try {
        if (Files.exists(errorFile)) {
          String error = Files.readString(errorFile);
          Files.delete(errorFile);
          return error;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return "the job's JVM ended with status %d before it could say why; its log is %s"
          .formatted(process.exitValue(), log);
    }
  }

  @Override
  public Started start(JobRun run) throws IOException {
    String runId = run.arguments().getOrDefault("--run_id", run.id());
    String attempt = run.arguments().getOrDefault("--attempt", "0");
    Path folder = Files.createDirectories(runs.resolve(runId));
    Path log = folder.resolve(run.job().name() + "-attempt-" + attempt + ".log");
    Path error = folder.resolve(run.id() + ".error");
    ProcessBuilder builder =
        new ProcessBuilder(command(run, error))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    ChildEnvironment.apply(builder.environment(), environment);
    // Spark looks for the machine's name before its settings are read, and it may have no address.
    builder
        .environment()
        .putAll(Map.of("SPARK_LOCAL_IP", LOOPBACK, "SPARK_LOCAL_HOSTNAME", LOOPBACK));
    return new Started(jvms.start(builder), error, log);
  }

  private List<String> command(JobRun run, Path error) {
    List<String> command = new ArrayList<>();
    command.add(Installation.java());
    command.addAll(installation.sparkOptions());
    command.addAll(installation.archiveOptions(run.job().name()));
    command.addAll(sizeOptions(run));
    command.addAll(SURROUNDINGS);
    Map<String, String> properties =
        Map.of(
            JobMain.CLASS,
            run.job().mainClass(),
            JobMain.ERROR,
            error.toString(),
            JobMain.LAUNCHER,
            String.valueOf(ProcessHandle.current().pid()),
            "log4j2.configurationFile",
            "job-log4j2.properties",
            "spark.master",
            "local[" + CORES + "]",
            "spark.ui.enabled",
            "false",
            "spark.hadoop.fs.s3.impl",
            FILE_SYSTEM,
            "spark.hadoop." + BucketFileSystem.FOLDER,
            bucket.toString());
    properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.add("-cp");
    command.add(installation.jobClassPath());
    command.add(JobMain.class.getName());
    run.arguments()
        .forEach(
            (name, value) -> {
              command.add(name);
              command.add(value);
            });
    command.addAll(List.of("--JOB_NAME", run.job().name(), "--JOB_RUN_ID", run.id()));
    return command;
  }

  private List<String> sizeOptions(JobRun run) {
    Path input = bucket.resolve(run.arguments().getOrDefault("--key", ""));
    boolean small;
    try {
      small = Files.size(input) <= SMALL;
    } catch (IOException gone) {
      small = true;
    }
    return small
        ? List.of(
            "-Xmx1g",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Dspark.sql.codegen.wholeStage=false")
        : List.of("-Xmx" + LARGE_HEAP_MEBIBYTES + "m");
  }
}
