package dev.waybill.gluejobs.csv;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Measures how fast one core finds and reads the records of a file, by the thread's CPU time:
 * {@code .ci/scan-speed}. The first round of each is the one of a cold JVM.
 */
final class ScanSpeed {

  private static final int ROUNDS = 5;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private ScanSpeed() {}

  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    for (int round = 1; round <= ROUNDS; round++) {
      measure("find records", round, file, in -> find(in, Files.size(file)));
      measure("read records", round, file, ScanSpeed::read);
      measure("byte by byte", round, file, ScanSpeed::readByteByByte);
    }
  }

  private static long find(InputStream in, long bytes) throws IOException {
    ChunkScan scan = ChunkScan.of(in, 0, bytes);
    return scan.records()[ChunkScan.State.LINE_START.ordinal()];
  }

  private static long read(InputStream in) throws IOException {
    CsvRecords records = new CsvRecords(in);
    long fields = 0;
    while (records.next()) {
      for (int i = 0; i < records.fields(); i++) {
        fields += records.field(i).numBytes() >= 0 ? 1 : 0;
      }
    }
    return fields;
  }

  private static long readByteByByte(InputStream in) throws IOException {
    ByteWiseRecords records = new ByteWiseRecords(in);
    long fields = 0;
    while (records.next()) {
      for (int i = 0; i < records.fields(); i++) {
        fields += records.field(i).length >= 0 ? 1 : 0;
      }
    }
    return fields;
  }

  private static void measure(String name, int round, Path file, Work work) throws IOException {
    long begin = THREADS.getCurrentThreadCpuTime();
    long found;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 20)) {
      found = work.of(in);
    }
    double seconds = (THREADS.getCurrentThreadCpuTime() - begin) / 1e9;
    System.out.printf(
        "%s, round %d: %.0f MB/s (%,d found)%n",
        name, round, Files.size(file) / 1e6 / seconds, found);
  }

  @FunctionalInterface
  private interface Work {
    long of(InputStream in) throws IOException;
  }
}
