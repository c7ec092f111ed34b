package dev.waybill.infra;

import dev.waybill.workflow.Project;
import io.github.cdklabs.cdknag.AwsSolutionsChecks;
import java.nio.file.Path;
import java.util.Map;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Environment;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.Validations;

/** The CDK app that {@code cdk.json} names: reads the context, makes the stack, has it checked. */
public final class WaybillApp {

  private static final String ROOT = "waybill.root";
  private static final String PROJECT = "waybill.project";

  private WaybillApp() {}

  public static void main(String[] args) {
    App app = new App();
    try {
      Path root = Path.of(System.getProperty(ROOT, ""));
      Path project = Path.of(System.getProperty(PROJECT, root.toString()));
      stack(app, System.getenv(), new Artifacts(new Project(root, project)));
    } catch (IllegalArgumentException e) {
      System.err.println("waybill: " + e.getMessage());
      System.exit(1);
    }
    app.synth();
  }

  /**
   * Adds the stack, and cdk-nag's AwsSolutions to each synthesis.
   *
   * @param environment names account and region ({@code CDK_DEFAULT_ACCOUNT}, {@code
   *     CDK_DEFAULT_REGION}) where the CDK's command line knows them; only an existing VPC needs
   *     them
   * @throws IllegalArgumentException where a context switch or the list of jobs is wrong, saying
   *     how
   */
  @SuppressWarnings("unchecked")
  public static WaybillStack stack(App app, Map<String, String> environment, Artifacts artifacts) {
    Settings settings = Settings.of((Map<String, Object>) app.getNode().getAllContext());
    StackProps.Builder props =
        StackProps.builder()
            .description(
                "Waybill: a traced pipeline from S3 through Lambda and Step Functions to Glue");
    if (settings.vpcId() != null) {
      props.env(
          Environment.builder()
              .account(environment.get("CDK_DEFAULT_ACCOUNT"))
              .region(environment.get("CDK_DEFAULT_REGION"))
              .build());
    }
    WaybillStack stack = new WaybillStack(app, props.build(), settings, artifacts);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    return stack;
  }
}
