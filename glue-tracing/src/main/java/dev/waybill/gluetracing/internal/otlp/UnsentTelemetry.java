package dev.waybill.gluetracing.internal.otlp;

import dev.waybill.gluetracing.internal.trace.ErrorText;
import io.opentelemetry.exporter.logging.otlp.internal.logs.OtlpStdoutLogRecordExporter;
import io.opentelemetry.exporter.logging.otlp.internal.metrics.OtlpStdoutMetricExporter;
import io.opentelemetry.exporter.logging.otlp.internal.traces.OtlpStdoutSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * Keeps on disk what the collector did not take, so that {@code waybill replay} can send it later:
 * a file a signal, {@code traces.jsonl}, {@code metrics.jsonl} and {@code logs.jsonl}, each line an
 * OTLP export request. After a failure the collector is left alone for a while, and what comes
 * meanwhile goes to disk at once: a job that logs much is not held up by one that is down. Each
 * signal goes by its own answers: a collector may take spans and know no metrics. Safe for use by
 * several threads.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/">OpenTelemetry
 *     protocol file exporter</a>
 */
public final class UnsentTelemetry {

  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final Clock clock;
  private final long largestFile;
  private final Set<Delivery<?>.Batch> open = ConcurrentHashMap.newKeySet();
  private final List<Delivery<?>> deliveries = new CopyOnWriteArrayList<>();
  private final List<KeptFile> files = new ArrayList<>();
  private volatile boolean givenUp;
  private volatile boolean dropped;
  private Path folder;
  private long lost;
  private String trouble;
  private volatile String refusal;

  /**
   * Begins with nothing.
   *
   * @param largestFile bytes; what would come after them is lost, and counted
   */
  public UnsentTelemetry(Clock clock, long largestFile) {
    this.clock = clock;
    this.largestFile = largestFile;
  }

  /** An exporter that keeps the spans which that one can't deliver. */
  public SpanExporter spans(SpanExporter to) {
    KeptFile file = new KeptFile(this::folder, "traces");
    SpanExporter kept =
        OtlpStdoutSpanExporter.builder().setOutput(file).setWrapperJsonObject(true).build();
    return new KeepingExporters.Spans(to, new Delivery<>(to::export, kept::export, file)::export);
  }

  /** An exporter that keeps the points which that one can't deliver. */
  public MetricExporter metrics(MetricExporter to) {
    KeptFile file = new KeptFile(this::folder, "metrics");
    MetricExporter kept =
        OtlpStdoutMetricExporter.builder().setOutput(file).setWrapperJsonObject(true).build();
    return new KeepingExporters.Metrics(to, new Delivery<>(to::export, kept::export, file)::export);
  }

  /** An exporter that keeps the records which that one can't deliver. */
  public LogRecordExporter logs(LogRecordExporter to) {
    KeptFile file = new KeptFile(this::folder, "logs");
    LogRecordExporter kept =
        OtlpStdoutLogRecordExporter.builder().setOutput(file).setWrapperJsonObject(true).build();
    return new KeepingExporters.Logs(to, new Delivery<>(to::export, kept::export, file)::export);
  }

  /** Lets the collector be tried again at once, however lately it failed. */
  public void tryAgain() {
    deliveries.forEach(delivery -> delivery.tryAgain = Instant.MIN);
  }

  /** Waits for no answer any more: what is under way is kept, and so is what comes yet. */
  public void giveUp() {
    givenUp = true;
    open.forEach(Delivery.Batch::keep);
  }

  /** Neither sends nor keeps what comes from now on. */
  void drop() {
    dropped = true;
  }

  /** Ends the files; gives their folder, or empty where all was delivered. */
  public synchronized Optional<Path> close() {
    for (KeptFile file : files) {
      try {
        file.close();
      } catch (IOException e) {
        trouble(e);
      }
    }
    return Optional.ofNullable(folder);
  }

  /** What could not be kept either, in words; empty where all was. */
  public synchronized Optional<String> lost() {
    return lost == 0
        ? Optional.empty()
        : Optional.of("%,d records could not be kept either (%s)".formatted(lost, trouble));
  }

  /** Why a first batch was not delivered, as far as its exporter says so. */
  Optional<String> refusal() {
    return Optional.ofNullable(refusal);
  }

  private synchronized <T> void keep(
      Collection<T> batch, Function<Collection<T>, CompletableResultCode> write, KeptFile file) {
    try {
      if (file.written() > largestFile) {
        throw new IOException("%s has its %,d bytes".formatted(file.name(), largestFile));
      }
      if (file.open()) {
        files.add(file);
      }
      if (!write.apply(batch).isSuccess()) {
        throw new IOException("can't write " + folder.resolve(file.name()));
      }
      file.flush();
    } catch (IOException | RuntimeException e) {
      lost += batch.size();
      trouble(e);
    }
  }

  private Path folder() throws IOException {
    if (folder == null) {
      folder = Files.createTempDirectory("waybill-telemetry-");
    }
    return folder;
  }

  private void trouble(Exception e) {
    if (trouble == null) {
      trouble = ErrorText.of(e);
    }
  }

  /** The way of one signal's records: to the collector, or else to the disk. */
  private final class Delivery<T> {

    private final Function<Collection<T>, CompletableResultCode> send;
    private final Function<Collection<T>, CompletableResultCode> write;
    private final KeptFile file;
    private volatile Instant tryAgain = Instant.MIN;

    private Delivery(
        Function<Collection<T>, CompletableResultCode> send,
        Function<Collection<T>, CompletableResultCode> write,
        KeptFile file) {
      this.send = send;
      this.write = write;
      this.file = file;
      deliveries.add(this);
    }

    private CompletableResultCode export(Collection<T> records) {
      if (dropped) {
        return CompletableResultCode.ofSuccess();
      }
      Batch batch = new Batch(records);
      if (givenUp || clock.instant().isBefore(tryAgain)) {
        batch.keep();
        return batch.done;
      }
      open.add(batch);
      CompletableResultCode answer = send.apply(records);
      answer.whenComplete(
          () -> {
            if (answer.isSuccess()) {
              batch.end();
            } else {
              tryAgain = clock.instant().plus(PAUSE);
              if (refusal == null && answer.getFailureThrowable() != null) {
                refusal = ErrorText.of(answer.getFailureThrowable());
              }
              batch.keep();
            }
          });
      if (givenUp) {
        batch.keep();
      }
      return batch.done;
    }

    /** Records that are delivered or kept, once. */
    private final class Batch {

      private final Collection<T> records;
      private final CompletableResultCode done = new CompletableResultCode();

      private Batch(Collection<T> records) {
        this.records = records;
      }

      private synchronized void keep() {
        if (!done.isDone()) {
          UnsentTelemetry.this.keep(records, write, file);
          end();
        }
      }

      private synchronized void end() {
        open.remove(this);
        done.succeed();
      }
    }
  }
}
