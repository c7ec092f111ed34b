package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

  @Test
  void haveDefaultsForAll() {
    assertThat(Settings.of(Map.of()))
        .isEqualTo(
            new Settings(
                "Waybill",
                null,
                true,
                null,
                1,
                java.util.Set.of(),
                null,
                new JobCapacity("G.1X", 10, 60, 10, false),
                new RoleRules(null, null),
                false,
                null,
                null,
                new Retention(null, null, Map.of(), null, null),
                30,
                null,
                null,
                25,
                5,
                false,
                false,
                "always",
                null,
                false,
                100));
  }

  @Test
  void readWhatTheContextSays() {
    Settings settings =
        Settings.of(
            Map.of(
                "stackName", "Orders-1",
                "natGateways", 2,
                "endpoints", "xray, Logs",
                "keepData", true,
                "quarantineDays", "90",
                "runsDays", "400",
                "logDays", "365",
                "alarmEmail", "on-call@example.org",
                "sampling", "inherit",
                "samplingRate", "0.05"));
    assertThat(
            Settings.of(
                Map.of("maxUnreadablePercent", 0, "failOnUnreadable", true, "withSamples", "true")))
        .extracting(
            Settings::maxUnreadablePercent, Settings::failOnUnreadable, Settings::withSamples)
        .containsExactly(0, true, true);
    assertThat(Settings.of(Map.of("traces", "otlp", "keepPercent", "10")))
        .extracting(Settings::tracesByOtlp, Settings::keepPercent)
        .containsExactly(true, 10);
    assertThat(
            Settings.of(
                    Map.of(
                        "workerType", "G.2X",
                        "workers", "20",
                        "jobTimeout", 240,
                        "jobConcurrency", "50",
                        "flex", "true"))
                .capacity())
        .isEqualTo(new JobCapacity("G.2X", 20, 240, 50, true));
    assertThat(Settings.of(Map.of("bucketName", "acme-listings")).bucketName())
        .isEqualTo("acme-listings");

    assertThat(settings.prefix()).isEqualTo("orders-1");
    assertThat(settings.natGateways()).isEqualTo(2);
    assertThat(settings.endpoints())
        .containsExactly(Settings.Endpoint.XRAY, Settings.Endpoint.LOGS);
    assertThat(settings.keepData()).isTrue();
    assertThat(settings.retention()).isEqualTo(new Retention(null, null, Map.of(), 90, 400));
    assertThat(settings.logDays()).isEqualTo(365);
    assertThat(settings.alarmEmail()).isEqualTo("on-call@example.org");
    assertThat(settings.sampling()).isEqualTo("inherit");
    assertThat(settings.samplingRate()).isEqualTo(0.05);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          stackName       | 1st       | expected a letter, then up to 27 letters, digits or hyphens
          env             | Prod      | expected a lower case letter, then up to 15 lower case letters, digits or hyphens
          collector       | ecs       | expected fargate or none
          vpcId           | vpc_1     | expected a VPC's id, such as vpc-0a1b2c3d4e5f67890
          natGateways     | 0         | expected 1, or 2 for one in each zone; without any the collector's image can't be pulled, for its public registry has no VPC endpoint
          natGateways     | two       | expected 1, or 2 for one in each zone; without any the collector's image can't be pulled, for its public registry has no VPC endpoint
          endpoints       | xray,s3   | expected a list, with commas, of xray, logs, monitoring, glue
          workerType      | G.025X    | expected one of G.1X, G.2X, G.4X, G.8X, G.12X, G.16X, R.1X, R.2X, R.4X, R.8X
          workers         | 1         | expected 2 to 299 workers, of which one is the driver
          jobTimeout      | 480       | expected 1 to 300 minutes; the workflow waits for a job six hours, its place in the queue included
          jobConcurrency  | 0         | expected 1 to 1000 runs of each job
          flex            | yes       | expected true or false
          permissionsBoundary | boundary | expected a policy's ARN, such as arn:aws:iam::111122223333:policy/boundary
          rolePath        | data      | expected a path that begins and ends with a slash, such as /data/
          s3PrefixList    | pl-s3     | expected a prefix list's id, such as pl-6da54004
          keepData        | yes       | expected true or false
          bucketName      | Acme      | expected an S3 bucket's name, such as acme-listings
          quarantineDays  | 0         | expected 1 to 3650 days
          runsDays        | 99999     | expected 1 to 3650 days
          inputDays       | never     | expected 1 to 3650 days
          outputDays      | 0         | expected 1 to 3650 days for all outputs, or a list, with commas, such as cleaned:30,processed:365
          outputDays      | cleaned:9999 | expected 1 to 3650 days for all outputs, or a list, with commas, such as cleaned:30,processed:365
          outputDays      | 30,90     | expected 1 to 3650 days for all outputs, or a list, with commas, such as cleaned:30,processed:365
          dataKey         | alias/data | expected a KMS key's ARN, such as arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-4e5f-6789-0abc-def012345678
          alarmTopic      | on-call   | expected an SNS topic's ARN, such as arn:aws:sns:eu-west-1:111122223333:on-call
          logDays         | 31        | expected one of 1, 7, 14, 30, 90, 180, 365, 731, 1827, 3653
          alarmEmail      | me        | expected an e-mail address
          rejectedPercent | 101       | expected 1 to 100 percent
          maxUnreadablePercent | 101  | expected 0 to 100 percent
          failOnUnreadable | yes      | expected true or false
          withSamples     | all       | expected true or false
          sampling        | sometimes | expected always or inherit
          samplingRate    | 2         | expected a share from 0 to 1
          traces          | xray      | expected segments or otlp
          keepPercent     | 101       | expected 0 to 100 percent
          """)
  void refuseAWrongValueInASentence(String name, String value, String expected) {
    assertThatThrownBy(() -> Settings.of(Map.of(name, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("context switch %s is '%s', %s", name, value, expected);
  }

  @Test
  void refuseASwitchThatIsMisspelt() {
    assertThatThrownBy(() -> Settings.of(Map.of("natGateway", "2")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "context switch natGateway is unknown; there are alarmEmail, alarmTopic, bucketName,"
                + " collector, dataKey, endpoints, env, environments, failOnUnreadable, flex, inputDays, jobConcurrency, jobTimeout, keepData, keepPercent, logDays,"
                + " maxUnreadablePercent, natGateways, outputDays, permissionsBoundary, quarantineDays, rejectedPercent,"
                + " rolePath, runsDays, s3PrefixList, sampling, samplingRate, stackName, traces, vpcId, withSamples, workerType, workers");
  }

  @Test
  void refuseFlexForAWorkerThatGlueHasNoSpareCapacityOf() {
    assertThatThrownBy(() -> Settings.of(Map.of("flex", "true", "workerType", "R.1X")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "context switches flex and workerType exclude each other: Glue's flex execution takes"
                + " G.1X or G.2X, not R.1X");
  }

  @Test
  void refuseEndpointsInAVpcThatIsNotTheStacks() {
    assertThatThrownBy(() -> Settings.of(Map.of("vpcId", "vpc-0a1b2c3d", "endpoints", "xray")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "context switches vpcId and endpoints exclude each other: the endpoints of"
                + " vpc-0a1b2c3d are its owner's");
  }

  @ParameterizedTest
  @ValueSource(strings = {"quarantineDays", "runsDays", "inputDays", "outputDays"})
  void refuseToExpireDataOfABucketThatIsNotTheStacks(String days) {
    assertThatThrownBy(() -> Settings.of(Map.of("bucketName", "acme-listings", days, "30")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "context switches bucketName and %s exclude each other: the lifecycle of acme-listings is"
                + " its owner's",
            days);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "xray,logs"})
  void refuseToCloseTheJobsWayOutWhereNoEndpointIsInItsPlace(String endpoints) {
    Map<String, Object> context = new HashMap<>(Map.of("s3PrefixList", "pl-6da54004"));
    if (!endpoints.isEmpty()) {
      context.put("endpoints", endpoints);
    }
    assertThatThrownBy(() -> Settings.of(context))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "context switch s3PrefixList needs endpoints=xray,logs,monitoring,glue in a VPC of the"
                + " stack's own: the jobs reach nothing else then");
  }

  @Test
  void refuseAnEmailForATopicThatIsNotTheStacks() {
    String topic = "arn:aws:sns:eu-west-1:111122223333:on-call";
    assertThatThrownBy(
            () -> Settings.of(Map.of("alarmTopic", topic, "alarmEmail", "on-call@example.org")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "context switches alarmTopic and alarmEmail exclude each other: the subscriptions of %s"
                + " are its owner's",
            topic);
  }

  @Test
  void areThoseOfTheEnvironmentThatIsChosen() {
    Map<String, Object> environments =
        Map.of("dev", Map.of("runsDays", 7), "prod", Map.of("keepData", true, "workers", 20));
    Settings prod =
        Settings.of(
            Map.of("env", "prod", "environments", environments, "workers", 5, "logDays", 90));

    assertThat(prod.stackName()).isEqualTo("Waybill-prod");
    assertThat(prod.prefix()).isEqualTo("waybill-prod");
    assertThat(prod.environment()).isEqualTo("prod");
    assertThat(prod.keepData()).isTrue();
    assertThat(prod.capacity().workers()).isEqualTo(20);
    assertThat(prod.logDays()).isEqualTo(90);
    assertThat(prod.retention().runs()).isNull();
    assertThat(Settings.of(Map.of("environments", environments)).stackName()).isEqualTo("Waybill");
    assertThat(Settings.of(Map.of("env", "test", "stackName", "Orders")).stackName())
        .isEqualTo("Orders-test");
  }

  static Stream<Arguments> wrongEnvironments() {
    return Stream.of(
        Arguments.of(
            Map.of("env", "prd", "environments", Map.of("prod", Map.of(), "dev", Map.of())),
            "context switch env is 'prd', expected one of environments: dev, prod"),
        Arguments.of(
            Map.of("env", "prod", "environments", "prod"),
            "context switch environments is 'prod', expected an object with an object of switches"
                + " for each name"),
        Arguments.of(
            Map.of("env", "prod", "environments", Map.of("prod", "yes")),
            "context switch environments has 'yes' for prod, expected an object of switches other"
                + " than env and environments"),
        Arguments.of(
            Map.of("env", "prod", "environments", Map.of("prod", Map.of("keepdata", true))),
            "context switch keepdata is unknown; there are "),
        Arguments.of(
            Map.of("env", "production-eu", "stackName", "ABusinessUnitsOrders"),
            "context switches stackName and env make the stack's name"
                + " 'ABusinessUnitsOrders-production-eu', expected a letter, then up to 27 letters,"
                + " digits or hyphens"));
  }

  @ParameterizedTest
  @MethodSource("wrongEnvironments")
  void refuseAWrongEnvironmentInASentence(Map<String, Object> context, String sentence) {
    assertThatThrownBy(() -> Settings.of(context))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(sentence);
  }

  @Test
  void leaveTheContextOfTheCdkItselfAlone() {
    assertThat(
            Settings.of(
                Map.of(
                    "@aws-cdk/aws-iam:minimizePolicies", true,
                    "aws:cdk:enable-path-metadata", true,
                    "cli-telemetry", false)))
        .isEqualTo(Settings.of(Map.of()));
  }
}
