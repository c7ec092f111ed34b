package dev.waybill.infra;

import dev.waybill.workflow.Job;
import dev.waybill.workflow.Jobs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.ec2.ISubnet;
import software.amazon.awscdk.services.glue.CloudWatchEncryption;
import software.amazon.awscdk.services.glue.Code;
import software.amazon.awscdk.services.glue.Connection;
import software.amazon.awscdk.services.glue.ConnectionNetwork;
import software.amazon.awscdk.services.glue.ConnectionType;
import software.amazon.awscdk.services.glue.ContinuousLoggingProps;
import software.amazon.awscdk.services.glue.GlueVersion;
import software.amazon.awscdk.services.glue.IConnection;
import software.amazon.awscdk.services.glue.JobBookmarksEncryption;
import software.amazon.awscdk.services.glue.ScalaSparkEtlJob;
import software.amazon.awscdk.services.glue.SecurityConfiguration;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.s3.assets.Asset;
import software.constructs.Construct;

/** The Spark jobs, each with a role of its own, and the network and encryption they share. */
final class GlueJobs extends Construct {

  /** The job that reads the file's values: {@link Settings} have arguments of its own. */
  private static final String READS_VALUES = "clean-listings";

  /** A script has none, and the CDK asks for one. */
  private static final String NO_CLASS = "none";

  private final Map<Job, ScalaSparkEtlJob> jobs = new LinkedHashMap<>();
  private final List<LogGroup> logGroups = new ArrayList<>();
  private final String prefix;
  private final String logFolder;

  GlueJobs(
      Construct scope,
      Settings settings,
      Logs logs,
      Artifacts artifacts,
      Telemetry telemetry,
      DataBucket bucket,
      Jobs specs) {
    super(scope, "Jobs");
    this.prefix = settings.prefix();
    this.logFolder = "/aws-glue/" + prefix;
    List<Asset> jars = jars(artifacts);
    Asset script =
        Asset.Builder.create(this, "Script").path(artifacts.placeholderScript().toString()).build();
    PythonScripts python = new PythonScripts(this, artifacts.project(), specs);
    Optional<Network> network = telemetry.network();
    List<IConnection> connections = network.map(this::connections).orElse(List.of());
    SecurityConfiguration security = security(settings, logs, bucket);
    List<Asset> files =
        Stream.of(jars, List.of(script), python.assets()).flatMap(List::stream).toList();
    Map<Job, Role> roles = new LinkedHashMap<>();
    for (Job spec : specs.jobs()) {
      String id = spec.state() + "Role";
      Role role = JobsRole.create(this, id, logs, logFolder, network, connections, files);
      telemetry.allow(role);
      roles.put(spec, role);
    }
    bucket.grantJobs(roles);
    if (settings.s3PrefixList() != null) {
      network.ifPresent(limited -> limitS3(limited, bucket, files));
    }
    Map<Job, List<String>> output = ownLogGroups(logs, security, roles);
    for (Job spec : specs.jobs()) {
      Map<String, String> arguments = new LinkedHashMap<>(spec.arguments());
      if (spec.name().equals(READS_VALUES)) {
        arguments.putAll(settings.cleaningArguments());
      }
      arguments.putAll(telemetry.arguments());
      arguments.put("--custom-logGroup-prefix", logFolder);
      arguments.put("--log_group_names", String.join(",", telemetry.logGroups(output.get(spec))));
      arguments.put("--enable-auto-scaling", "true");
      ScalaSparkEtlJob job =
          settings
              .capacity()
              .on(ScalaSparkEtlJob.Builder.create(this, spec.state()))
              .jobName(name(spec))
              .description("State " + spec.state() + " of the workflow")
              .className(spec.script() == null ? spec.mainClass() : NO_CLASS)
              .script(code(script))
              .extraJars(jars.stream().map(GlueJobs::code).toList())
              .glueVersion(GlueVersion.V6_0)
              .enableMetrics(true)
              .enableObservabilityMetrics(true)
              // Of Glue 4 and older; today's logs are continuous without it.
              .continuousLogging(ContinuousLoggingProps.builder().enabled(false).build())
              .defaultArguments(arguments)
              .connections(connections.isEmpty() ? null : connections)
              .securityConfiguration(security)
              .role(roles.get(spec).withoutPolicyUpdates())
              .build();
      python.attach(spec, job);
      settings.capacity().execute(job);
      logGroups.forEach(job.getNode()::addDependency);
      jobs.put(spec, job);
    }
  }

