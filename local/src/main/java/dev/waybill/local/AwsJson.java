package dev.waybill.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * AWS's JSON protocol: the operation stands in {@code X-Amz-Target}, both bodies are JSON.
 *
 * @see <a href="https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html">AWS JSON
 *     protocol</a>
 */
public final class AwsJson {

  private AwsJson() {}

  /** One operation of a service. */
  @FunctionalInterface
  public interface Operation {
    ObjectNode call(Request request);
  }

  /**
   * A call.
   *
   * @param body the request's JSON
   * @param traceHeader its {@code X-Amzn-Trace-Id}, or null
   */
  public record Request(JsonNode body, String traceHeader) {

    public String text(String field) {
      return body.path(field).asText("");
    }
  }

  /** An error of the service's model, for example {@code ExecutionAlreadyExists}. */
  public static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final String type;

    public Fault(String type, String message) {
      super(message);
      this.type = type;
    }

    public String type() {
      return type;
    }
  }

  /** Serves operations by their names. */
  public static HttpEndpoint serve(String name, Map<String, Operation> operations) {
    return HttpEndpoint.start(name, exchange -> dispatch(exchange, operations));
  }

  private static void dispatch(HttpExchange exchange, Map<String, Operation> operations)
      throws IOException {
    String target = String.valueOf(exchange.getRequestHeaders().getFirst("X-Amz-Target"));
    Operation operation = operations.get(target.substring(target.lastIndexOf('.') + 1));
    exchange.getResponseHeaders().set("x-amzn-RequestId", Ids.requestId());
    try {
      if (operation == null) {
        throw new Fault("UnknownOperationException", "this stand-in has no " + target);
      }
      Request request =
          new Request(
              Json.parse(exchange.getRequestBody()),
              exchange.getRequestHeaders().getFirst("X-Amzn-Trace-Id"));
      reply(exchange, 200, operation.call(request));
    } catch (Fault fault) {
      error(exchange, 400, fault.type(), fault.getMessage());
    } catch (UncheckedIOException notJson) {
      error(exchange, 400, "SerializationException", "the body is not JSON");
    } catch (RuntimeException ours) {
      error(exchange, 500, "InternalFailure", String.valueOf(ours));
    }
  }

  private static void error(HttpExchange exchange, int status, String type, String message)
      throws IOException {
    reply(exchange, status, Json.object().put("__type", type).put("message", message));
  }

  private static void reply(HttpExchange exchange, int status, ObjectNode body) throws IOException {
    HttpEndpoint.answer(exchange, status, "application/x-amz-json-1.0", body.toString());
  }
}
