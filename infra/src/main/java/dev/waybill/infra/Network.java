package dev.waybill.infra;

import java.util.List;
import java.util.Map;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ec2.FlowLogDestination;
import software.amazon.awscdk.services.ec2.FlowLogOptions;
import software.amazon.awscdk.services.ec2.GatewayVpcEndpoint;
import software.amazon.awscdk.services.ec2.GatewayVpcEndpointAwsService;
import software.amazon.awscdk.services.ec2.GatewayVpcEndpointOptions;
import software.amazon.awscdk.services.ec2.ISecurityGroup;
import software.amazon.awscdk.services.ec2.ISubnet;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ec2.InterfaceVpcEndpointAwsService;
import software.amazon.awscdk.services.ec2.InterfaceVpcEndpointOptions;
import software.amazon.awscdk.services.ec2.Peer;
import software.amazon.awscdk.services.ec2.Port;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetConfiguration;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.ec2.VpcLookupOptions;
import software.amazon.awscdk.services.iam.AnyPrincipal;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.constructs.Construct;

/**
 * Where jobs and collector run, and who of them may talk to whom: jobs to each other and to the
 * collector, both to AWS over HTTPS, nobody from outside to either.
 */
final class Network extends Construct {

  static final int OTLP_GRPC = 4317;
  static final int OTLP_HTTP = 4318;
  private static final String S3 = "S3";
  private static final int ZONES = 2;
  private static final int SUBNET_MASK = 20;
  private static final int PUBLIC_SUBNET_MASK = 26;

  private final IVpc vpc;
  private final SecurityGroup jobs;
  private final SecurityGroup collector;

  Network(Construct scope, Settings settings, Logs logs) {
    super(scope, "Network");
    this.vpc = settings.vpcId() == null ? ownVpc(settings, logs) : existingVpc(settings.vpcId());
    this.jobs = securityGroup("Jobs", "Glue jobs");
    this.collector = securityGroup("Collector", "collector tasks");
    if (settings.s3PrefixList() == null) {
      jobs.addEgressRule(Peer.anyIpv4(), Port.HTTPS, "AWS");
    } else {
      jobs.addEgressRule(Peer.prefixList(settings.s3PrefixList()), Port.HTTPS, "S3");
    }
    collector.addEgressRule(Peer.anyIpv4(), Port.HTTPS, "AWS");
    // Glue demands that a job's workers can reach each other on any TCP port.
    jobs.addIngressRule(jobs, Port.allTcp(), "Spark driver and executors");
    jobs.addEgressRule(jobs, Port.allTcp(), "Spark driver and executors");
    for (int port : List.of(OTLP_GRPC, OTLP_HTTP)) {
      collector.addIngressRule(jobs, Port.tcp(port), "OTLP of the jobs");
      jobs.addEgressRule(collector, Port.tcp(port), "OTLP to the collector");
    }
    settings.endpoints().forEach(this::addEndpoint);
  }

  IVpc vpc() {
    return vpc;
  }

  ISecurityGroup jobs() {
    return jobs;
  }

  ISecurityGroup collector() {
    return collector;
  }

  /** The private subnets, one in each zone. */
  List<ISubnet> subnets() {
    return vpc.selectSubnets(privateSubnets()).getSubnets();
  }

  SubnetSelection privateSubnets() {
    return SubnetSelection.builder()
        .subnetType(SubnetType.PRIVATE_WITH_EGRESS)
        .onePerAz(true)
        .build();
  }

  /**
   * Has the VPC's way to S3 lead to these resources only. A role of another account can't be used
   * to take data out by it then.
   *
   * @param resources ARNs of buckets, and patterns of objects
   */
  void limitS3(List<String> resources) {
    ((GatewayVpcEndpoint) vpc.getNode().findChild(S3))
        .addToPolicy(
            PolicyStatement.Builder.create()
                .principals(List.of(new AnyPrincipal()))
                .actions(List.of("s3:*"))
                .resources(resources)
                .conditions(Map.of("StringEquals", Map.of("aws:PrincipalAccount", Aws.ACCOUNT_ID)))
                .build());
  }

  private IVpc ownVpc(Settings settings, Logs logs) {
    return Vpc.Builder.create(this, "Vpc")
        .maxAzs(ZONES)
        .natGateways(settings.natGateways())
        // It would take a Lambda function of the CDK's; nothing here uses the default group.
        .restrictDefaultSecurityGroup(false)
        .subnetConfiguration(
            List.of(
                SubnetConfiguration.builder()
                    .name("Private")
                    .subnetType(SubnetType.PRIVATE_WITH_EGRESS)
                    .cidrMask(SUBNET_MASK)
                    .build(),
                SubnetConfiguration.builder()
                    .name("Public")
                    .subnetType(SubnetType.PUBLIC)
                    .cidrMask(PUBLIC_SUBNET_MASK)
                    .mapPublicIpOnLaunch(false)
                    .build()))
        .gatewayEndpoints(
            Map.of(
                S3,
                GatewayVpcEndpointOptions.builder()
                    .service(GatewayVpcEndpointAwsService.S3)
                    .build()))
        .flowLogs(
            Map.of(
                "FlowLog",
                FlowLogOptions.builder()
                    .destination(
                        FlowLogDestination.toCloudWatchLogs(
                            logs.group(
                                this,
                                "FlowLogGroup",
                                "/%s/flow-logs".formatted(settings.prefix()))))
                    .build()))
        .build();
  }

  private IVpc existingVpc(String id) {
    if (Stack.of(this).getRegion().startsWith("${")) {
      throw new IllegalArgumentException(
          "context switch vpcId is '%s', and which account and region it is in is not known: name"
                  .formatted(id)
              + " them by AWS_PROFILE, or by AWS_REGION with credentials");
    }
    return Vpc.fromLookup(this, "Vpc", VpcLookupOptions.builder().vpcId(id).build());
  }

  private SecurityGroup securityGroup(String id, String who) {
    return SecurityGroup.Builder.create(this, id)
        .vpc(vpc)
        .description(Stack.of(this).getStackName() + ": " + who)
        .allowAllOutbound(false)
        .build();
  }

  private void addEndpoint(Settings.Endpoint endpoint) {
    var reached =
        vpc.addInterfaceEndpoint(
            endpoint.name(),
            InterfaceVpcEndpointOptions.builder()
                .service(service(endpoint))
                .subnets(privateSubnets())
                .open(false)
                .build());
    reached.getConnections().allowDefaultPortFrom(jobs, "jobs");
    reached.getConnections().allowDefaultPortFrom(collector, "collector");
  }

  private static InterfaceVpcEndpointAwsService service(Settings.Endpoint endpoint) {
    return switch (endpoint) {
      case XRAY -> InterfaceVpcEndpointAwsService.XRAY;
      case LOGS -> InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS;
      case MONITORING -> InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING;
      case GLUE -> InterfaceVpcEndpointAwsService.GLUE;
    };
  }
}
