package dev.waybill.local.run;

import dev.waybill.local.AwsClients;
import dev.waybill.local.AwsErrors;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.sfn.model.StateMachineListItem;
import software.amazon.awssdk.services.sfn.model.Tag;

/**
 * A deployed pipeline, found by the tags on its state machine: CloudFormation's own, and the one by
 * which deployment names the bucket.
 */
public record DeployedStack(String bucket, String stateMachineArn) {

  public static final String STACK_TAG = "aws:cloudformation:stack-name";
  public static final String BUCKET_TAG = "waybill:bucket";

  /**
   * Finds the pipeline.
   *
   * @param errors knows where the clients look
   * @param stack its stack's name, or null for any
   * @param bucket its bucket's name, or null for any
   * @throws IllegalArgumentException where none or several fit, naming those that there are
   */
  public static DeployedStack find(AwsClients aws, AwsErrors errors, String stack, String bucket) {
    List<Map.Entry<String, Map<String, String>>> pipelines =
        aws.stepFunctions().listStateMachinesPaginator(request -> {}).stateMachines().stream()
            .map(StateMachineListItem::stateMachineArn)
            .map(arn -> Map.entry(arn, tags(aws, arn)))
            .filter(machine -> machine.getValue().containsKey(BUCKET_TAG))
            .toList();
    List<DeployedStack> fitting =
        pipelines.stream()
            .filter(machine -> stack == null || stack.equals(machine.getValue().get(STACK_TAG)))
            .filter(machine -> bucket == null || bucket.equals(machine.getValue().get(BUCKET_TAG)))
            .map(machine -> new DeployedStack(machine.getValue().get(BUCKET_TAG), machine.getKey()))
            .toList();
    if (pipelines.isEmpty()) {
      throw new IllegalArgumentException(
          "there is no pipeline in this account and region (%s): deploy one, or name another region by AWS_REGION or another account by AWS_PROFILE"
              .formatted(errors.place()));
    }
    if (fitting.size() != 1) {
      throw new IllegalArgumentException(
          "%s; pipelines in this account and region (%s): %s"
              .formatted(
                  fitting.isEmpty()
                      ? "no pipeline fits"
                      : "several pipelines fit: name one with --stack or --bucket",
                  errors.place(),
                  pipelines.stream()
                      .map(
                          machine ->
                              "stack %s with bucket %s"
                                  .formatted(
                                      machine.getValue().get(STACK_TAG),
                                      machine.getValue().get(BUCKET_TAG)))
                      .toList()));
    }
    return fitting.get(0);
  }

  private static Map<String, String> tags(AwsClients aws, String arn) {
    return aws
        .stepFunctions()
        .listTagsForResource(request -> request.resourceArn(arn))
        .tags()
        .stream()
        .collect(Collectors.toMap(Tag::key, Tag::value));
  }
}
