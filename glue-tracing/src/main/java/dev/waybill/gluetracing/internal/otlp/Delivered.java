package dev.waybill.gluetracing.internal.otlp;

import dev.waybill.gluetracing.internal.trace.Deadline;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What became of a job's telemetry.
 *
 * @param failure the first failure's words
 * @param kept the folder of what is on disk
 * @param lost what could not be kept either
 */
record Delivered(
    Destination destination,
    Optional<String> failure,
    Optional<Path> kept,
    Optional<String> lost,
    QueueCounts spans,
    QueueCounts logs) {

  /** What an on-call should know, or empty where all was delivered; moves what is on disk. */
  Optional<String> notice(Optional<TelemetryFolder> folder, Deadline deadline) {
    String dropped =
        Stream.of(spans.dropped(), logs.dropped())
            .flatMap(Optional::stream)
            .collect(Collectors.joining(" and "));
    boolean allTaken = kept.isEmpty() && lost.isEmpty() && destination.problem().isEmpty();
    return allTaken && dropped.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "%s did not take all telemetry of this job: %s.%s%s%s"
                .formatted(
                    destination.name(),
                    reason(allTaken),
                    lost.map(what -> " " + what + ".").orElse(""),
                    dropped.isEmpty()
                        ? ""
                        : " %s were dropped, because they came faster than they could be sent."
                            .formatted(dropped),
                    kept.map(files -> place(files, folder, deadline)).orElse("")));
  }

  private String reason(boolean allTaken) {
    return allTaken
        ? "a queue was full"
        : destination
            .problem()
            .or(() -> failure)
            .orElse("no answer within " + OtlpTelemetry.BOUND.toSeconds() + " s");
  }

  private static String place(Path files, Optional<TelemetryFolder> folder, Deadline deadline) {
    return " What is missing there is in %s; send it with: waybill replay FOLDER --otlp-endpoint URL"
        .formatted(folder.map(copy -> copy.take(files, deadline)).orElse(files.toString()));
  }
}
