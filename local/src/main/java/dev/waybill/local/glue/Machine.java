package dev.waybill.local.glue;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

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

  private final int cores;
  private final int mebibytes;
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
    this.jvms = new Semaphore(cores, true);
    this.mebibytes =
        (int)
            Math.min(
                Integer.MAX_VALUE,
                Math.max(
                    LEAST_HEAP_MEBIBYTES + OUTSIDE_HEAP_MEBIBYTES, mebibytes - RESERVED_MEBIBYTES));
    this.free = new Semaphore(this.mebibytes, true);
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
   * free.
   */
  Share take(int heapMebibytes) throws InterruptedException {
    int memory = Math.min(heapMebibytes + OUTSIDE_HEAP_MEBIBYTES, mebibytes);
    jvms.acquire();
    try {
      free.acquire(memory);
    } catch (InterruptedException e) {
      jvms.release();
      throw e;
    }
    return new Share(Math.max(1, cores / running.incrementAndGet()), memory);
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
