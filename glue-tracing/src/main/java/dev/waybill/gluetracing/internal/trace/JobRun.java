package dev.waybill.gluetracing.internal.trace;

import java.util.List;
import java.util.Optional;

/**
 * Which run of which job this is, as far as the job was told.
 *
 * @param job the job's name
 * @param bucket of the file that the run is about
 * @param key of the file that the run is about
 * @param attempt how often the workflow had tried it before
 * @param jobRunId Glue's name of the run
 * @param logGroups the CloudWatch log groups that have its log records
 */
public record JobRun(
    String job,
    Optional<String> runId,
    Optional<String> bucket,
    Optional<String> key,
    Optional<String> executionArn,
    Optional<String> state,
    int attempt,
    Optional<String> jobRunId,
    List<String> logGroups) {}
