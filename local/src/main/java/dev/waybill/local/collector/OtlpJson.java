package dev.waybill.local.collector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.waybill.local.Json;
import dev.waybill.local.collector.OtlpReceiver.Signal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * OTLP's messages as JSON.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding">OTLP's JSON: ids
 *     are hex, not base64</a>
 */
public final class OtlpJson {

  private static final Set<String> IDS = Set.of("traceId", "spanId", "parentSpanId");

  private OtlpJson() {}

  /**
   * Reads an export request's body.
   *
   * @throws IOException where it is not gzip or protobuf, or not a request of this signal
   */
  public static JsonNode read(Signal signal, byte[] body, boolean gzip) throws IOException {
    InputStream in = new ByteArrayInputStream(body);
    return of(
        signal.message.newBuilderForType().mergeFrom(gzip ? new GZIPInputStream(in) : in).build());
  }

  static JsonNode of(Message request) {
    JsonNode json = Json.parse(print(request));
    hexIds(json);
    return json;
  }

  private static String print(Message request) {
    try {
      return JsonFormat.printer().omittingInsignificantWhitespace().print(request);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("OTLP has no message that has no JSON form", e);
    }
  }

  private static void hexIds(JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        if (IDS.contains(field.getKey())) {
          byte[] id = Base64.getDecoder().decode(field.getValue().asText());
          field.setValue(object.textNode(HexFormat.of().formatHex(id)));
        }
      }
    }
    node.forEach(OtlpJson::hexIds);
  }
}
