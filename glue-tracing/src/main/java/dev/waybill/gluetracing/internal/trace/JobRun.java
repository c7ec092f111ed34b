package dev.waybill.gluetracing.internal.trace;

import java.util.Optional;

/**
 * Which run of which job this is, as far as the job was told.
 *
 * @param job the job's name
 * @param attempt how often the workflow had tried it before
 * @param jobRunId Glue's name of the run
 */
public record JobRun(
    String job,
    Optional<String> runId,
    Optional<String> key,
    Optional<String> executionArn,
    Optional<String> state,
    int attempt,
    Optional<String> jobRunId) {}
