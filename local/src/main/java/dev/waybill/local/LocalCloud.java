package dev.waybill.local;

import dev.waybill.gluetracing.JobArguments;
import dev.waybill.lambdatrigger.PipelineInput;
import dev.waybill.local.collector.Backend;
import dev.waybill.local.collector.OtlpReceiver;
import dev.waybill.local.glue.GlueServer;
import dev.waybill.local.glue.JobDefinition;
import dev.waybill.local.glue.JobJvm;
import dev.waybill.local.glue.Machine;
import dev.waybill.local.glue.PythonSpark;
import dev.waybill.local.lambda.LambdaFunction;
import dev.waybill.local.run.DeployedStack;
import dev.waybill.local.s3.BucketServer;
import dev.waybill.local.s3.BucketServer.Created;
import dev.waybill.local.stepfunctions.StateMachine;
import dev.waybill.local.stepfunctions.StepFunctionsServer;
import dev.waybill.local.xray.DaemonClient;
import dev.waybill.local.xray.Segments;
import dev.waybill.local.xray.XRayServer;
import dev.waybill.workflow.Job;
import dev.waybill.workflow.Jobs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The deployed stack with no cloud: every AWS service that the pipeline touches, each a small
 * stand-in on the loopback interface, wired as deployment wires the real ones. The Lambda function,
 * the state machine definition and the jobs are the deployed ones.
 */
public final class LocalCloud implements AutoCloseable {

  /** The bucket that the folder stands for. */
  public static final String BUCKET = "waybill-local";

  /** In {@code runs/}: each launcher that uses the folder adds to it. */
  public static final String LAMBDA_LOG = "lambda.log";

  private static final String STACK = "Waybill";
  private static final String STATE_MACHINE = "waybill-pipeline";

  private final Path bucketFolder;
  private final Path runsFolder;
  private final List<String> outputs;
  private final ChildJvms jvms;
  private final DaemonClient daemon;
  private final Segments segments;
  private final Set<String> put = ConcurrentHashMap.newKeySet();
  private final Map<String, String> deadLetters = new ConcurrentHashMap<>();
  private final OtlpReceiver collector;
  private final XRayServer xray;
  private final GlueServer glue;
  private final StateMachine machine;
  private final StepFunctionsServer stepFunctions;
  private final LambdaFunction lambda;
  private final BucketServer s3;
  private volatile boolean stopping;
  private final Keys s3Keys;

  /**
   * Starts it all.
   *
   * @param out gets {@code bucket/} and {@code runs/}
   * @param s3Address where the bucket's S3 API listens
   * @param backend a real collector, to pass telemetry on to
   * @param clock says when objects come into the bucket
   * @param warnings takes what a person should know
   */
  public LocalCloud(
      Installation installation,
      Path out,
      InetSocketAddress s3Address,
      Backend backend,
      Clock clock,
      Consumer<String> warnings) {
    this(
        installation,
        out,
        s3Address,
        Keys.random(),
        backend,
        clock,
        warnings,
        CleaningSettings.DEFAULT,
        Map.of());
  }

  /**
   * Starts it all, with what the user may choose.
   *
   * @param s3Keys those that the bucket's S3 API expects
   * @param cleaning of the cleaning job
   * @param jobEnvironment other or more variables of the jobs
   */
  public LocalCloud(
      Installation installation,
      Path out,
      InetSocketAddress s3Address,
      Keys s3Keys,
      Backend backend,
      Clock clock,
      Consumer<String> warnings,
      CleaningSettings cleaning,
      Map<String, String> jobEnvironment) {
    Path folder = out.toAbsolutePath().normalize();
    this.bucketFolder = Folders.create(folder.resolve("bucket"));
    this.runsFolder = Folders.create(folder.resolve("runs"));
    Folders.create(bucketFolder.resolve("input"));
    Jobs pipeline = installation.project().jobs();
    PythonSpark python = PythonSpark.of(installation, pipeline);
    this.outputs = pipeline.outputs();
    this.machine =
        StateMachine.load(
            STATE_MACHINE, installation.project().workflow(), pipeline.names(Job::name));
    this.jvms = new ChildJvms(folder, runsFolder);
    this.daemon = new DaemonClient(backend.xrayDaemon(), warnings);
    this.segments = new Segments(daemon::send);
    this.collector = OtlpReceiver.start(backend.otlpEndpoint(), warnings);
    this.xray = XRayServer.start(segments);
    List<JobDefinition> jobs = JobDefinition.all(installation, cleaning::argumentsOf);
    Map<String, String> environment = new HashMap<>(jobEnvironment);
    environment.putIfAbsent("AWS_ENDPOINT_URL_XRAY", xray.url());
    environment.putIfAbsent(JobJvm.COLLECTOR_VARIABLE, collector.url());
    this.glue =
        GlueServer.start(
            jobs,
            new JobJvm(
                installation,
                bucketFolder,
                runsFolder,
                environment,
                python == null ? jobs.size() : 1,
                python,
                Machine.current(),
                jvms));
    this.stepFunctions =
        StepFunctionsServer.start(
            machine,
            Map.of(DeployedStack.BUCKET_TAG, BUCKET, DeployedStack.STACK_TAG, STACK),
            glue.url(),
            this::clients,
            segments);
    this.lambda =
        LambdaFunction.start(
            installation,
            jvms,
            Map.of(
                "STATE_MACHINE_ARN", machine.arn(),
                "AWS_ENDPOINT_URL_SFN", stepFunctions.url(),
                "AWS_XRAY_DAEMON_ADDRESS", xray.daemonAddress()),
            lambdaLog(),
            segments,
            collector,
            (object, error) -> {
              String what =
                  "%s: the Lambda function failed three times: %s; its log is %s"
                      .formatted(object.key(), error, lambdaLog());
              deadLetters.put(object.key(), what);
              warnings.accept(what);
            });
    this.s3Keys = s3Keys;
    try {
      this.s3 = BucketServer.start(s3Address, s3Keys, BUCKET, bucketFolder, clock, this::put);
    } catch (RuntimeException e) {
      closeAllButS3();
      throw e;
    }
  }

