package dev.waybill.local.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.local.AwsJson;
import dev.waybill.local.ChildJvms;
import dev.waybill.local.HttpEndpoint;
import dev.waybill.local.Installation;
import dev.waybill.local.Json;
import dev.waybill.local.collector.OtlpReceiver;
import dev.waybill.local.s3.BucketServer.Created;
import dev.waybill.local.xray.Segments;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged function behind the stand-in for Lambda, when someone else takes its events. */
@Timeout(300)
class LambdaFunctionIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("waybill.root")));

  private final BlockingQueue<String> started = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> deadLetters = new LinkedBlockingQueue<>();
  private final OtlpReceiver collector = OtlpReceiver.start(null, warning -> {});
  private HttpEndpoint stepFunctions;

  @BeforeEach
  void start() {
    stepFunctions =
        AwsJson.serve(
            "states",
            Map.of(
                "StartExecution",
                request -> {
                  started.add(request.text("name"));
                  return Json.object().put("executionArn", "arn").put("startDate", 0);
                }));
  }

  @AfterEach
  void stop() {
    stepFunctions.close();
    collector.close();
  }

  @Test
  void nobodyTakesAnEventWithoutTheSecretPath(@TempDir Path folder) throws Exception {
    try (LambdaFunction function = function(folder, Duration.ofMinutes(5))) {
      URI known = URI.create(function.nextUrl());
      String path = "/2018-06-01/runtime/invocation/next";
      assertThat(known.getPath()).endsWith(path);

      assertThat(get(known.resolve(path)).statusCode()).isEqualTo(404);

      function.invoke(created("a.csv"));
      assertThat(started.take()).matches("\\d{8}-\\d{9}-a-[0-9a-f]{16}");
    }
  }

  @Test
  void anEventThatWasTakenAndNotAnsweredIsTriedAgain(@TempDir Path folder) throws Exception {
    try (LambdaFunction function = function(folder, Duration.ofSeconds(15))) {
      function.invoke(created("first.csv"));
      started.take();
      // The thief waits beside the function: of two events each gets one.
      CompletableFuture<HttpResponse<String>> thief =
          HttpEndpoint.client()
              .sendAsync(
                  HttpRequest.newBuilder(URI.create(function.nextUrl())).build(),
                  BodyHandlers.ofString());
      for (int event = 0; !thief.isDone(); event++) {
        function.invoke(created("event-%d.csv".formatted(event)));
        started.poll(1, TimeUnit.SECONDS);
      }
      String stolen = Json.parse(thief.get().body()).at("/Records/0/s3/object/key").asText();

      String name = stolen.replace("input/", "-").replace(".csv", "-");
      while (!started.take().contains(name)) {
        assertThat(deadLetters).isEmpty();
      }
    }
  }

  @Test
  void anEventThatTheFunctionNeverAnswersIsGivenUpAfterThreeTries(@TempDir Path folder)
      throws Exception {
    stepFunctions.close();
    CompletableFuture<Void> never = new CompletableFuture<>();
    stepFunctions = HttpEndpoint.start("states", exchange -> never.join());
    try (LambdaFunction function = function(folder, Duration.ofSeconds(3))) {
      function.invoke(created("a.csv"));

      assertThat(deadLetters.take()).isEqualTo("input/a.csv: Task timed out after 3 seconds");
    } finally {
      never.complete(null);
    }
  }

  private LambdaFunction function(Path folder, Duration timeout) {
    return LambdaFunction.start(
        INSTALLATION,
        new ChildJvms(folder, folder),
        Map.of(
            "STATE_MACHINE_ARN",
            "arn:aws:states:eu-west-1:000000000000:stateMachine:x",
            "AWS_ENDPOINT_URL_SFN",
            stepFunctions.url()),
        folder.resolve("lambda.log"),
        new Segments(whole -> {}),
        collector,
        (object, error) -> deadLetters.add(object.key() + ": " + error),
        timeout);
  }

  private static Created created(String name) {
    return new Created("b", "input/" + name, 1, "etag", Instant.now(), null);
  }

  private static HttpResponse<String> get(URI uri) throws Exception {
    return HttpEndpoint.client().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }
}
