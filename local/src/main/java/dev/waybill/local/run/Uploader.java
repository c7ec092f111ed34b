package dev.waybill.local.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.local.AwsClients;
import dev.waybill.local.Ids;
import dev.waybill.local.Json;
import dev.waybill.local.TraceHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;

/** Puts files into the bucket's {@code input/}, each under a trace that begins here. */
public final class Uploader {

  private static final String FOLDER = "input/";
  private static final String NAME = "waybill upload";
  private static final String TRACE_HEADER = "X-Amzn-Trace-Id";

  private final AwsClients aws;
  private final String bucket;

  public Uploader(AwsClients aws, String bucket) {
    this.aws = aws;
    this.bucket = bucket;
  }

  /**
   * A file that was sent.
   *
   * @param traceId as X-Ray writes it
   */
  public record Sent(Path file, String key, long bytes, String traceId, Instant start) {}

  /**
   * Sends a file.
   *
   * @throws SdkException where the bucket does not take it
   */
  public Sent send(Path file) {
    String key = FOLDER + file.getFileName();
    TraceHeader header = new TraceHeader(Ids.traceId(), Ids.segmentId(), true);
    Instant start = Instant.now();
    ObjectNode segment =
        Json.object()
            .put("id", header.parent())
            .put("trace_id", header.root())
            .put("name", NAME)
            .put("start_time", start.toEpochMilli() / 1000.0);
    segment.putObject("annotations").put("key", key);
    try {
      aws.s3()
          .putObject(
              request ->
                  request
                      .bucket(bucket)
                      .key(key)
                      .contentType("text/csv")
                      .overrideConfiguration(own -> own.putHeader(TRACE_HEADER, header.toString())),
              RequestBody.fromFile(file));
    } catch (SdkException e) {
      segment.put("fault", true);
      throw e;
    } finally {
      record(segment.put("end_time", System.currentTimeMillis() / 1000.0));
    }
    return new Sent(file, key, size(file), header.root(), start);
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

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
