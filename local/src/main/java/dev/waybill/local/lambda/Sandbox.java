package dev.waybill.local.lambda;

import dev.waybill.lambdatrigger.StartPipeline;
import dev.waybill.local.ChildEnvironment;
import dev.waybill.local.ChildJvms;
import dev.waybill.local.Installation;
import dev.waybill.local.collector.OtlpReceiver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** The JVM that runs the function, and asks the runtime API for one event after another. */
final class Sandbox {

  private static final Duration STOPPING = Duration.ofSeconds(10);

  private final Process process;
  private final FunctionLogs logs;

  private Sandbox(Process process, FunctionLogs logs) {
    this.process = process;
    this.logs = logs;
  }

  /**
   * Starts one.
   *
   * @param jvms starts its JVM
   * @param runtimeApi host, port and path
   * @param environment the function's own, AWS SDK settings among it
   * @param log gets what the function logs
   * @param collector gets it too, as OTLP
   */
  static Sandbox start(
      Installation installation,
      ChildJvms jvms,
      String runtimeApi,
      Map<String, String> environment,
      Path log,
      OtlpReceiver collector) {
    List<String> command = new ArrayList<>();
    command.add(Installation.java());
    command.addAll(installation.archiveOptions("lambda"));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    command.addAll(List.of("-cp", installation.lambdaClassPath(), LambdaRuntime.class.getName()));
    Map<String, String> own = new HashMap<>(environment);
    own.put("_HANDLER", StartPipeline.class.getName());
    own.put("AWS_LAMBDA_FUNCTION_NAME", LambdaFunction.NAME);
    own.put("AWS_LAMBDA_RUNTIME_API", runtimeApi);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    ChildEnvironment.apply(builder.environment(), own);
    try {
      Process process = jvms.start(builder);
      return new Sandbox(
          process, FunctionLogs.start(LambdaFunction.NAME, process.inputReader(), log, collector));
    } catch (IOException e) {
      throw new UncheckedIOException("can't start the Lambda function's JVM", e);
    }
  }

  /** Calls with the exit status, once it has ended. */
  void onExit(IntConsumer ended) {
    process.onExit().thenAccept(gone -> ended.accept(gone.exitValue()));
  }

  /** Ends it at once. */
  void kill() {
    process.destroyForcibly();
  }

  /** Ends it, and waits for its last line of log. */
  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(STOPPING.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
    }
    logs.join();
  }
}
