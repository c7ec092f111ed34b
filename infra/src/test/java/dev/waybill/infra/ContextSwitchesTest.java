package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each context switch, in a whole stack that cdk-nag has checked. */
class ContextSwitchesTest {

  private static final String VPC = "vpc-0a1b2c3d";
  private static final Map<String, String> ACCOUNT =
      Map.of("CDK_DEFAULT_ACCOUNT", "111122223333", "CDK_DEFAULT_REGION", "eu-west-1");

  @Test
  void stackNameNamesAllThatTheStackNames() {
    Deployment orders = Deployment.with(Map.of("stackName", "Orders"));

    assertThat(Deployment.text(orders.one("AWS::S3::Bucket", "DataBucket").path("BucketName")))
        .isEqualTo("orders-<AWS::AccountId>-<AWS::Region>");
    assertThat(orders.one("AWS::Glue::Job", "JobsCleanListings").path("Name").asText())
        .isEqualTo("orders-clean-listings");
    assertThat(
            orders
                .one("AWS::Glue::Job", "JobsCleanListings")
                .at("/DefaultArguments/--otlp_endpoint")
                .asText())
        .isEqualTo("http://collector.orders.internal:4318");
    Map<String, JsonNode> named = orders.resources();
    // The file's own names, which the task's command line lays others over.
    named.keySet().removeAll(List.of("CollectorCollectorConfig", "CollectorExporterConfig"));
    assertThat(named.toString()).doesNotContain("waybill-", "/waybill/");
  }

  @Test
  void natGatewaysAreOneOrOneInEachZone() {
    assertThat(Deployment.standard().all("AWS::EC2::NatGateway")).hasSize(1);
    assertThat(Deployment.with(Map.of("natGateways", "2")).all("AWS::EC2::NatGateway")).hasSize(2);
  }

  @Test
  void endpointsAreReachedByJobsAndCollectorOnly() {
    Deployment some = Deployment.with(Map.of("endpoints", "xray,logs,monitoring,glue"));

    List<String> services = new ArrayList<>();
    some.all("AWS::EC2::VPCEndpoint")
        .values()
        .forEach(endpoint -> services.add(Deployment.text(endpoint.path("ServiceName"))));
    assertThat(services)
        .contains(
            "com.amazonaws.<AWS::Region>.xray",
            "com.amazonaws.<AWS::Region>.logs",
            "com.amazonaws.<AWS::Region>.monitoring",
            "com.amazonaws.<AWS::Region>.glue");
    assertThat(some.all("AWS::EC2::SecurityGroupIngress").values())
        .filteredOn(rule -> rule.path("FromPort").asInt() == 443)
        .hasSize(8)
        .extracting(rule -> Deployment.text(rule.path("SourceSecurityGroupId")))
        .containsOnly("<NetworkJobs.GroupId>", "<NetworkCollector.GroupId>");
    assertThat(some.all("AWS::EC2::SecurityGroup").values())
        .allMatch(group -> group.path("SecurityGroupIngress").isMissingNode());
  }

  @Test
  void anExistingVpcIsUsedInsteadOfOneOfTheStacks() {
    Deployment existing =
        Deployment.of(
            Map.of(
                "vpcId",
                VPC,
                "vpc-provider:account=111122223333:filter.vpc-id="
                    + VPC
                    + ":region=eu-west-1:returnAsymmetricSubnets=true",
                vpc()),
            ACCOUNT,
            Deployment.ARTIFACTS);

    assertThat(existing.all("AWS::EC2::VPC")).isEmpty();
    assertThat(existing.all("AWS::EC2::NatGateway")).isEmpty();
    assertThat(existing.all("AWS::Glue::Connection").values())
        .extracting(
            connection ->
                connection.at("/ConnectionInput/PhysicalConnectionRequirements/SubnetId").asText())
        .containsExactly("subnet-0a1b2c3d", "subnet-1a1b2c3d");
  }

  /** Only then can the CDK's command line look it up. */
  @Test
  void anExistingVpcMayBeUnknownToTheFirstSynthesis() {
    Deployment unknown = Deployment.of(Map.of("vpcId", VPC), ACCOUNT, Deployment.ARTIFACTS);

    assertThat(unknown.all("AWS::EC2::VPC")).isEmpty();
  }

