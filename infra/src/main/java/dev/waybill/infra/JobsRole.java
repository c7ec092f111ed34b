package dev.waybill.infra;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.services.glue.IConnection;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.s3.assets.Asset;
import software.constructs.Construct;

/**
 * The role of a Glue job: what Glue's managed policy grants, as far as these jobs need it. What it
 * may do with data stands in the bucket's policy.
 *
 * @see <a href="https://docs.aws.amazon.com/glue/latest/dg/create-service-policy.html">Policy for
 *     the Glue service</a>
 */
final class JobsRole {

  private static final List<String> DESCRIBE_NETWORK =
      List.of(
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeRouteTables",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcAttribute",
          "ec2:DescribeVpcEndpoints");

  private final Role role;

  private JobsRole(Construct scope, String id) {
    this.role =
        Role.Builder.create(scope, id)
            .assumedBy(
                ServicePrincipal.Builder.create("glue.amazonaws.com")
                    .conditions(Map.of("StringEquals", Map.of("aws:SourceAccount", Aws.ACCOUNT_ID)))
                    .build())
            .build();
  }

  /**
   * Makes the role.
   *
   * @param logFolder the prefix, without the slash at its end, of all log groups that Glue may
   *     write
   * @param files what Glue fetches before a job begins
   */
  static Role create(
      Construct scope,
      String id,
      Logs logs,
      String logFolder,
      Optional<Network> network,
      List<IConnection> connections,
      List<Asset> files) {
    JobsRole made = new JobsRole(scope, id);
    made.fetch(files);
    made.writeLogs(logFolder);
    made.encrypt(logs);
    network.ifPresent(used -> made.connect(used, connections));
    made.describeAndMeasure(network.isPresent() ? DESCRIBE_NETWORK : List.of());
    return made.role;
  }

  /**
   * The bootstrap bucket can be encrypted by a key of its own, whose id is not known here. The role
   * may use any key of the account, but only for S3 to decrypt these files: S3 names the object in
   * the encryption context, or the bucket where it has bucket keys.
   */
  private void fetch(List<Asset> files) {
    List<String> objects =
        files.stream().map(file -> file.getBucket().arnForObjects(file.getS3ObjectKey())).toList();
    List<String> contexts = new ArrayList<>(objects);
    contexts.add(files.get(0).getBucket().getBucketArn());
    allow(List.of("s3:GetObject"), objects);
    allow(
        List.of("kms:Decrypt"),
        List.of(arn("kms", "key/*")),
        Map.of(
            "kms:EncryptionContext:aws:s3:arn",
            contexts,
            "kms:ViaService",
            "s3.%s.%s".formatted(Aws.REGION, Aws.URL_SUFFIX)));
    Findings.acknowledgeWildcard(
        role,
        arn("kms", "key/*"),
        "the bootstrap bucket's key is not known; the condition names the files that it may decrypt");
  }

  /** Glue makes, and encrypts, the group that it writes to where the group does not exist. */
  private void writeLogs(String logFolder) {
    String groups = arn("logs", "log-group:" + logFolder + "/*");
    allow(
        List.of(
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "logs:AssociateKmsKey"),
        List.of(groups));
    Findings.acknowledgeWildcard(
        role, groups, "Glue chooses the names of its log groups below the prefix that it is given");
  }

  private void encrypt(Logs logs) {
    allow(
        List.of("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"),
        List.of(logs.key().getKeyArn()));
  }

  private void connect(Network network, List<IConnection> connections) {
    List<String> catalog = new ArrayList<>(List.of(arn("glue", "catalog")));
    connections.forEach(
        connection -> catalog.add(arn("glue", "connection/" + connection.getConnectionName())));
    allow(List.of("glue:GetConnection"), catalog);
    String interfaces = arn("ec2", "network-interface/*");
    allow(
        List.of("ec2:CreateNetworkInterface"),
        Stream.concat(
                Stream.of(
                    interfaces,
                    arn("ec2", "security-group/" + network.jobs().getSecurityGroupId())),
                network.subnets().stream()
                    .map(subnet -> arn("ec2", "subnet/" + subnet.getSubnetId())))
            .toList());
    allow(List.of("ec2:DeleteNetworkInterface"), List.of(interfaces));
    role.addToPolicy(
        PolicyStatement.Builder.create()
            .actions(List.of("ec2:CreateTags", "ec2:DeleteTags"))
            .resources(List.of(interfaces))
            .conditions(
                Map.of(
                    "ForAllValues:StringEquals",
                    Map.of("aws:TagKeys", List.of("aws-glue-service-resource"))))
            .build());
    Findings.acknowledgeWildcard(
        role,
        interfaces,
        "Glue makes the network interfaces of each run, and their ids are not known before");
  }

  private void describeAndMeasure(List<String> ofTheNetwork) {
    List<String> actions =
        new ArrayList<>(List.of("glue:GetSecurityConfiguration", "xray:BatchGetTraces"));
    actions.addAll(ofTheNetwork);
    allow(actions, List.of("*"));
    allow(
        List.of("cloudwatch:PutMetricData"), List.of("*"), Map.of("cloudwatch:namespace", "Glue"));
    Findings.acknowledgeWildcard(
        role,
        "*",
        "X-Ray's traces, EC2's and Glue's descriptions and putting metrics know no resources");
  }

  private void allow(List<String> actions, List<String> resources) {
    role.addToPolicy(
        PolicyStatement.Builder.create().actions(actions).resources(resources).build());
  }

  private void allow(List<String> actions, List<String> resources, Map<String, ?> equal) {
    role.addToPolicy(
        PolicyStatement.Builder.create()
            .actions(actions)
            .resources(resources)
            .conditions(Map.of("StringEquals", new TreeMap<>(equal)))
            .build());
  }

  /** With pseudo parameters, so that a finding of cdk-nag is named alike in every account. */
  private static String arn(String service, String resource) {
    return "arn:%s:%s:%s:%s:%s"
        .formatted(Aws.PARTITION, service, Aws.REGION, Aws.ACCOUNT_ID, resource);
  }
}
