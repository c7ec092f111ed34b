package dev.waybill.local.glue;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A job as deployment defines it in Glue.
 *
 * @param mainClass public, with a {@code main} method, on the jobs' class path
 * @param words what it is given before the arguments, such as a script
 * @param maxConcurrentRuns more runs than this wait, where queuing is on, or are refused
 * @param queuing Glue's job run queuing
 * @param timeout after which a run is stopped
 * @param defaultArguments with their leading hyphens; a run's own take their place
 */
public record JobDefinition(
    String name,
    String mainClass,
    List<String> words,
    int maxConcurrentRuns,
    boolean queuing,
    Duration timeout,
    Map<String, String> defaultArguments) {}
