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
import java.util.Optional;

/**
 * Starts a job's JVM as Glue would: the deployable jar beside Spark, arguments on the command line,
 * the region in the environment. What is local about it is a setting of Spark or the AWS SDK, never
 * something that the job asks. A run's jobs share a JVM where they can: to start Spark and to
 * compile it takes longer than a small file does.
 *
 * @param bucket the folder that stands for the bucket
 * @param runs holds a folder for each run, which gets the jobs' logs
 * @param environment variables of every job's JVM, besides the launcher's
 * @param jobs how many a run has
 * @param python runs scripts; null where no job is one
 * @param machine what the JVMs share
 * @param jvms starts them
 * @param idle those that wait for their run's next job
 */
public record JobJvm(
    Installation installation,
    Path bucket,
    Path runs,
    Map<String, String> environment,
    int jobs,
    PythonSpark python,
    Machine machine,
    ChildJvms jvms,
    IdleJvms idle)
    implements GlueServer.Launcher {

  /** By its name: the class itself can be loaded only where Hadoop is, in the job's JVM. */
  private static final String FILE_SYSTEM = "dev.waybill.local.glue.BucketFileSystem";

  /** Of the JVMs that run jobs; one that runs a run's jobs has the classes of all. */
  private static final String ARCHIVE = "jobs";

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

  /**
   * So that few files are open, however many the cores: nothing comes over Spark's connections, of
   * which each thread has two, and a shuffle else has a file open for each partition.
   */
  private static final List<String> FEW_FILES =
      List.of(
          "-Dspark.rpc.io.serverThreads=1",
          "-Dspark.rpc.io.clientThreads=1",
          "-Dspark.shuffle.io.serverThreads=1",
          "-Dspark.shuffle.io.clientThreads=1",
          "-Dspark.shuffle.sort.bypassMergeThreshold=1");

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
          return PythonSpark.error(error, log);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return "the job's JVM ended with status %d before it could say why; its log is %s"
          .formatted(process.exitValue(), log);
    }
  }

  /** With no JVM that waits yet. */
  public JobJvm(
      Installation installation,
      Path bucket,
      Path runs,
      Map<String, String> environment,
      int jobs,
      PythonSpark python,
      Machine machine,
      ChildJvms jvms) {
    this(installation, bucket, runs, environment, jobs, python, machine, jvms, new IdleJvms());
  }

  @Override
  public Started start(JobRun run) throws IOException, InterruptedException {
    String runId = runId(run);
    Optional<JobsJvm> same = idle.take(runId, run.job().name());
    if (same.isPresent()) {
      try {
        return next(same.get(), run);
      } catch (IOException ended) {
        // It gets a JVM of its own.
      }
    }
    JobSize size = size(run);
    Machine.Share share = machine.take(size.heapMebibytes());
    try {
      return start(run, size, share);
    } catch (IOException | RuntimeException e) {
      share.close();
      throw e;
    }
  }

  private Started start(JobRun run, JobSize size, Machine.Share share) throws IOException {
    Path log = log(run);
    Path error = error(run);
    ProcessBuilder builder = new ProcessBuilder(command(run, error, sizeOptions(size, share)));
    if (jobs == 1) {
      builder.redirectErrorStream(true).redirectOutput(log.toFile());
    } else {
      builder.redirectError(log.toFile());
    }
    ChildEnvironment.apply(builder.environment(), environment);
    // Spark looks for the machine's name before its settings are read, and it may have no address.
    builder
        .environment()
        .putAll(Map.of("SPARK_LOCAL_IP", LOOPBACK, "SPARK_LOCAL_HOSTNAME", LOOPBACK));
    Process process = jvms.start(builder);
    process.onExit().thenRun(share::close);
    return started(new JobsJvm(process, run.job().name()), run, error, log);
  }

  private Started next(JobsJvm jvm, JobRun run) throws IOException {
    Path log = log(run);
    Path error = error(run);
    jvm.give(
        run.job().name(),
        new JobSpec(
            run.job().mainClass(),
            error.toString(),
            log.toString(),
            jvm.jobs() + 1 == jobs,
            arguments(run)));
    return started(jvm, run, error, log);
  }

  private Started started(JobsJvm jvm, JobRun run, Path error, Path log) {
    boolean isLast = jvm.jobs() == jobs;
    return new Started(jvm.process(isLast, () -> idle.keep(runId(run), jvm)), error, log);
  }

  private static String runId(JobRun run) {
    return run.arguments().getOrDefault("--run_id", run.id());
  }

  private Path log(JobRun run) throws IOException {
    String attempt = run.arguments().getOrDefault("--attempt", "0");
    return Files.createDirectories(runs.resolve(runId(run)))
        .resolve(run.job().name() + "-attempt-" + attempt + ".log");
  }

  private Path error(JobRun run) {
    return runs.resolve(runId(run)).resolve(run.id() + ".error");
  }

  private List<String> command(JobRun run, Path error, List<String> sizeOptions) {
    List<String> command = new ArrayList<>();
    command.add(Installation.java());
    command.addAll(installation.sparkOptions());
    command.addAll(installation.archiveOptions(ARCHIVE));
    command.addAll(sizeOptions);
    command.addAll(SURROUNDINGS);
    command.addAll(FEW_FILES);
    if (python != null) {
      command.addAll(python.options());
    }
    Map<String, String> properties =
        Map.of(
            JobMain.CLASS,
            run.job().mainClass(),
            JobMain.ERROR,
            error.toString(),
            JobMain.MORE,
            String.valueOf(jobs > 1),
            JobMain.LAUNCHER,
            String.valueOf(ProcessHandle.current().pid()),
            "log4j2.configurationFile",
            "job-log4j2.properties",
            "spark.ui.enabled",
            "false",
            "spark.hadoop.fs.s3.impl",
            FILE_SYSTEM,
            "spark.hadoop." + BucketFileSystem.FOLDER,
            bucket.toString());
    properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.add("-cp");
    command.add(python == null ? installation.jobClassPath() : python.classPath(installation));
    command.add(JobMain.class.getName());
    command.addAll(arguments(run));
    return command;
  }

  private static List<String> arguments(JobRun run) {
    List<String> arguments = new ArrayList<>(run.job().words());
    run.arguments()
        .forEach(
            (name, value) -> {
              arguments.add(name);
              arguments.add(value);
            });
    arguments.addAll(List.of("--JOB_NAME", run.job().name(), "--JOB_RUN_ID", run.id()));
    return arguments;
  }

  private JobSize size(JobRun run) {
    try {
      return JobSize.of(Files.size(bucket.resolve(run.arguments().getOrDefault("--key", ""))));
    } catch (IOException gone) {
      return JobSize.SMALL;
    }
  }

  private static List<String> sizeOptions(JobSize size, Machine.Share share) {
    List<String> options = new ArrayList<>(size.options());
    options.add("-Xmx" + share.heapMebibytes() + "m");
    options.add("-Dspark.master=local[" + share.cores() + "]");
    return options;
  }
}
