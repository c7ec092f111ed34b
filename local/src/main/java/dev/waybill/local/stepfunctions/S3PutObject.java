package dev.waybill.local.stepfunctions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waybill.local.AwsClients;
import dev.waybill.local.Json;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The SDK integration {@code s3:putObject}, with a body that is a JSON object: that is what is
 * written.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html">AWS
 *     SDK integrations</a>
 */
final class S3PutObject implements AutoCloseable {

  private final Supplier<AwsClients> clients;
  private AwsClients aws;

  S3PutObject(Supplier<AwsClients> clients) {
    this.clients = clients;
  }

  /**
   * Writes an object.
   *
   * @return what S3 answered
   * @throws StateFailed named as Step Functions names what went wrong
   */
  JsonNode put(JsonNode parameters, ExecutionTrace trace) {
    double began = ExecutionTrace.now();
    try {
      PutObjectResponse answer =
          aws()
              .s3()
              .putObject(
                  put ->
                      put.bucket(parameters.path("Bucket").asText())
                          .key(parameters.path("Key").asText())
                          .contentType(parameters.path("ContentType").asText()),
                  RequestBody.fromString(parameters.path("Body").toString()));
      trace.called("S3", "PutObject", answer.responseMetadata().requestId(), began, null);
      ObjectNode result = Json.object();
      return result.put("ETag", answer.eTag());
    } catch (S3Exception e) {
      StateFailed failure = new StateFailed("S3.S3Exception", e.getMessage());
      trace.called("S3", "PutObject", String.valueOf(e.requestId()), began, failure);
      throw failure;
    } catch (SdkClientException e) {
      throw new StateFailed("S3.SdkClientException", e.getMessage());
    }
  }

  private synchronized AwsClients aws() {
    if (aws == null) {
      aws = clients.get();
    }
    return aws;
  }

  @Override
  public synchronized void close() {
    if (aws != null) {
      aws.close();
    }
  }
}
