package dev.waybill.infra;

import dev.waybill.workflow.Jobs;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.Tags;
import software.amazon.awscdk.services.iam.IGrantable;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.stepfunctions.DefinitionBody;
import software.amazon.awscdk.services.stepfunctions.LogLevel;
import software.amazon.awscdk.services.stepfunctions.LogOptions;
import software.amazon.awscdk.services.stepfunctions.StateMachine;
import software.amazon.awscdk.services.stepfunctions.StateMachineType;
import software.constructs.Construct;

/**
 * The state machine: {@code workflow/pipeline.asl.json} as it is, with the jobs' names and the
 * partition filled in.
 */
final class Workflow extends Construct {

  /** By which {@code ./waybill upload} finds a deployed pipeline. */
  static final String BUCKET_TAG = "waybill:bucket";

  private final String name;
  private final StateMachine machine;

  Workflow(
      Construct scope,
      Settings settings,
      Logs logs,
      Artifacts artifacts,
      GlueJobs jobs,
      DataBucket bucket,
      Jobs specs) {
    super(scope, "Workflow");
    this.name = settings.names().workflow();
    Role role =
        Role.Builder.create(this, "Role")
            .assumedBy(
                ServicePrincipal.Builder.create("states.amazonaws.com")
                    .conditions(
                        Map.of(
                            "StringEquals",
                            Map.of("aws:SourceAccount", Stack.of(this).getAccount())))
                    .build())
            .build();
    role.addToPolicy(
        PolicyStatement.Builder.create()
            .actions(
                List.of(
                    "glue:StartJobRun",
                    "glue:GetJobRun",
                    "glue:GetJobRuns",
                    "glue:BatchStopJobRun"))
            .resources(jobs.arns())
            .build());
    bucket.grantRecords(role);
    this.machine =
        StateMachine.Builder.create(this, "StateMachine")
            .stateMachineName(name)
            .stateMachineType(StateMachineType.STANDARD)
            .definitionBody(DefinitionBody.fromString(inThisPartition(artifacts.workflow())))
            .definitionSubstitutions(specs.names(jobs::name))
            .role(role)
            .tracingEnabled(true)
            .logs(
                LogOptions.builder()
                    .destination(logs.group(this, "Log", settings.names().workflowLog()))
                    .level(LogLevel.ALL)
                    .includeExecutionData(true)
                    .build())
            .build();
    Tags.of(machine).add(BUCKET_TAG, bucket.name());
    Findings.acknowledge(
        role,
        "AwsSolutions-IAM5[Resource::*]",
        "X-Ray's actions, and those by which Step Functions sets up log delivery, know no resources");
  }

  String arn() {
    return machine.getStateMachineArn();
  }

  /** By which X-Ray knows it too. */
  String name() {
    return name;
  }

  StateMachine machine() {
    return machine;
  }

  void grantStart(IGrantable who) {
    machine.grantStartExecution(who);
  }

  /** The file names Step Functions' integrations as the partition {@code aws} does. */
  private String inThisPartition(String definition) {
    return definition.replace(
        "arn:aws:states:::", "arn:%s:states:::".formatted(Stack.of(this).getPartition()));
  }
}