  /** What lets a process that looks for AWS find it: variables of the SDKs and AWS's own tools. */
  Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL_S3", s3.url(),
        "AWS_ENDPOINT_URL_SFN", stepFunctions.url(),
        "AWS_ENDPOINT_URL_XRAY", xray.url(),
        "AWS_REGION", AwsClients.REGION,
        "AWS_ACCESS_KEY_ID", s3Keys.id(),
        "AWS_SECRET_ACCESS_KEY", s3Keys.secret());
  }

  /** SDK clients that reach it. */
  public AwsClients clients() {
    return AwsClients.of(
        Map.of("s3", s3.url(), "sfn", stepFunctions.url(), "xray", xray.url()), s3Keys);
  }

  public String stateMachineArn() {
    return machine.arn();
  }

  public Path bucketFolder() {
    return bucketFolder;
  }

  public Path runsFolder() {
    return runsFolder;
  }

  /** The folders of the bucket that hold data sets. */
  public List<String> outputs() {
    return outputs;
  }

  public String s3Url() {
    return s3.url();
  }

  /** Whether an object came by S3's API since this was last asked for its key. */
  public boolean wasPut(String key) {
    return put.remove(key);
  }

  /**
   * Takes a copy of a file into the bucket, without a way through its S3 API.
   *
   * @param traceHeader of the upload
   * @return its size in bytes
   * @throws IllegalStateException where it can't be read to its length, or not be written
   */
  public long upload(Path file, String key, String traceHeader) {
    try {
      return s3.put(file, key, traceHeader);
    } catch (IOException e) {
      // Without its cause: this says all, and what the JDK said would be repeated after it.
      throw new IllegalStateException(e.getMessage());
    }
  }

  /** Tells of an object that came into the folder by itself. */
  public void created(Created object) {
    lambda.invoke(object);
  }

  /** Why no execution was started for a key after all tries, or null. */
  public String deadLetter(String key) {
    return deadLetters.get(key);
  }

  public Segments segments() {
    return segments;
  }

  public OtlpReceiver collector() {
    return collector;
  }

  /** Lets go of a run that is written down: a launcher that watches for weeks does not grow. */
  public void forget(String runId, String traceId) {
    collector.forget(runId);
    segments.forget(traceId);
    stepFunctions.forget(runId);
    glue.forget("--" + JobArguments.RUN_ID, runId);
  }

  /** Where the Lambda function's log is. */
  public Path lambdaLog() {
    return runsFolder.resolve(LAMBDA_LOG);
  }

  /** Whether it was told to stop: runs that end from now on may have been interrupted. */
  public boolean stopping() {
    return stopping;
  }

  /**
   * Begins to stop: starts no more executions, and aborts those under way with their jobs. Their
   * ends can still be followed, and what the jobs send last still arrives, until {@link #close()}.
   */
  public void stop() {
    stopping = true;
    stepFunctions.abort();
  }

  /** Stops everything that was started, the jobs' JVMs among it. */
  @Override
  public void close() {
    s3.close();
    closeAllButS3();
  }

  private void closeAllButS3() {
    stepFunctions.close();
    glue.close();
    lambda.close();
    xray.close();
    collector.close();
    daemon.close();
    jvms.close();
  }

  /** The bucket notifies the function of what is put below the input's folder. */
  private void put(Created object) {
    if (object.key().startsWith(PipelineInput.FOLDER)) {
      put.add(object.key());
      lambda.invoke(object);
    }
  }
}