  Set<Job> specs() {
    return jobs.keySet();
  }

  /** By which Glue knows a job. */
  String name(Job spec) {
    return prefix + "-" + spec.name();
  }

  /** All that Glue is known to write the jobs' logs to. */
  List<LogGroup> logGroups() {
    return List.copyOf(logGroups);
  }

  List<String> arns() {
    return jobs.values().stream().map(ScalaSparkEtlJob::getJobArn).toList();
  }

  private List<Asset> jars(Artifacts artifacts) {
    List<Asset> jars = new ArrayList<>();
    for (Path jar : artifacts.jobJars()) {
      String id = jars.isEmpty() ? "Jar" : "Jar" + (jars.size() + 1);
      jars.add(Asset.Builder.create(this, id).path(jar.toString()).build());
    }
    return jars;
  }

  private static void limitS3(Network network, DataBucket bucket, List<Asset> files) {
    List<String> reached = new ArrayList<>(bucket.arns());
    for (Asset file : files) {
      reached.add(file.getBucket().arnForObjects(file.getS3ObjectKey()));
    }
    network.limitS3(reached);
  }

  private static Code code(Asset asset) {
    return Code.fromBucket(asset.getBucket(), asset.getS3ObjectKey());
  }

  private List<IConnection> connections(Network network) {
    List<IConnection> connections = new ArrayList<>();
    for (ISubnet subnet : network.subnets()) {
      connections.add(
          Connection.Builder.create(this, "Connection" + (connections.size() + 1))
              .type(ConnectionType.NETWORK)
              .description("The collector's network, in zone " + (connections.size() + 1))
              .network(ConnectionNetwork.subnet(subnet))
              .securityGroups(List.of(network.jobs()))
              .build());
    }
    return connections;
  }

  private SecurityConfiguration security(Settings settings, Logs logs, DataBucket bucket) {
    return SecurityConfiguration.Builder.create(this, "Security")
        .securityConfigurationName(settings.prefix())
        .cloudWatchEncryption(CloudWatchEncryption.kms(logs.key()))
        .jobBookmarksEncryption(JobBookmarksEncryption.clientSideKms(logs.key()))
        .s3Encryption(bucket.encryption())
        .removalPolicy(RemovalPolicy.DESTROY)
        .build();
  }

  /**
   * With a security configuration Glue puts its name and the role's between prefix and group, and
   * without one it does not. Both forms are the stack's, so that no group is left when it goes.
   *
   * @return the names of those that may get what a job prints
   * @see <a
   *     href="https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html">Logging
   *     for Glue jobs</a>
   */
  private Map<Job, List<String>> ownLogGroups(
      Logs logs, SecurityConfiguration security, Map<Job, Role> roles) {
    String plain = logFolder + "/output";
    Map<Job, List<String>> output = new LinkedHashMap<>();
    roles.forEach(
        (spec, role) -> {
          String encrypted =
              "%s/%s-role/%s"
                  .formatted(
                      logFolder, security.getSecurityConfigurationName(), role.getRoleName());
          logGroups.add(logs.group(this, spec.state() + "Output", encrypted + "/output"));
          logGroups.add(logs.group(this, spec.state() + "Error", encrypted + "/error"));
          output.put(spec, List.of(encrypted + "/output", plain));
        });
    logGroups.add(logs.group(this, "Output", plain));
    logGroups.add(logs.group(this, "Error", logFolder + "/error"));
    return output;
  }
}
