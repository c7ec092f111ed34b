package dev.waybill.local.lambda;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import dev.waybill.local.HttpEndpoint;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/**
 * What Lambda has around a function in its sandbox: makes the handler, asks the runtime API for one
 * event after another, sets the trace header as the Java runtime does, and answers. AWS's own
 * runtime client runs on Linux only.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">Lambda runtime
 *     API</a>
 */
final class LambdaRuntime {

  private static final String TRACE_PROPERTY = "com.amazonaws.xray.traceHeader";

  private LambdaRuntime() {}

  @SuppressWarnings("unchecked") // what the environment names as handler is one of S3 events
  public static void main(String[] args) throws Exception {
    var handler =
        (RequestHandler<S3Event, Object>)
            Class.forName(System.getenv("_HANDLER")).getConstructor().newInstance();
    var serializer =
        LambdaEventSerializers.serializerFor(S3Event.class, LambdaRuntime.class.getClassLoader());
    URI api =
        URI.create(
            "http://"
                + System.getenv("AWS_LAMBDA_RUNTIME_API")
                + "/2018-06-01/runtime/invocation/");
    HttpClient client = HttpEndpoint.client();
    while (true) {
      HttpResponse<InputStream> next =
          client.send(
              HttpRequest.newBuilder(api.resolve("next")).build(),
              HttpResponse.BodyHandlers.ofInputStream());
      if (next.statusCode() != 200) {
        return;
      }
      Invocation invocation = Invocation.of(next);
      invocation.setTraceProperty();
      String outcome;
      String body;
      try {
        handler.handleRequest(serializer.fromJson(next.body()), invocation);
        outcome = "/response";
        body = "null";
      } catch (RuntimeException e) {
        e.printStackTrace();
        outcome = "/error";
        body = String.valueOf(e.getMessage());
      }
      client.send(
          HttpRequest.newBuilder(api.resolve(invocation.requestId + outcome))
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.discarding());
    }
  }

  private record Invocation(String requestId, String traceHeader, String functionArn)
      implements Context {

    static Invocation of(HttpResponse<?> next) {
      return new Invocation(
          next.headers().firstValue("Lambda-Runtime-Aws-Request-Id").orElseThrow(),
          next.headers().firstValue("Lambda-Runtime-Trace-Id").orElse(null),
          next.headers().firstValue("Lambda-Runtime-Invoked-Function-Arn").orElse(""));
    }

    void setTraceProperty() {
      if (traceHeader == null) {
        System.clearProperty(TRACE_PROPERTY);
      } else {
        System.setProperty(TRACE_PROPERTY, traceHeader);
      }
    }

    @Override
    public String getAwsRequestId() {
      return requestId;
    }

    @Override
    public String getXrayTraceId() {
      return traceHeader;
    }

    @Override
    public String getLogGroupName() {
      return System.getenv("AWS_LAMBDA_LOG_GROUP_NAME");
    }

    @Override
    public String getLogStreamName() {
      return System.getenv("AWS_LAMBDA_LOG_STREAM_NAME");
    }

    @Override
    public String getFunctionName() {
      return System.getenv("AWS_LAMBDA_FUNCTION_NAME");
    }

    @Override
    public String getFunctionVersion() {
      return "1";
    }

    @Override
    public String getInvokedFunctionArn() {
      return functionArn;
    }

    @Override
    public CognitoIdentity getIdentity() {
      return null;
    }

    @Override
    public ClientContext getClientContext() {
      return null;
    }

    @Override
    public int getRemainingTimeInMillis() {
      return 30_000;
    }

    @Override
    public int getMemoryLimitInMB() {
      return 512;
    }

    @Override
    public LambdaLogger getLogger() {
      return new LambdaLogger() {
        @Override
        public void log(String message) {
          System.out.print(message);
        }

        @Override
        public void log(byte[] message) {
          System.out.print(new String(message, StandardCharsets.UTF_8));
        }
      };
    }
  }
}
