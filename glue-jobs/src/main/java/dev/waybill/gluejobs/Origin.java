package dev.waybill.gluejobs;

import dev.waybill.gluetracing.TracedJob;
import java.time.Instant;
import java.util.Objects;

/**
 * What a run's data sets were made of and by.
 *
 * @param started when the run began, ISO 8601
 * @param traceId as X-Ray writes it
 * @param codeVersion what the job's definition says, else the version in the jar
 */
public record Origin(String started, String traceId, Input input, String codeVersion) {

  /**
   * The object that the run is about.
   *
   * @param versionId empty where the bucket keeps no versions
   * @param etag empty where nobody said which
   * @param size bytes
   */
  public record Input(String bucket, String key, String versionId, String etag, long size) {}

  /**
   * That of a run whose first job has just started.
   *
   * @param bytes the input's size
   */
  public static Origin of(TracedJob job, RunArguments run, InputObject object, long bytes) {
    return new Origin(
        job.arguments().find(RunArguments.STARTED).orElseGet(() -> Instant.now().toString()),
        job.xrayTraceId(),
        new Input(run.bucket(), run.key(), object.versionId(), object.etag(), bytes),
        job.arguments().find(RunArguments.CODE_VERSION).orElseGet(Origin::versionOfJar));
  }

  private static String versionOfJar() {
    return Objects.requireNonNullElse(
        Origin.class.getPackage().getImplementationVersion(), "not built into a jar");
  }
}
