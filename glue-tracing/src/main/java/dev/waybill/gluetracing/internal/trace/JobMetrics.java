package dev.waybill.gluetracing.internal.trace;

import com.sun.management.OperatingSystemMXBean;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleCounter;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.Map;

/**
 * The metrics of one job. None has an attribute without bound: exemplars tie a point to its trace.
 * Safe for use by several threads.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/runtime/jvm-metrics/">JVM metrics</a>
 */
public final class JobMetrics {

  private final String job;
  private final Context root;
  private final LongCounter rows;
  private final LongCounter values;
  private final LongCounter inputBytes;
  private final LongCounter outputBytes;
  private final DoubleCounter cost;
  private final DoubleHistogram duration;

  public JobMetrics(Meter meter, String job, SpanContext root) {
    this.job = job;
    this.root = Context.root().with(Span.wrap(root));
    this.rows =
        meter
            .counterBuilder("waybill.rows")
            .setUnit("{row}")
            .setDescription("Rows by what they came to")
            .build();
    this.values =
        meter
            .counterBuilder("waybill.values.changed")
            .setUnit("{value}")
            .setDescription("Values that were filled in or replaced")
            .build();
    this.inputBytes =
        meter
            .counterBuilder("waybill.input.bytes")
            .setUnit("By")
            .setDescription("Size of the job's input")
            .build();
    this.outputBytes =
        meter
            .counterBuilder("waybill.output.bytes")
            .setUnit("By")
            .setDescription("Bytes that the job wrote")
            .build();
    this.cost =
        meter
            .counterBuilder("waybill.cost")
            .ofDoubles()
            .setUnit("{USD}")
            .setDescription("What Glue charges for the job run, by the job's own reckoning")
            .build();
    this.duration =
        meter
            .histogramBuilder("waybill.job.duration")
            .setUnit("s")
            .setDescription("Time from the start of the job's main method to its end")
            .build();
  }

  public void countRows(long count, String outcome) {
    rows.add(
        count,
        Attributes.of(WaybillAttributes.JOB_NAME, job, WaybillAttributes.OUTCOME, outcome),
        root);
  }

  public void countRejected(long count, String reason) {
    rows.add(
        count,
        Attributes.of(
            WaybillAttributes.JOB_NAME,
            job,
            WaybillAttributes.OUTCOME,
            "rejected",
            WaybillAttributes.REASON,
            reason),
        root);
  }

  /** Counts values by column and cause. */
  public void countChanged(Map<String, Map<String, Long>> values) {
    values.forEach(
        (column, causes) -> causes.forEach((cause, count) -> countChanged(count, column, cause)));
  }

  private void countChanged(long count, String column, String cause) {
    values.add(
        count,
        Attributes.of(
            WaybillAttributes.JOB_NAME,
            job,
            WaybillAttributes.COLUMN,
            column,
            WaybillAttributes.CAUSE,
            cause),
        root);
  }

  public void countInputBytes(long bytes) {
    inputBytes.add(bytes, Attributes.of(WaybillAttributes.JOB_NAME, job), root);
  }

  public void countOutputBytes(long bytes) {
    outputBytes.add(bytes, Attributes.of(WaybillAttributes.JOB_NAME, job), root);
  }

  /** Counts US dollars. */
  public void countCost(double usd) {
    cost.add(usd, Attributes.of(WaybillAttributes.JOB_NAME, job), root);
  }

  public void ended(Duration took, Outcome outcome) {
    AttributesBuilder attributes =
        Attributes.builder()
            .put(WaybillAttributes.JOB_NAME, job)
            .put(WaybillAttributes.STATUS, outcome.failed() ? "FAILED" : "SUCCEEDED");
    if (outcome.failed()) {
      attributes.put(WaybillAttributes.ERROR_TYPE, outcome.type());
    }
    duration.record(took.toNanos() / 1e9, attributes.build(), root);
  }

  /** Measures this JVM while the meter lives. */
  public static void observeJvm(Meter meter) {
    var os = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    var memory = ManagementFactory.getMemoryMXBean();
    // What it says is the share since it was asked last; the first time, nothing.
    os.getProcessCpuLoad();
    meter
        .counterBuilder("jvm.cpu.time")
        .ofDoubles()
        .setUnit("s")
        .buildWithCallback(point -> point.record(os.getProcessCpuTime() / 1e9));
    meter
        .gaugeBuilder("jvm.cpu.recent_utilization")
        .setUnit("1")
        .buildWithCallback(
            point -> {
              double load = os.getProcessCpuLoad();
              if (load >= 0) {
                point.record(load);
              }
            });
    meter
        .upDownCounterBuilder("jvm.memory.used")
        .setUnit("By")
        .buildWithCallback(
            point -> {
              point.record(
                  used(memory.getHeapMemoryUsage()),
                  Attributes.of(WaybillAttributes.JVM_MEMORY_TYPE, "heap"));
              point.record(
                  used(memory.getNonHeapMemoryUsage()),
                  Attributes.of(WaybillAttributes.JVM_MEMORY_TYPE, "non_heap"));
            });
  }

  private static long used(MemoryUsage usage) {
    return usage.getUsed();
  }
}
