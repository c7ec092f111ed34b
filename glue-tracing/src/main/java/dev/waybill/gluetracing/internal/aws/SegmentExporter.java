package dev.waybill.gluetracing.internal.aws;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.gluetracing.internal.trace.Deadline;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts spans into X-Ray as segments. What X-Ray leaves unprocessed is sent once more, and is a
 * failure if it stays so.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/xray/latest/api/API_PutTraceSegments.html">PutTraceSegments</a>
 */
final class SegmentExporter implements SpanExporter {

  /** Documents in a call. */
  private static final int MOST = 50;

  private static final Map<String, String> HEADERS = Map.of("Content-Type", "application/json");

  private final AwsCalls xray;
  private final Sender sender = new Sender("traces");

  SegmentExporter(AwsCalls xray) {
    this.xray = xray;
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    List<SpanData> all = List.copyOf(spans);
    return sender.send(
        deadline -> {
          List<SegmentDocument> documents = all.stream().map(SegmentDocument::of).toList();
          for (int from = 0; from < documents.size(); from += MOST) {
            put(documents.subList(from, Math.min(from + MOST, documents.size())), deadline);
          }
        });
  }

  @Override
  public CompletableResultCode flush() {
    return CompletableResultCode.ofSuccess();
  }

  @Override
  public CompletableResultCode shutdown() {
    return sender.shutdown();
  }

  private void put(List<SegmentDocument> documents, Deadline deadline)
      throws IOException, InterruptedException {
    JsonNode refused = unprocessed(documents, deadline);
    if (refused.isEmpty()) {
      return;
    }
    Set<String> ids = new HashSet<>();
    refused.forEach(each -> ids.add(each.path("Id").asText()));
    List<SegmentDocument> named =
        documents.stream().filter(document -> ids.contains(document.id())).toList();
    JsonNode again = unprocessed(named.isEmpty() ? documents : named, deadline);
    if (!again.isEmpty()) {
      JsonNode first = again.path(0);
      throw new IOException(
          "X-Ray left %d of %d segments unprocessed: %s %s"
              .formatted(
                  again.size(),
                  documents.size(),
                  first.path("ErrorCode").asText(),
                  first.path("Message").asText()));
    }
  }

  private JsonNode unprocessed(List<SegmentDocument> documents, Deadline deadline)
      throws IOException, InterruptedException {
    return xray.post("/TraceSegments", HEADERS, SegmentDocument.request(documents), deadline)
        .path("UnprocessedTraceSegments");
  }
}
