package dev.waybill.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/** The stack's outputs, and the console's pages that they lead to. */
class LinksTest {

  private final Deployment stack = Deployment.standard();

  @Test
  void theStackTellsWhatAPersonNeedsNext() {
    JsonNode outputs = stack.json().path("Outputs");
    assertThat(Deployment.text(outputs.at("/Bucket/Value")))
        .isEqualTo("waybill-<AWS::AccountId>-<AWS::Region>");
    assertThat(Deployment.text(outputs.at("/Upload/Value")))
        .isEqualTo(
            "aws s3 cp sample-data/listings.csv s3://waybill-<AWS::AccountId>-<AWS::Region>/input/");
    assertThat(Deployment.text(outputs.at("/TraceMap/Value")))
        .startsWith(
            "https://<AWS::Region>.<LinksConsoles AWS::Partition domain>/cloudwatch/home?region=<AWS::Region>#xray:service-map/map?")
        .contains(
            "group.name", stack.one("AWS::XRay::Group", "XrayGroup").path("GroupName").asText());
    assertThat(Deployment.text(outputs.at("/StateMachine/Value")))
        .endsWith("#/statemachines/view/<WorkflowStateMachine>");
    assertThat(Deployment.text(outputs.at("/DashboardLink/Value")))
        .endsWith(
            "#dashboards/dashboard/"
                + stack
                    .one("AWS::CloudWatch::Dashboard", "Dashboard")
                    .path("DashboardName")
                    .asText());
  }

  @Test
  void everyLinkIsToTheConsoleOfThePartition() {
    JsonNode consoles =
        stack.json().path("Mappings").properties().stream()
            .filter(mapping -> mapping.getKey().startsWith("LinksConsoles"))
            .findFirst()
            .orElseThrow()
            .getValue();

    assertThat(consoles.toString())
        .isEqualTo(
            "{\"aws\":{\"domain\":\"console.aws.amazon.com\"},"
                + "\"aws-cn\":{\"domain\":\"console.amazonaws.cn\"},"
                + "\"aws-eusc\":{\"domain\":\"console.amazonaws-eusc.eu\"},"
                + "\"aws-us-gov\":{\"domain\":\"console.amazonaws-us-gov.com\"}}");
    assertThat(stack.json().path("Outputs").toString())
        .doesNotContain("aws.amazon.com", "amazonaws.com");
    assertThat(stack.one("AWS::CloudWatch::Dashboard", "Dashboard").toString())
        .doesNotContain("aws.amazon.com", "amazonaws.com");
  }
}
