package dev.waybill.local.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.lambdatrigger.PipelineInput;
import dev.waybill.local.AwsClients;
import dev.waybill.local.Ids;
import dev.waybill.local.Json;
import dev.waybill.local.TraceHeader;
import dev.waybill.local.report.Trace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * Puts files into the bucket's {@code input/}, each under a trace that begins here, or under one
 * from outside.
 */
public final class Uploader {

  private static final String NAME = "waybill upload";
  private static final String TRACE_HEADER = "X-Amzn-Trace-Id";

  private final AwsClients aws;
  private final Bucket bucket;

  /** Where the files go; X-Ray gets the first segment of their traces. */
  Uploader(AwsClients aws, Bucket bucket) {
    this.aws = aws;
    this.bucket = bucket;
  }

  /** To a bucket by S3's API. */
  Uploader(AwsClients aws, String bucket) {
    this(aws, (file, key, traceHeader) -> put(aws, bucket, file, key, traceHeader));
  }

  /** Takes files. */
  @FunctionalInterface
  interface Bucket {

    /**
     * Takes a file as it is now.
     *
     * @return how many bytes it took
     * @throws RuntimeException where it does not take all that the file had
     */
    long put(Path file, String key, String traceHeader);
  }

  /**
   * A file that was sent.
   *
   * @param bytes how many were sent
   * @param traceId as X-Ray writes it
   * @param changed what happened to the file while it was sent, or null
   */
  public record Sent(
      Path file, String key, long bytes, String traceId, Instant start, String changed) {}

  /**
   * Sends a file as it is now.
   *
   * @param outside the span that caused it, or null where a trace begins here
   * @throws RuntimeException where the bucket does not take it, or the file can't be read to the
   *     length that it had
   */
  public Sent send(Path file, TraceHeader outside) {
    return send(file, file.getFileName().toString(), outside);
  }

  /** The same, with another name in the bucket. */
  Sent send(Path file, String name, TraceHeader outside) {
    State before = State.of(file);
    String key = PipelineInput.FOLDER + name;
    TraceHeader header =
        (outside == null ? new TraceHeader(Ids.traceId(), null, true) : outside)
            .withParent(Ids.segmentId());
    Instant start = Instant.now();
    ObjectNode segment =
        Json.object()
            .put("id", header.parent())
            .put("trace_id", header.root())
            .put("name", NAME)
            .put("start_time", start.toEpochMilli() / 1000.0);
    segment.putObject("annotations").put("key", key);
    if (outside != null) {
      segment.put("parent_id", outside.parent());
      segment.putObject("metadata").putObject(Trace.WAYBILL).put(Trace.PARENT_IS_OUTSIDE, true);
    }
    long bytes;
    try {
      bytes = bucket.put(file, key, header.toString());
    } catch (RuntimeException e) {
      segment.put("fault", true);
      throw e;
    } finally {
      if (header.sampled()) {
        record(segment.put("end_time", System.currentTimeMillis() / 1000.0));
      }
    }
    return new Sent(file, key, bytes, header.root(), start, before.changeTo(State.of(file)));
  }

  /** A sentence on why {@link #send} failed. */
  static String failure(RuntimeException error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String own = String.valueOf(error.getMessage());
    String cause = String.valueOf(root.getMessage());
    return "the upload failed: " + (own.contains(cause) ? own : "%s (%s)".formatted(own, cause));
  }

  private static long put(
      AwsClients aws, String bucket, Path file, String key, String traceHeader) {
    RequestBody body = RequestBody.fromFile(file);
    aws.s3()
        .putObject(
            request ->
                request
                    .bucket(bucket)
                    .key(key)
                    .contentType("text/csv")
                    .overrideConfiguration(own -> own.putHeader(TRACE_HEADER, traceHeader)),
            body);
    return body.optionalContentLength().orElseThrow();
  }

  /** Without this segment the trace would have no root, but the upload is what counts. */
  private void record(ObjectNode segment) {
    try {
      aws.xray().putTraceSegments(request -> request.traceSegmentDocuments(segment.toString()));
    } catch (SdkException e) {
      System.err.println(
          "waybill: the trace's first segment was not taken by X-Ray (xray:PutTraceSegments): "
              + e.getMessage());
    }
  }

  /** By what a file that somebody still writes to shows. */
  private record State(long bytes, FileTime modified) {

    static State of(Path file) {
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new State(attributes.size(), attributes.lastModifiedTime());
      } catch (IOException e) {
        throw new UncheckedIOException("can't read " + file, e);
      }
    }

    String changeTo(State after) {
      return equals(after)
          ? null
          : "the file changed during the upload: it had %d bytes before and has %d now, so what was sent may be cut off. Run it again when it is complete"
              .formatted(bytes, after.bytes);
    }
  }
}