  @Test
  void anExistingVpcNeedsAnAccount() {
    assertThatThrownBy(() -> Deployment.of(Map.of("vpcId", VPC), Map.of(), Deployment.ARTIFACTS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "context switch vpcId is 'vpc-0a1b2c3d', and which account and region it is in is not"
                + " known: name them by AWS_PROFILE, or by AWS_REGION with credentials");
  }

  @Test
  void logDaysAreThoseOfEveryLogGroup() {
    assertThat(Deployment.standard().all("AWS::Logs::LogGroup").values())
        .extracting(group -> group.path("RetentionInDays").asInt())
        .containsOnly(30);
    assertThat(Deployment.with(Map.of("logDays", "365")).all("AWS::Logs::LogGroup").values())
        .extracting(group -> group.path("RetentionInDays").asInt())
        .containsOnly(365);
  }

  @Test
  void alarmEmailHearsOfAlarms() {
    assertThat(Deployment.standard().all("AWS::SNS::Subscription")).isEmpty();
    assertThat(
            Deployment.with(Map.of("alarmEmail", "on-call@example.org"))
                .all("AWS::SNS::Subscription")
                .values())
        .extracting(subscription -> subscription.path("Endpoint").asText())
        .containsExactly("on-call@example.org");
  }

  @Test
  void rejectedPercentIsTheAlarmsThreshold() {
    assertThat(
            Deployment.with(Map.of("rejectedPercent", "5"))
                .one("AWS::CloudWatch::Alarm", "AlarmsRejectedRows")
                .path("Threshold")
                .asInt())
        .isEqualTo(5);
  }

  @Test
  void whatToDoAboutUnreadableValuesReachesTheCleaningJobOnly() {
    Deployment strict =
        Deployment.with(
            Map.of("maxUnreadablePercent", "1", "failOnUnreadable", "true", "withSamples", "true"));

    JsonNode cleaning = strict.one("AWS::Glue::Job", "JobsCleanListings").path("DefaultArguments");
    assertThat(cleaning.path("--max_unreadable_percent").asText()).isEqualTo("1");
    assertThat(cleaning.path("--fail_on_unreadable").asText()).isEqualTo("true");
    assertThat(cleaning.path("--with_samples").asText()).isEqualTo("true");
    assertThat(strict.one("AWS::Glue::Job", "JobsProcessListings").toString())
        .doesNotContain("unreadable", "with_samples");
    JsonNode standard =
        Deployment.standard().one("AWS::Glue::Job", "JobsCleanListings").path("DefaultArguments");
    assertThat(standard.path("--max_unreadable_percent").asText()).isEqualTo("5");
    assertThat(standard.path("--fail_on_unreadable").asText()).isEqualTo("false");
    assertThat(standard.path("--with_samples").asText()).isEqualTo("false");
  }

  @Test
  void samplingReachesTheFunctionAndItsRateARule() {
    Deployment inherit = Deployment.with(Map.of("sampling", "inherit", "samplingRate", "0.05"));

    assertThat(
            inherit
                .one("AWS::Lambda::Function", "TriggerFunction")
                .at("/Environment/Variables/SAMPLING")
                .asText())
        .isEqualTo("inherit");
    JsonNode rule =
        inherit.one("AWS::XRay::SamplingRule", "XrayGroupSamplingRule").path("SamplingRule");
    assertThat(rule.path("FixedRate").asDouble()).isEqualTo(0.05);
    assertThat(Deployment.text(rule.path("ResourceARN"))).isEqualTo("<WorkflowStateMachine>");
    assertThat(Deployment.standard().all("AWS::XRay::SamplingRule")).isEmpty();
  }

  /** As the CDK's command line writes what it looked up into {@code cdk.context.json}. */
  private static Map<String, Object> vpc() {
    return Map.of(
        "vpcId",
        VPC,
        "vpcCidrBlock",
        "10.0.0.0/16",
        "ownerAccountId",
        "111122223333",
        "availabilityZones",
        List.of(),
        "subnetGroups",
        List.of(
            Map.of(
                "name", "Private",
                "type", "Private",
                "subnets", List.of(subnet(0), subnet(1)))));
  }

  private static Map<String, Object> subnet(int number) {
    return Map.of(
        "subnetId", "subnet-" + number + "a1b2c3d",
        "cidr", "10.0." + number + ".0/24",
        "availabilityZone", "eu-west-1" + "ab".charAt(number),
        "routeTableId", "rtb-" + number + "a1b2c3d");
  }
}
