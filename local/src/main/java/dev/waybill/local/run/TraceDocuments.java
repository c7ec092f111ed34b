package dev.waybill.local.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waybill.local.AwsClients;
import dev.waybill.local.Json;
import java.util.List;

/** The segment documents that X-Ray has of a trace. */
public final class TraceDocuments {

  private TraceDocuments() {}

  /**
   * All of them, so far; none with CloudWatch Transaction Search, which does not index traces.
   *
   * @param traceId as X-Ray writes it
   * @throws software.amazon.awssdk.core.exception.SdkException where X-Ray does not answer
   */
  public static List<JsonNode> of(AwsClients aws, String traceId) {
    return aws.xray().batchGetTracesPaginator(request -> request.traceIds(traceId)).stream()
        .flatMap(page -> page.traces().stream())
        .flatMap(trace -> trace.segments().stream())
        .map(segment -> Json.parse(segment.document()))
        .toList();
  }
}
