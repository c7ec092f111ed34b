package dev.waybill.local.glue;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Divides this machine, or the container's part of it, among the JVMs of jobs: there are never more
 * of them than cores. A JVM gets its memory for as long as it runs; one that finds too little left
 * waits for others to end. Safe for use by several threads.
 */
public final class Machine {

  /** What the operating system, the launcher and the Lambda's JVM keep. */
  private static final int RESERVED_MEBIBYTES = 1_024;

  /** What a JVM with Spark takes besides its heap: classes, compiled code, threads, buffers. */
  private static final int OUTSIDE_HEAP_MEBIBYTES = 384;

  /** Spark refuses to start with less than 450 MiB. */
  private static final int LEAST_HEAP_MEBIBYTES = 512;

  private static final int POLL_MILLIS = 50;

  private final int cores;
  private final int mebibytes;
  private final Semaphore turn = new Semaphore(1, true);
  private final Semaphore jvms;
  private final Semaphore free;
  private final AtomicInteger running = new AtomicInteger();

  /**
   * A machine of this size.
   *
   * @param mebibytes all its memory
   */
  Machine(int cores, long mebibytes) {
    this.cores = cores;
    this.jvms = new Semaphore(cores);
    this.mebibytes =
        (int)
            Math.min(
                Integer.MAX_VALUE,
                Math.max(
                    LEAST_HEAP_MEBIBYTES + OUTSIDE_HEAP_MEBIBYTES, mebibytes - RESERVED_MEBIBYTES));
    this.free = new Semaphore(this.mebibytes);
  }

  /** This one, by what the JVM and the container's limits say. */
  public static Machine current() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new Machine(
        Runtime.getRuntime().availableProcessors(), system.getTotalMemorySize() >> 20);
  }

  /**
   * Takes a JVM's share: of the memory as much as it asks for, or all where the machine has less;
   * of the cores an equal part beside the JVMs that run now. Waits until a core and the memory are
   * free, behind those that asked before.
   */
  Share take(int heapMebibytes) throws InterruptedException {
    return take(heapMebibytes, () -> false).orElseThrow();
  }

  /**
   * The same, unless there is something better first.
   *
   * @param better is asked now and then while it waits
   * @return empty where it had an answer
   */
  Optional<Share> take(int heapMebibytes, BooleanSupplier better) throws InterruptedException {
    int memory = Math.min(heapMebibytes + OUTSIDE_HEAP_MEBIBYTES, mebibytes);
    turn.acquire();
    try {
      while (!better.getAsBoolean()) {
        if (jvms.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
          if (free.tryAcquire(memory)) {
            return Optional.of(new Share(Math.max(1, cores / running.incrementAndGet()), memory));
          }
          jvms.release();
          Thread.sleep(POLL_MILLIS);
        }
      }
      return Optional.empty();
    } finally {
      turn.release();
    }
  }

  /** What one JVM may use until it closes it. */
  final class Share {

    private final int cores;
    private final int memory;

    private Share(int cores, int memory) {
      this.cores = cores;
      this.memory = memory;
    }

    int cores() {
      return cores;
    }

    int heapMebibytes() {
      return memory - OUTSIDE_HEAP_MEBIBYTES;
    }

    /** To be called once. */
    void close() {
      running.decrementAndGet();
      free.release(memory);
      jvms.release();
    }
  }
}
